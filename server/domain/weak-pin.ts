/** PINs that many people choose, and therefore guessers try first. */
import { WEAK_PIN_RULES } from "./weak-pin-rules.ts";
import type { PinContext, WeakPinRule } from "./weak-pin-rules.ts";

export { WEAK_PIN_RULES };
export type { PinContext, WeakPinRule };

/** The first rule that the PIN breaks, or null if it is fit to use. */
export function weakness(pin: string, context: PinContext = {}): WeakPinRule | null {
  return WEAK_PIN_RULES.find((rule) => rule.matches(pin, context)) ?? null;
}
