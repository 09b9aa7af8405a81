import { readFileSync, readdirSync } from "node:fs";
import { stat } from "node:fs/promises";
import { setPriority } from "node:os";

/** Yields to the event loop, and needs no privilege. */
const NICE = 10;

/**
 * Lets the event loop go before the hashes. They compete for the same cores, and a loop that is pre-empted inside every
 * little thing answers refusals and health checks late just when the service is busiest. Linux only, where threads have
 * priorities of their own; elsewhere it changes nothing.
 */
export async function yieldHashesToEventLoop(): Promise<void> {
  if (process.platform !== "linux") return;
  // libuv starts its pool at the first call that needs it: there is nothing to renice before.
  await stat(".");
  for (const thread of readdirSync("/proc/self/task")) {
    try {
      const name = readFileSync(`/proc/self/task/${thread}/comm`, "utf8").trim();
      if (name === "libuv-worker") setPriority(Number(thread), NICE);
    } catch {
      // The thread is gone, or a sandbox forbids it: the hashes just run as they did.
    }
  }
}
