import { Refusal } from "./errors.ts";
import type { GuessCounter } from "./lockout.ts";
import { MINUTE } from "./time.ts";

/** Issuers' clocks may be ahead of ours by so much. */
const SKEW_MS = MINUTE;

/** Whether a full authentication is fresh enough to stand for the current PIN. */
export function isRecent(authTime: number | null, now: number, windowMs: number): boolean {
  return authTime !== null && authTime <= now + SKEW_MS && now - authTime < windowMs;
}

export type Authorisation = "none_needed" | "recent_authentication";

/**
 * Who may set or remove a PIN without knowing the current one. A token alone may set the first: whoever stole it could
 * otherwise only deny the owner a PIN that there is none of. All else takes a recent full authentication.
 * The refusal, REAUTHENTICATION_REQUIRED, is a value.
 */
export function authoriseWithoutPin(
  credential: { readonly hasPin: boolean; readonly counter: GuessCounter },
  recent: boolean,
  windowMs: number,
): Authorisation | Refusal {
  if (recent) return "recent_authentication";
  if (credential.hasPin)
    return reauthenticationRequired(windowMs, "Send the current PIN, or sign in again first.");
  // Its guesses are used up; a PIN bound without proof would not bring them back.
  if (credential.counter.disabledAt !== null) {
    return reauthenticationRequired(windowMs, "Too many wrong PINs. Sign in again before setting a new one.");
  }
  return "none_needed";
}

/** RFC 9470 speaks of max_age: that old may the authentication be. */
export function reauthenticationRequired(
  windowMs: number,
  sentence: string,
  reason = "recent_authentication_required",
): Refusal {
  return new Refusal("REAUTHENTICATION_REQUIRED", sentence, {
    reason,
    members: { maxAgeSeconds: Math.floor(windowMs / 1000) },
  });
}
