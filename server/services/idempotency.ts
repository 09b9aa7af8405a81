/**
 * `Idempotency-Key`: a repeated request gets the first one's outcome instead of a second operation.
 *
 * The outcome is committed in the transaction of the operation itself (`unit.remember`), so a crash leaves either both or
 * neither: a row without an outcome means that it was not done (at most a guess was charged), and whoever comes after
 * its lease may do it. What is
 * remembered is the service's result, which holds no PIN and no code; the request is remembered as a keyed hash.
 */
import { Refusal } from "../domain/errors.ts";
import type { RefusalCode } from "../domain/errors.ts";
import { DAY, SECOND } from "../domain/time.ts";
import type { Clock, Store } from "../ports.ts";

/** Names one request: who asks, with which key, and a keyed hash of what. */
export interface IdempotencyToken {
  readonly id: string;
  readonly fingerprint: string;
}

/** Longer than any request lasts: after it, whoever held the key is gone. */
const LEASE_MS = 30 * SECOND;
const RETENTION_MS = DAY;
/** A key that was used for so many other requests repeats nothing any more: it could be trying PINs. */
const MAX_CONFLICTS = 3;

export interface Idempotency {
  /** Runs the operation, or returns (throws) what it came to before. @throws {Refusal} IDEMPOTENCY_CONFLICT, IDEMPOTENCY_IN_FLIGHT */
  run<T extends object>(
    token: IdempotencyToken | null,
    operation: () => Promise<T>,
  ): Promise<{ readonly outcome: T; readonly replayed: boolean }>;
}

export function createIdempotency(deps: { readonly store: Store; readonly clock: Clock }): Idempotency {
  const { store, clock } = deps;
  return {
    async run<T extends object>(token: IdempotencyToken | null, operation: () => Promise<T>) {
      if (token === null) return { outcome: await operation(), replayed: false };
      const now = clock.now();
      const earlier = await store.write((tx) =>
        tx.idempotency.claim(token, { now, lease: LEASE_MS, keep: RETENTION_MS }),
      );
      if (earlier !== null) {
        if (earlier.fingerprint !== token.fingerprint || earlier.conflicts >= MAX_CONFLICTS) {
          throw new Refusal("IDEMPOTENCY_CONFLICT", "This Idempotency-Key was used for another request.", {
            reason: "idempotency_key_reused",
          });
        }
        if (earlier.outcome === null) {
          throw new Refusal(
            "IDEMPOTENCY_IN_FLIGHT",
            "The first request with this Idempotency-Key is still under way.",
            {
              reason: "idempotency_in_flight",
              retryAfterMs: SECOND,
            },
          );
        }
        const outcome = revive(earlier.outcome);
        if (outcome instanceof Refusal) throw outcome;
        return { outcome: outcome as T, replayed: true };
      }
      try {
        return { outcome: await operation(), replayed: false };
      } catch (error) {
        // What was not remembered may be tried again: an overload, a typo, a fault of ours.
        await store.write((tx) => tx.idempotency.release(token.id)).catch(() => {});
        throw error;
      }
    },
  };
}

interface StoredRefusal {
  readonly refusal: { readonly code: RefusalCode; readonly message: string; readonly reason?: string };
}

export function freeze(outcome: object): string {
  if (!(outcome instanceof Refusal)) return JSON.stringify(outcome);
  const { code, message, reason } = outcome;
  return JSON.stringify({
    refusal: { code, message, ...(reason === undefined ? {} : { reason }) },
  } satisfies StoredRefusal);
}

function revive(text: string): object {
  const stored = JSON.parse(text) as object;
  if (!("refusal" in stored)) return stored;
  const { code, message, reason } = (stored as StoredRefusal).refusal;
  return new Refusal(code, message, reason === undefined ? {} : { reason });
}
