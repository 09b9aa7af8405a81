/**
 * One guess at a PIN, from reservation to record: the only code that compares a PIN with a verifier.
 *
 * The attempt is counted before the PIN is looked at (first transaction) and settled after (second transaction). A crash
 * in between leaves it counted: it can only cost the guesser. And it stays open until an event says that it was abandoned.
 */
import { admitGuess, guessesLeft, rebound, recordRightGuess } from "../domain/credential.ts";
import type { DisabledReason, GuessAdmission, Rebinding } from "../domain/credential.ts";
import { counterFacts } from "../domain/open-attempts.ts";
import type { OpenAttempt } from "../domain/open-attempts.ts";
import type { Secret } from "../domain/pin.ts";
import type { Policy } from "../domain/policy.ts";
import { isoInstant } from "../domain/time.ts";
import { NO_MATCH } from "../ports.ts";
import type { Credential, HashingSlot, Match, Subject, Verifier } from "../ports.ts";
import { writeOffStale } from "./abandoned-attempts.ts";
import type { Unit } from "./recorder.ts";

/** What stood in the database when the attempt was reserved. */
export interface ReservedGuess {
  readonly policy: Policy;
  readonly subject: Subject;
  readonly credential: Credential;
  readonly admission: GuessAdmission;
  readonly reservedAt: number;
}

export type GuessResult = "valid" | "invalid" | "locked" | "disabled";

export interface SettledGuess {
  readonly result: GuessResult;
  /** As it stands now. */
  readonly credential: Credential;
  readonly disabledBecause: DisabledReason | null;
  /** Wrong guesses left before the next lock. */
  readonly attemptsLeft: number;
  readonly lockedUntil: number | null;
  readonly retryAfterMs: number;
  /** For the event: everything that policy replay needs. */
  readonly outcome: Readonly<Record<string, unknown>>;
}

export async function reserveGuess(unit: Unit, policy: Policy, subject: Subject): Promise<ReservedGuess> {
  const known = await unit.tx.credentials.getForUpdate(subject.id, policy.id, unit.now);
  const credential = await writeOffStale(unit, subject, known);
  const admission = admitGuess(policy.lockout, credential, unit.now);
  // Saved even where nothing changes: a locked credential must not be told by the write that it spares.
  const reserved = admission.kind === "admitted" ? underWay(credential, admission, unit.now) : credential;
  await unit.tx.credentials.save(reserved, unit.now);
  await unit.tx.events.advance(unit.now);
  return { policy, subject, credential, admission, reservedAt: unit.now };
}

function underWay(
  credential: Credential,
  { attempt, guarded }: GuessAdmission & { kind: "admitted" },
  reservedAt: number,
): Credential {
  return { ...credential, ...guarded, open: [...credential.open, { attempt, reservedAt }] };
}

/** Outside of any transaction. A refused guess is hashed too, against nothing: all classes take the same time. */
export function evaluateGuess(
  slot: HashingSlot,
  { admission, credential }: ReservedGuess,
  secret: Secret,
): Promise<Match> {
  return slot.verify(admission.kind === "admitted" ? credential.verifier : null, secret);
}

/** A PIN as it is stored; all null where there is none. */
export type StoredPin = Pick<Credential, "verifier" | "pinLength" | "clientParameters">;

export const NO_PIN: StoredPin = { verifier: null, pinLength: null, clientParameters: null };

/** What takes the verifier's place after a right guess: another PIN or none, or the same one hashed anew. */
export type Replacement =
  | { readonly kind: "another_pin"; readonly pin: StoredPin }
  | { readonly kind: "rehash"; readonly verifier: Verifier };

/** Another PIN, or none, in the credential's place; only one of support's is temporary. */
export function bindTo(credential: Credential, pin: StoredPin, rebinding: Rebinding): Credential {
  return { ...credential, ...pin, ...rebound(credential, rebinding) };
}

function replaced(credential: Credential, judged: Credential, replacement: Replacement | null): Credential {
  // Who knew the PIN has cleared what a success clears, and no more.
  if (replacement?.kind === "another_pin")
    return bindTo(credential, replacement.pin, { freshGuesses: false });
  // Of two logins that found the same old hash, one has replaced it already.
  const untouched = credential.verifier?.phc === judged.verifier?.phc;
  return replacement !== null && untouched ? { ...credential, verifier: replacement.verifier } : credential;
}

/**
 * Records the result; after a right guess `replacement`, if there is one, takes the verifier's place.
 * The caller appends the event, in the same transaction.
 * @param match null where hashing failed: nothing is known, and the attempt stays counted
 */
export async function settleGuess(
  unit: Unit,
  reserved: ReservedGuess,
  match: Match | null,
  replacement: Replacement | null,
): Promise<SettledGuess> {
  const { policy, subject, credential: judged, admission, reservedAt } = reserved;
  let credential = await unit.tx.credentials.getKnownForUpdate(subject.id, policy.id);
  if (admission.kind === "admitted" && !credential.open.some(isAttempt(admission.attempt))) {
    // It took us so long that the attempt was written off, and the ledger says so: this answer needs another one.
    return settleGuess(unit, await reserveGuess(unit, policy, subject), match && NO_MATCH, null);
  }
  // While we hashed, the PIN may have been replaced; matching the old one then proves nothing about the new.
  const valid = match?.matches === true && credential.generation === judged.generation;

  if (admission.kind === "admitted") {
    const open = credential.open.filter((other) => !isAttempt(admission.attempt)(other));
    credential = { ...credential, open };
    if (valid) {
      const right = { ...credential, ...recordRightGuess(policy.lockout, credential, admission.attempt) };
      credential = replaced(right, judged, replacement);
    }
  }
  await unit.tx.credentials.save(credential, unit.now);
  const { counter, temporary } = credential;
  const result = admission.kind === "admitted" ? (valid ? "valid" : "invalid") : admission.kind;
  return {
    result,
    credential,
    disabledBecause: admission.kind === "disabled" ? admission.reason : null,
    attemptsLeft: guessesLeft(policy.lockout, credential, unit.now),
    lockedUntil: counter.lockedUntil,
    retryAfterMs: Math.max(0, (counter.lockedUntil ?? unit.now) - unit.now),
    outcome: {
      result: match === null ? "error" : result,
      ...claimOf(admission, isoInstant(reservedAt)),
      ...temporaryFacts(judged.temporary, temporary, admission),
      ...counterFacts(counter, credential.open),
    },
  };
}

/** For policy replay: which PIN was guessed at, what its guesses have come to, and why none is let in any more. */
function temporaryFacts(
  judged: Credential["temporary"],
  now: Credential["temporary"],
  admission: GuessAdmission,
) {
  if (judged === null) return {};
  return {
    temporary: { expiresAt: isoInstant(judged.expiresAt), spent: (now ?? judged).spent },
    ...(admission.kind === "disabled" ? { disabledBecause: admission.reason } : {}),
  };
}

/** What became of the wish to guess. */
function claimOf(admission: GuessAdmission, at: string): Readonly<Record<string, unknown>> {
  switch (admission.kind) {
    case "admitted":
      return { attempt: admission.attempt, reservedAt: at };
    case "locked":
      return { refusal: "locked", refusedAt: at, refusedUntil: isoInstant(admission.until) };
    case "disabled":
      return { refusal: "disabled", refusedAt: at };
  }
}

const isAttempt = (number: number) => (other: OpenAttempt) => other.attempt === number;
