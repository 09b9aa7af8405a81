/** What the user of a session must do next (seed 004). Pure; the PIN gates the application's sessions, never the API. */
import type { CredentialState } from "./credential.ts";
import { isLocked } from "./lockout.ts";
import { temporaryState } from "./temporary.ts";

/** That a session has shown its PIN: which one, by the credential's generation, and until when that counts. */
export interface SessionProof {
  readonly generation: number;
  readonly expiresAt: number;
}

export type LockReason =
  "too_many_wrong_pins" | "pin_disabled" | "temporary_pin_expired" | "temporary_pin_spent";

export type NextStep =
  | { readonly next: "create_pin" | "enter_pin" | "change_temporary_pin" | "none" }
  /** `until` is null where waiting does not help: the PIN must be reset. */
  | { readonly next: "locked"; readonly reason: LockReason; readonly until: number | null };

export interface SessionCredential extends CredentialState {
  readonly hasPin: boolean;
}

/** A proof holds for the PIN it was given for, and for a time: a change or reset elsewhere ends it. */
export function isProven(
  proof: SessionProof | null,
  credential: Pick<CredentialState, "generation">,
  now: number,
): boolean {
  return proof !== null && proof.generation === credential.generation && now < proof.expiresAt;
}

export function nextStep(
  credential: SessionCredential | null,
  proof: SessionProof | null,
  now: number,
): NextStep {
  if (credential === null || !credential.hasPin) return { next: "create_pin" };
  const { counter, temporary } = credential;
  const state = temporary === null ? "usable" : temporaryState(temporary, now);
  if (state === "temporary_expired") return { next: "locked", reason: "temporary_pin_expired", until: null };
  // Others' wrong guesses lock out those who have yet to prove themselves, not those who have.
  if (isProven(proof, credential, now)) {
    return { next: temporary === null ? "none" : "change_temporary_pin" };
  }
  if (state === "temporary_spent") return { next: "locked", reason: "temporary_pin_spent", until: null };
  if (counter.disabledAt !== null) return { next: "locked", reason: "pin_disabled", until: null };
  if (isLocked(counter, now))
    return { next: "locked", reason: "too_many_wrong_pins", until: counter.lockedUntil };
  return { next: "enter_pin" };
}

/** Seed 004, to the letter. */
export const TEMPORARY_PIN_SENTENCE = "Your PIN was reset by support. Please create a new PIN.";

const LOCKED: Readonly<Record<LockReason, string>> = {
  too_many_wrong_pins: "Too many wrong PINs.",
  pin_disabled: "Too many wrong PINs. Sign in again and reset your PIN, or ask support.",
  temporary_pin_expired: "The temporary PIN has expired. Sign in again and reset your PIN, or ask support.",
  temporary_pin_spent:
    "The temporary PIN was entered wrongly too often. Sign in again and reset your PIN, or ask support.",
};

/** The step in words for the user. */
export function nextStepSentence(step: NextStep, now: number): string {
  switch (step.next) {
    case "create_pin":
      return "Please create a 4-digit PIN.";
    case "enter_pin":
      return "Please enter your 4-digit PIN.";
    case "change_temporary_pin":
      return TEMPORARY_PIN_SENTENCE;
    case "none":
      return "Your PIN has been verified in this session.";
    case "locked":
      return step.until === null
        ? LOCKED[step.reason]
        : `${LOCKED[step.reason]} ${tryAgainIn(step.until - now)}`;
  }
}

function tryAgainIn(ms: number): string {
  const minutes = Math.max(1, Math.ceil(ms / 60_000));
  return `Try again in ${minutes} ${minutes === 1 ? "minute" : "minutes"}.`;
}
