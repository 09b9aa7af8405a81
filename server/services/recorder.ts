/** The imperative shell around one change: a transaction, the time it happens at, and its events. */
import type { EventDraft } from "../domain/events.ts";
import type { Clock, RandomBytes, Store, Subject, Tx } from "../ports.ts";
import { freeze, taken } from "./idempotency.ts";
import type { IdempotencyToken } from "./idempotency.ts";
import { appendEvent } from "./ledger.ts";
import type { Appended } from "./ledger.ts";

export interface Unit {
  readonly tx: Tx;
  readonly now: number;
  append(subject: Subject, draft: EventDraft): Promise<Appended>;
  /**
   * Makes this the operation's outcome for its Idempotency-Key, if it came with one; returns it.
   * @throws {Refusal} IDEMPOTENCY_IN_FLIGHT, and so rolls back, where the key is another request's by now
   */
  remember<T extends object>(outcome: T): Promise<T>;
}

export interface Recorder {
  /**
   * Commits all of `work` or none of it; then tells who listens about the events.
   * A refusal thrown inside rolls back; one that must leave a trace (a counted try) is returned as a value instead.
   */
  commit<T>(
    work: (unit: Unit) => Promise<T>,
    token?: IdempotencyToken | null,
    /** What is large has a transaction of its own: where the database cannot take it, nobody else is told no. */
    options?: { readonly large: boolean },
  ): Promise<T>;
}

export interface CommittedEvent {
  readonly draft: EventDraft;
  readonly appended: Appended;
}

export function createRecorder(options: {
  readonly store: Store;
  readonly clock: Clock;
  readonly randomBytes: RandomBytes;
  /** Called after the commit, with at least one event. */
  readonly onCommitted: (events: readonly CommittedEvent[]) => void;
}): Recorder {
  const { store, clock, randomBytes, onCommitted } = options;
  return {
    async commit<T>(
      work: (unit: Unit) => Promise<T>,
      token: IdempotencyToken | null = null,
      { large } = { large: false },
    ) {
      const events: CommittedEvent[] = [];
      const write = (inside: (tx: Tx) => Promise<T>) =>
        large ? store.write(inside) : store.writeLedger(inside);
      const result = await write(async (tx) => {
        // One change at a time, on every database: what a decision rests on cannot change before its event has its place,
        // so the order of the ledger is the order in which decisions were made, and replaying it finds them right.
        const { lastTimestamp } = await tx.events.headForUpdate();
        // The clock may be behind the last process's; the ledger's time, and every lock with it, is not.
        const now = Math.max(clock.now(), lastTimestamp);
        return work({
          tx,
          now,
          async append(subject, draft) {
            const appended = await appendEvent(tx, subject, draft, { now, randomBytes });
            events.push({ draft, appended });
            return appended;
          },
          async remember(outcome) {
            if (token !== null && !(await tx.idempotency.complete(token, freeze(outcome, now))))
              throw taken();
            return outcome;
          },
        });
      });
      if (events.length > 0) onCommitted(events);
      return result;
    },
  };
}
