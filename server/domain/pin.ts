import { Refusal } from "./errors.ts";
import type { Policy } from "./policy.ts";
import { weakness } from "./weak-pin.ts";
import type { PinContext } from "./weak-pin.ts";

declare const pin: unique symbol;
/** A string of ASCII digits that its policy permits. Only {@link parsePin} makes one. */
export type Pin = string & { readonly [pin]: true };

declare const clientHash: unique symbol;
/** A PIN that its client has hashed already, as a canonical PHC string: as good as the PIN itself, and as secret. */
export type ClientHash = string & { readonly [clientHash]: true };

/** What a verifier is made of. */
export type Secret = Pin | ClientHash;

/**
 * Format alone: what verification needs, where a weak PIN set long ago must still be recognised.
 * ASCII digits only: `\p{Nd}` would let Arabic-Indic digits through as a second spelling, Number() a sign or spaces.
 * @throws {Refusal} PIN_FORMAT_ERROR, reason `not_digits` or `wrong_length`
 */
export function parsePin(policy: Policy, text: string): Pin {
  const lengths = policy.pinLengths.join(" or ");
  if (!/^[0-9]+$/.test(text)) {
    throw new Refusal("PIN_FORMAT_ERROR", `The PIN must be ${lengths} digits, 0 to 9.`, {
      reason: "not_digits",
    });
  }
  if (!policy.pinLengths.includes(text.length)) {
    throw new Refusal("PIN_FORMAT_ERROR", `The PIN must have exactly ${lengths} digits.`, {
      reason: "wrong_length",
    });
  }
  return text as Pin;
}

/** What a client says of a PIN that it shows us only as a hash. @throws {Refusal} PIN_FORMAT_ERROR, reason `wrong_length` */
export function parsePinLength(policy: Policy, digits: number): void {
  if (policy.pinLengths.includes(digits)) return;
  throw new Refusal("PIN_FORMAT_ERROR", `Invalid PIN length (must be ${policy.pinLengths.join(" or ")}).`, {
    reason: "wrong_length",
  });
}

/**
 * Format and strength: what setting a PIN needs.
 * @throws {Refusal} PIN_FORMAT_ERROR, or WEAK_PIN_REJECTED with the rule's name as reason
 */
export function parseNewPin(policy: Policy, text: string, context?: PinContext): Pin {
  const parsed = parsePin(policy, text);
  const rule = policy.rejectsWeakPins ? weakness(parsed, context) : null;
  if (rule !== null) {
    throw new Refusal("WEAK_PIN_REJECTED", `This PIN is too easy to guess: ${rule.sentence}.`, {
      reason: rule.name,
    });
  }
  return parsed;
}

/** FR-002, and against slips of the finger anywhere. @throws {Refusal} VALIDATION_ERROR, reason `confirmation_mismatch` */
export function requireConfirmation(pin: string, confirmation: string): void {
  if (pin === confirmation) return;
  throw new Refusal(
    "VALIDATION_ERROR",
    "The two PINs are not the same. Nothing was saved; please enter both again.",
    { reason: "confirmation_mismatch" },
  );
}
