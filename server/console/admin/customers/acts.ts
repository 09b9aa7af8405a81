/** What support may do about a PIN, as it stands: offered where it makes sense, else with the reason why it does not. */
import type { Schemas } from "../../shared/api.ts";

export type Subject = Schemas["SupportedSubject"];
export type Pin = Subject["pins"][number];
export type Policy = Pin["policy"];
export type Act = "reset" | "unlock" | "temporary";

export type Hindrance = "nothing_to_reset" | "not_locked" | "disabled" | "temporary_void" | "session_only";

export interface Offer {
  readonly act: Act;
  /** Null where it is offered. */
  readonly hindrance: Hindrance | null;
}

/** None for FRA's: it is bound again with phone and consent, and nobody can stand in for either. */
export function offers(pin: Pin): readonly Offer[] {
  if (pin.policy === "fra") return [];
  return [
    { act: "reset", hindrance: resettable(pin) ? null : "nothing_to_reset" },
    { act: "unlock", hindrance: whyNotUnlocked(pin) },
    { act: "temporary", hindrance: pin.policy === "session" ? null : "session_only" },
  ];
}

/** Also without a PIN, where wrong ones are still counted against the next. */
const resettable = ({ hasPin, failures, lockedUntil, disabled }: Pin): boolean =>
  hasPin || failures > 0 || lockedUntil !== null || disabled;

function whyNotUnlocked({ lockedUntil, disabled, temporary }: Pin): Hindrance | null {
  if (disabled) return temporary ? "temporary_void" : "disabled";
  return lockedUntil === null ? "not_locked" : null;
}

/** A customer who never had a session PIN can be given one: it is shown as well. */
export function shownPins({ pins }: Subject): readonly Pin[] {
  const order: readonly Policy[] = ["session", "standard", "fra"];
  return order.flatMap((policy) => {
    const known = pins.find((pin) => pin.policy === policy);
    return known ?? (policy === "session" ? NO_SESSION_PIN : []);
  });
}

const NO_SESSION_PIN: Pin = {
  policy: "session",
  hasPin: false,
  temporary: false,
  temporaryExpiresAt: null,
  failures: 0,
  attemptsRemaining: 0,
  lockedUntil: null,
  retryAfterSeconds: null,
  disabled: false,
};
