import { Refusal } from "../domain/errors.ts";
import type { IdempotencyToken } from "./idempotency.ts";
import type { Recorder, Unit } from "./recorder.ts";

/**
 * Whatever entitles somebody to bind a PIN is asked twice: before the hash, so that nobody spends our cores without a
 * right to, and in the transaction that binds, because hashing takes long enough for it to change. A refusal commits
 * (it may have counted a try) and is remembered.
 */
export async function authoriseThenBind<Right extends object, Hashed, Bound extends object>(
  recorder: Recorder,
  token: IdempotencyToken | null,
  steps: {
    authorise(unit: Unit): Promise<Refusal | Right>;
    /** Outside of any transaction. */
    hash(right: Right): Promise<Hashed>;
    bind(unit: Unit, right: Right, hashed: Hashed): Promise<Bound>;
  },
): Promise<Bound> {
  const early = await recorder.commit(async (unit) => {
    const right = await steps.authorise(unit);
    if (right instanceof Refusal) await unit.remember(right);
    return right;
  }, token);
  if (early instanceof Refusal) throw early;

  const hashed = await steps.hash(early);

  const bound = await recorder.commit(async (unit): Promise<Refusal | Bound> => {
    const right = await steps.authorise(unit);
    return unit.remember(right instanceof Refusal ? right : await steps.bind(unit, right, hashed));
  }, token);
  if (bound instanceof Refusal) throw bound;
  return bound;
}
