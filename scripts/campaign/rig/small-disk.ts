/** A file system that can be full, and a process whose writes fail. */
import { spawnSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync, rmdirSync, statfsSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Scope } from "../command.ts";

export interface SmallDisk {
  readonly path: string;
  /** Takes all space but so much. */
  fill(leaving: number): void;
  empty(): void;
}

const SIZE_MB = 96;

/** Null where we may not mount: it takes root, and a container that allows it. */
export function smallDisk(scope: Scope): SmallDisk | null {
  const path = mkdtempSync(join(tmpdir(), "identity-ledger-disk-"));
  const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", `size=${SIZE_MB}m,mode=700`, "tmpfs", path]);
  if (mounted.status !== 0) {
    rmdirSync(path);
    return null;
  }
  scope.defer(() => {
    // Lazily: a process that is still dying may have its files open.
    spawnSync("umount", ["--lazy", path]);
    rmdirSync(path);
  });
  const ballast = join(path, "ballast");
  return {
    path,
    fill(leaving) {
      rmSync(ballast, { force: true });
      const { bavail, bsize } = statfsSync(path);
      const chunk = Buffer.alloc(65_536);
      const file = openSync(ballast, "w");
      try {
        for (let left = bavail * bsize - leaving; left > 0;) {
          left -= writeSync(file, chunk, 0, Math.min(chunk.length, left));
        }
      } catch (error) {
        // The service was faster.
        if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
      } finally {
        closeSync(file);
      }
    },
    empty: () => rmSync(ballast, { force: true }),
  };
}

/** Whether that process may write to files; if not, each write fails (EFBIG), which SQLite takes for an I/O error. */
export function allowWrites(pid: number, allowed: boolean): boolean {
  const limit = allowed ? "unlimited" : "0:unlimited";
  return spawnSync("prlimit", ["--pid", String(pid), `--fsize=${limit}`]).status === 0;
}
