/** The watcher's state on disk. */
import { open, readFile, rename } from "node:fs/promises";
import { dirname } from "node:path";
import { WATCH_FORMAT } from "../../server/audit/watch.ts";
import type { WatchMemory, WatchState } from "../../server/audit/watch.ts";
import { Usage } from "./outcome.ts";

/**
 * Crash order: the new state is on the disk under another name before it takes the old one's, so that there is always
 * one whole state; and the folder is synced, so that a power cut cannot bring the old one back after we said it moved.
 */
export function stateFile(path: string): WatchMemory {
  return {
    async load() {
      let text: string;
      try {
        text = await readFile(path, "utf8");
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
        throw new Usage(`The state in ${path} could not be read: ${(error as Error).message}`);
      }
      return parse(text, path);
    },
    async save(state) {
      const fresh = `${path}.new`;
      await writeDurably(fresh, `${JSON.stringify(state, null, 2)}\n`);
      await rename(fresh, path);
      const folder = await open(dirname(path), "r");
      await folder.sync().finally(() => folder.close());
    },
  };
}

async function writeDurably(path: string, text: string): Promise<void> {
  const file = await open(path, "w", 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** A state that we cannot read is not taken for none: starting over would forget what was verified. */
function parse(text: string, path: string): WatchState {
  try {
    const state = JSON.parse(text) as Partial<WatchState> | null;
    const whole =
      state?.format === WATCH_FORMAT &&
      Number.isSafeInteger(state.size) &&
      typeof state.root === "string" &&
      /^0x[0-9a-f]{64}$/.test(state.root);
    if (whole) return state as WatchState;
  } catch {
    // No JSON: reported below.
  }
  throw new Usage(
    `${path} is not a state of this watcher. If you know why, remove it to begin anew; until then, be suspicious.`,
  );
}
