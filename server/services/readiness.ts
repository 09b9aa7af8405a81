/** Whether operations can be done now; if not, why. */
import type { Logger, Store } from "../ports.ts";
import type { Anchorer } from "./anchorer.ts";

export interface Readiness {
  readonly ready: boolean;
  /** By component, `ok` or what is wrong with it. */
  readonly checks: Readonly<Record<string, string>>;
}

/** @param limits when the chain's trouble makes the service refuse operations, too */
export function createReadiness(deps: {
  readonly store: Store;
  readonly anchorer: Anchorer;
  readonly log: Logger;
  readonly limits: { readonly required: boolean; readonly maxBacklog: number };
}): () => Promise<Readiness> {
  const { store, anchorer, log, limits } = deps;

  async function database(): Promise<string> {
    try {
      await store.read.events.head();
      // After a write that failed: whether the next would. Who only reads would never learn that space is there again.
      if (store.trouble() !== null) await store.write((tx) => tx.anchors.touchLease());
      return "ok";
    } catch (err) {
      log.error({ err }, "the database is not well");
      return store.trouble()?.message ?? "unreachable";
    }
  }

  return async () => {
    const { trouble, backlog } = anchorer.state();
    const full = backlog >= limits.maxBacklog;
    const checks = {
      database: await database(),
      anchoring: trouble?.message ?? "ok",
      backlog: full ? `${backlog} events wait for the chain: no more are taken (ANCHOR_MAX_BACKLOG)` : "ok",
    };
    const ready = checks.database === "ok" && !full && (trouble === null || !limits.required);
    return { ready, checks };
  };
}
