/**
 * The order of things around one guess, on whatever surface: reserve, hash, settle, and append the event. What differs
 * between surfaces is passed in: whose PIN it is, what follows from a right guess, and what the event says.
 */
import { Refusal } from "../domain/errors.ts";
import type { EventDraft } from "../domain/events.ts";
import type { Secret } from "../domain/pin.ts";
import type { Policy } from "../domain/policy.ts";
import { NO_MATCH } from "../ports.ts";
import type { Credential, HashingSlot, Match, Subject } from "../ports.ts";
import { evaluateGuess, reserveGuess, settleGuess } from "./guess.ts";
import type { Replacement, SettledGuess, StoredPin } from "./guess.ts";
import type { IdempotencyToken } from "./idempotency.ts";
import type { Appended } from "./ledger.ts";
import type { Recorder, Unit } from "./recorder.ts";

export interface Guessing<Context, Extra extends object> {
  readonly policy: Policy;
  readonly secret: Secret;
  readonly token: IdempotencyToken | null;
  /** In the first transaction: what must hold before anything is counted, and whose PIN it is. A refusal commits. */
  begin(unit: Unit): Promise<Refusal | { readonly subject: Subject; readonly context: Context }>;
  /** In the second: asked again, since the person may have been erased while we hashed, and is a stranger now. */
  subject(unit: Unit): Promise<Subject>;
  /** What a right guess binds in the PIN's place; null: nothing, the PIN stays. */
  readonly replace: ((slot: HashingSlot) => Promise<StoredPin>) | null;
  /** In the second transaction: what the event tells of what was proven in the first. */
  readonly shown?: (unit: Unit, context: Context) => Promise<EventDraft["outcome"]>;
  /** In the second transaction, once the guess is settled: other changes that follow, and what is told besides. */
  conclude(unit: Unit, settled: SettledGuess, judged: Credential, subject: Subject): Promise<Extra>;
  /**
   * `context` is null where a stranger took the person's place meanwhile, who has proven nothing; `extra` where hashing
   * failed and nothing was concluded.
   */
  draft(
    context: Context | null,
    valid: boolean,
    outcome: EventDraft["outcome"],
    extra: Extra | null,
  ): EventDraft;
}

/** A wrong PIN and a lock are answers, not errors. */
export interface Guessed extends Pick<
  SettledGuess,
  "result" | "attemptsLeft" | "lockedUntil" | "retryAfterMs" | "disabledBecause"
> {
  readonly event: Appended;
}

/** @throws {Refusal} what `begin` refuses, and HASHING_ERROR */
export async function makeGuess<Context, Extra extends object>(
  recorder: Recorder,
  slot: HashingSlot,
  guessing: Guessing<Context, Extra>,
): Promise<Guessed & Extra> {
  const { policy, secret, token } = guessing;
  const reserved = await recorder.commit(async (unit) => {
    const begun = await guessing.begin(unit);
    if (begun instanceof Refusal) return unit.remember(begun);
    return { ...begun, guess: await reserveGuess(unit, policy, begun.subject) };
  }, token);
  if (reserved instanceof Refusal) throw reserved;
  const { context, guess } = reserved;

  /** @param match null where hashing failed */
  const settle = async (unit: Unit, match: Match | null, replacement: Replacement | null) => {
    const subject = await guessing.subject(unit);
    const same = subject.id === guess.subject.id;
    const settled = same
      ? await settleGuess(unit, guess, match, replacement)
      : await settleGuess(unit, await reserveGuess(unit, policy, subject), match && NO_MATCH, null);
    const shown = same ? await guessing.shown?.(unit, context) : {};
    const record = ({ result, outcome }: SettledGuess, extra: Extra | null) =>
      guessing.draft(same ? context : null, result === "valid", { ...outcome, ...shown }, extra);
    return { subject, settled, record };
  };

  const hashed = async (): Promise<{ match: Match; replacement: Replacement | null }> => {
    const match = await evaluateGuess(slot, guess, secret);
    return { match, replacement: match.matches ? await replacementFor(slot, match, guessing) : null };
  };
  const { match, replacement } = await hashed().catch(async (fault: unknown) => {
    // Nothing can be told or changed. The attempt stays counted, as after a crash, and is recorded.
    await recorder.commit(async (unit) => {
      const { subject, settled, record } = await settle(unit, null, null);
      return unit.append(subject, record(settled, null));
    });
    throw fault;
  });

  return recorder.commit(async (unit) => {
    const { subject, settled, record } = await settle(unit, match, replacement);
    const extra = await guessing.conclude(unit, settled, guess.credential, subject);
    const event = await unit.append(subject, record(settled, extra));
    const { result, attemptsLeft, lockedUntil, retryAfterMs, disabledBecause } = settled;
    return unit.remember({
      result,
      attemptsLeft,
      lockedUntil,
      retryAfterMs,
      disabledBecause,
      event,
      ...extra,
    });
  }, token);
}

/** The PIN that was chosen, or the same one hashed as we do now. */
async function replacementFor(
  slot: HashingSlot,
  match: Match,
  { secret, replace }: Pick<Guessing<unknown, object>, "secret" | "replace">,
): Promise<Replacement | null> {
  if (replace !== null) return { kind: "another_pin", pin: await replace(slot) };
  return match.stale ? { kind: "rehash", verifier: await slot.hash(secret) } : null;
}
