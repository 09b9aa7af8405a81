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
export interface IdempotencyRequest {
  readonly id: string;
  readonly fingerprint: string;
}

/** A request that has claimed its key, and when: whoever claims it after the lease is another. */
export interface IdempotencyToken extends IdempotencyRequest {
  readonly claimedAt: number;
}

/** Longer than a request lasts. Whoever held the key is gone then, or finds at the end that it is another's (`taken`). */
const LEASE_MS = 30 * SECOND;
const RETENTION_MS = DAY;
/** A key that was used for so many other requests repeats nothing any more: it could be trying PINs. */
const MAX_CONFLICTS = 3;

export interface Idempotency {
  /**
   * Runs the operation, or returns (throws) what it came to before, having said so by `onReplay`.
   * @throws {Refusal} IDEMPOTENCY_CONFLICT, IDEMPOTENCY_IN_FLIGHT
   */
  run<T extends object>(
    request: IdempotencyRequest | null,
    operation: (token: IdempotencyToken | null) => Promise<T>,
    onReplay?: () => void,
  ): Promise<T>;
}

export function createIdempotency(deps: { readonly store: Store; readonly clock: Clock }): Idempotency {
  const { store, clock } = deps;
  return {
    async run<T extends object>(
      request: IdempotencyRequest | null,
      operation: (token: IdempotencyToken | null) => Promise<T>,
      onReplay: () => void = () => {},
    ): Promise<T> {
      if (request === null) return operation(null);
      const now = clock.now();
      const earlier = await store.write((tx) =>
        tx.idempotency.claim(request, { now, lease: LEASE_MS, keep: RETENTION_MS }),
      );
      if (earlier !== null) {
        if (earlier.fingerprint !== request.fingerprint || earlier.conflicts >= MAX_CONFLICTS) {
          throw new Refusal("IDEMPOTENCY_CONFLICT", "This Idempotency-Key was used for another request.", {
            reason: "idempotency_key_reused",
          });
        }
        if (earlier.outcome === null) {
          throw inFlight("The first request with this Idempotency-Key is still under way.");
        }
        onReplay();
        const outcome = revive(earlier.outcome, now);
        if (outcome instanceof Refusal) throw outcome;
        return outcome as T;
      }
      const token = { ...request, claimedAt: now };
      try {
        return await operation(token);
      } catch (error) {
        // What was not remembered may be tried again: an overload, a typo, a fault of ours.
        await store.write((tx) => tx.idempotency.release(token)).catch(() => {});
        throw error;
      }
    },
  };
}

/**
 * Thrown in the transaction of an operation that outlived its lease: nothing of it is committed, since another request
 * with the same key does it, or has done it.
 */
export const taken = (): Refusal => inFlight("Another request with this Idempotency-Key has taken over.");

const inFlight = (sentence: string): Refusal =>
  new Refusal("IDEMPOTENCY_IN_FLIGHT", sentence, { reason: "idempotency_in_flight", retryAfterMs: SECOND });

interface StoredRefusal {
  readonly refusal: {
    readonly code: RefusalCode;
    readonly message: string;
    readonly reason?: string;
    readonly members?: Readonly<Record<string, unknown>>;
    /** When trying again may help: it comes closer while the refusal stays. */
    readonly retryAt?: number;
  };
}

export function freeze(outcome: object, now: number): string {
  if (!(outcome instanceof Refusal)) return JSON.stringify(outcome);
  const { code, message, reason, members, retryAfterMs } = outcome;
  return JSON.stringify({
    refusal: {
      code,
      message,
      members,
      ...(reason === undefined ? {} : { reason }),
      ...(retryAfterMs === undefined ? {} : { retryAt: now + retryAfterMs }),
    },
  } satisfies StoredRefusal);
}

function revive(text: string, now: number): object {
  const stored = JSON.parse(text) as object;
  if (!("refusal" in stored)) return stored;
  const { code, message, reason, members, retryAt } = (stored as StoredRefusal).refusal;
  return new Refusal(code, message, {
    ...(reason === undefined ? {} : { reason }),
    ...(members === undefined ? {} : { members }),
    ...(retryAt === undefined ? {} : { retryAfterMs: Math.max(0, retryAt - now) }),
  });
}
