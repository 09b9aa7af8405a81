/**
 * What becomes of a credential, whatever surface asks. Pure; the verifier itself is none of its business, so that an
 * auditor who has only events can replay every decision.
 */
import { admitAttempt, attemptsLeft, rebind, recordSuccess } from "./lockout.ts";
import type { GuessCounter, LockoutSchedule } from "./lockout.ts";
import { TEMPORARY_TRIES, temporaryState } from "./temporary.ts";
import type { TemporaryPin } from "./temporary.ts";

/** What guards a credential against guessing. */
export interface Guarded {
  readonly counter: GuessCounter;
  /** Null for a PIN that its owner chose. */
  readonly temporary: TemporaryPin | null;
}

export interface CredentialState extends Guarded {
  /** Raised whenever another PIN is bound or the PIN is removed: what was judged against an earlier one proves nothing. */
  readonly generation: number;
}

export type DisabledReason = "failures" | "temporary_expired" | "temporary_spent";

/** May this guess be evaluated? */
export type GuessAdmission =
  | { readonly kind: "admitted"; readonly attempt: number; readonly guarded: Guarded }
  | { readonly kind: "locked"; readonly until: number }
  | { readonly kind: "disabled"; readonly reason: DisabledReason };

/** Why no guess is let in any more, however long one waits; null where one is, now or later. */
export function disabledReason({ counter, temporary }: Guarded, now: number): DisabledReason | null {
  if (temporary !== null) {
    const state = temporaryState(temporary, now);
    if (state !== "usable") return state;
  }
  return counter.disabledAt === null ? null : "failures";
}

/** Reserves a guess, counted as wrong from here on against the lockout and, where there is one, the temporary PIN. */
export function admitGuess(schedule: LockoutSchedule, guarded: Guarded, now: number): GuessAdmission {
  const { counter, temporary } = guarded;
  const reason = disabledReason(guarded, now);
  if (reason !== null) return { kind: "disabled", reason };
  const admission = admitAttempt(schedule, counter, now);
  if (admission.kind === "disabled") return { kind: "disabled", reason: "failures" };
  if (admission.kind === "locked") return admission;
  const spent = temporary === null ? null : { ...temporary, spent: temporary.spent + 1 };
  return {
    kind: "admitted",
    attempt: admission.attempt,
    guarded: { counter: admission.counter, temporary: spent },
  };
}

/** The guess was right: its own try is given back, and the lockout forgives what it may. */
export function recordRightGuess(
  schedule: LockoutSchedule,
  { counter, temporary }: Guarded,
  attempt: number,
): Guarded {
  return {
    counter: recordSuccess(schedule, counter, attempt),
    temporary: temporary === null ? null : { ...temporary, spent: Math.max(0, temporary.spent - 1) },
  };
}

/** Wrong guesses left before the next wait or the end. */
export function guessesLeft(schedule: LockoutSchedule, { counter, temporary }: Guarded, now: number): number {
  const left = attemptsLeft(schedule, counter, now);
  if (temporary === null) return left;
  return temporaryState(temporary, now) === "usable" ? Math.min(left, TEMPORARY_TRIES - temporary.spent) : 0;
}

export interface Rebinding {
  /**
   * Whether guessing starts anew: only where whoever binds has proven who they are by other means than this credential
   * (a recent full authentication, support, or phone and consent). Else removing a PIN and setting it again would be a
   * way around the cap.
   */
  readonly freshGuesses: boolean;
  /** What is bound is a temporary PIN. */
  readonly temporary?: TemporaryPin;
}

/** Another PIN takes this one's place, or none does. */
export function rebound(state: CredentialState, { freshGuesses, temporary }: Rebinding): CredentialState {
  return {
    generation: state.generation + 1,
    counter: freshGuesses ? rebind(state.counter) : state.counter,
    temporary: temporary ?? null,
  };
}
