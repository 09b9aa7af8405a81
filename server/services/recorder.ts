/** The imperative shell around one change: a transaction, the time it happens at, and its events. */
import type { EventDraft } from "../domain/events.ts";
import type { Clock, RandomBytes, Store, Subject, Tx } from "../ports.ts";
import { appendEvent } from "./ledger.ts";
import type { Appended } from "./ledger.ts";

export interface Unit {
  readonly tx: Tx;
  readonly now: number;
  append(subject: Subject, draft: EventDraft): Promise<Appended>;
}

export interface Recorder {
  /**
   * Commits all of `work` or none of it, and wakes the anchorer if an event was appended.
   * A refusal thrown inside rolls back; one that must leave a trace (a counted try) is returned as a value instead.
   */
  commit<T>(work: (unit: Unit) => Promise<T>): Promise<T>;
}

export function createRecorder(options: {
  readonly store: Store;
  readonly clock: Clock;
  readonly randomBytes: RandomBytes;
  readonly onAppended: () => void;
}): Recorder {
  const { store, clock, randomBytes, onAppended } = options;
  return {
    async commit(work) {
      let appended = false;
      const result = await store.write(async (tx) => {
        const now = clock.now();
        return work({
          tx,
          now,
          append(subject, draft) {
            appended = true;
            return appendEvent(tx, subject, draft, { now, randomBytes });
          },
        });
      });
      if (appended) onAppended();
      return result;
    },
  };
}
