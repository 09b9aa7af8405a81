/** PINs that many people choose, and therefore guessers try first. */

export interface WeakPinRule {
  /** Stable; clients and metrics see it. */
  readonly name: string;
  /** Completes "This PIN is too easy to guess: …". */
  readonly sentence: string;
  readonly matches: (pin: string) => boolean;
}

/** Seed 002's five patterns, first match wins; `all_zeros` stands before the rule that contains it, to be reachable. */
const RULES: readonly WeakPinRule[] = [
  { name: "all_zeros", sentence: "all its digits are zero", matches: (pin) => /^0+$/.test(pin) },
  {
    name: "all_same_digits",
    sentence: "all its digits are the same",
    matches: (pin) => /^(\d)\1+$/.test(pin),
  },
  { name: "sequential_ascending", sentence: "its digits count up", matches: (pin) => pin === "123456" },
  { name: "sequential_descending", sentence: "its digits count down", matches: (pin) => pin === "654321" },
  { name: "repeated_pattern", sentence: "it repeats itself", matches: (pin) => /^(\d{3})\1$/.test(pin) },
];

/** The first rule that the PIN breaks, or null if it is fit to use. */
export function weakness(pin: string): WeakPinRule | null {
  return RULES.find((rule) => rule.matches(pin)) ?? null;
}
