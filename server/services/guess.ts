/**
 * One guess at a PIN, from reservation to record: the only code that compares a PIN with a verifier.
 *
 * The attempt is counted before the PIN is looked at (first transaction) and settled after (second transaction). A crash
 * in between leaves it counted: it can only cost the guesser.
 */
import { attemptsLeft, admitAttempt, failures, recordSuccess } from "../domain/lockout.ts";
import type { Admission, GuessCounter } from "../domain/lockout.ts";
import type { Pin } from "../domain/pin.ts";
import type { Policy } from "../domain/policy.ts";
import { isoInstant } from "../domain/time.ts";
import type { Credential, HashingSlot, Match, Subject, Verifier } from "../ports.ts";
import type { Unit } from "./recorder.ts";

/** What stood in the database when the attempt was reserved. */
export interface ReservedGuess {
  readonly policy: Policy;
  readonly subject: Subject;
  readonly credential: Credential;
  readonly admission: Admission;
  readonly reservedAt: number;
}

export type GuessResult = "valid" | "invalid" | "locked" | "disabled";

export interface SettledGuess {
  readonly result: GuessResult;
  readonly counter: GuessCounter;
  /** Wrong guesses left before the next lock. */
  readonly attemptsLeft: number;
  readonly lockedUntil: number | null;
  readonly retryAfterMs: number;
  /** For the event: everything that policy replay needs. */
  readonly outcome: Readonly<Record<string, unknown>>;
}

export async function reserveGuess(unit: Unit, policy: Policy, subject: Subject): Promise<ReservedGuess> {
  const credential = await unit.tx.credentials.getForUpdate(subject.id, policy.id, unit.now);
  const admission = admitAttempt(policy.lockout, credential.counter, unit.now);
  // Saved even where nothing changes: a locked credential must not be told by the write that it spares.
  const counter = admission.kind === "admitted" ? admission.counter : credential.counter;
  await unit.tx.credentials.save({ ...credential, counter }, unit.now);
  return { policy, subject, credential, admission, reservedAt: unit.now };
}

/** Outside of any transaction. A refused guess is hashed too, against nothing: all classes take the same time. */
export function evaluateGuess(
  slot: HashingSlot,
  { admission, credential }: ReservedGuess,
  pin: Pin,
): Promise<Match> {
  return slot.verify(admission.kind === "admitted" ? credential.verifier : null, pin);
}

/** What takes the verifier's place after a right guess: another PIN, or the same one hashed anew. */
export interface Replacement {
  readonly kind: "another_pin" | "rehash";
  readonly verifier: Verifier;
}

function replaced(credential: Credential, judged: Credential, replacement: Replacement | null) {
  if (replacement?.kind === "another_pin") {
    return { verifier: replacement.verifier, generation: credential.generation + 1 };
  }
  // Of two logins that found the same old hash, one has replaced it already.
  const untouched = credential.verifier?.phc === judged.verifier?.phc;
  return replacement !== null && untouched ? { verifier: replacement.verifier } : {};
}

/**
 * Records the result; after a right guess `replacement`, if there is one, takes the verifier's place.
 * The caller appends the event, in the same transaction.
 */
export async function settleGuess(
  unit: Unit,
  { policy, subject, credential: judged, admission, reservedAt }: ReservedGuess,
  match: Match,
  replacement: Replacement | null,
): Promise<SettledGuess> {
  const credential = await unit.tx.credentials.getForUpdate(subject.id, policy.id, unit.now);
  // While we hashed, the PIN may have been replaced; matching the old one then proves nothing about the new.
  const valid = match.matches && credential.generation === judged.generation;

  let counter = credential.counter;
  if (valid && admission.kind === "admitted") {
    counter = recordSuccess(policy.lockout, counter, admission.attempt);
    await unit.tx.credentials.save(
      { ...credential, ...replaced(credential, judged, replacement), counter },
      unit.now,
    );
  }
  const result = admission.kind === "admitted" ? (valid ? "valid" : "invalid") : admission.kind;
  return {
    result,
    counter,
    attemptsLeft: attemptsLeft(policy.lockout, counter, unit.now),
    lockedUntil: counter.lockedUntil,
    retryAfterMs: Math.max(0, (counter.lockedUntil ?? unit.now) - unit.now),
    outcome: {
      result,
      ...(admission.kind === "admitted"
        ? { attempt: admission.attempt, reservedAt: isoInstant(reservedAt) }
        : {}),
      failures: failures(counter),
      lockedUntil: counter.lockedUntil === null ? null : isoInstant(counter.lockedUntil),
    },
  };
}
