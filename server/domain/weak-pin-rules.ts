/**
 * The rules for weak PINs, as data. Together they cover about a tenth of the six-digit space: Markert et al. ("This PIN
 * Can Be Easily Guessed") found that small lists hardly slow a throttled guesser, and that a tenth does without annoying
 * too many customers. `npm run weak-pins` prints what each rule blocks.
 */
import {
  countsInPairs,
  hasYear,
  isDate,
  isKeypadShape,
  isPartOf,
  reversed,
  step,
} from "./weak-pin-shapes.ts";

/** What is known of the customer who chooses the PIN. */
export interface PinContext {
  readonly phoneNumber?: string | undefined;
}

export interface WeakPinRule {
  /** Stable; clients and metrics see it. */
  readonly name: string;
  /** Completes "This PIN is too easy to guess: …". */
  readonly sentence: string;
  readonly matches: (pin: string, context: PinContext) => boolean;
}

const YEARS = { from: 1940, to: 2029 };

/** The first match names the rejection, so what is narrower stands first, and seed 002's five patterns before ours. */
export const WEAK_PIN_RULES: readonly WeakPinRule[] = [
  {
    name: "all_zeros",
    sentence: "all its digits are zero",
    matches: (pin) => /^0+$/.test(pin),
  },
  {
    name: "all_same_digits",
    sentence: "all its digits are the same",
    matches: (pin) => step(pin) === 0,
  },
  {
    name: "sequential_ascending",
    sentence: "its digits count up",
    matches: (pin) => step(pin) === 1,
  },
  {
    name: "sequential_descending",
    sentence: "its digits count down",
    matches: (pin) => step(pin) === 9,
  },
  {
    name: "repeated_pattern",
    sentence: "it repeats itself",
    matches: (pin) => /^([0-9]{2,3})\1+$/.test(pin),
  },
  {
    name: "constant_step",
    sentence: "its digits go up or down in equal steps",
    matches: (pin) => step(pin) !== null,
  },
  {
    name: "paired_digits",
    sentence: "each of its digits comes twice in a row",
    matches: (pin) => /^(?:([0-9])\1)+$/.test(pin),
  },
  {
    name: "counting_pairs",
    sentence: "its pairs of digits count up or down",
    matches: countsInPairs,
  },
  {
    name: "mirrored_halves",
    sentence: "its second half mirrors its first",
    matches: (pin) => pin.length % 2 === 0 && pin === reversed(pin),
  },
  {
    name: "two_digits_only",
    sentence: "it has only two different digits",
    // Among four digits that is nothing unusual.
    matches: (pin) => pin.length >= 6 && new Set(pin).size <= 2,
  },
  {
    name: "keypad_lines",
    sentence: "it draws lines on the keypad",
    matches: isKeypadShape,
  },
  {
    name: "date_day_month_year",
    sentence: "it reads as a date (day, month, year)",
    matches: (pin) => isDate(pin, { day: 0, month: 2 }),
  },
  {
    name: "date_month_day_year",
    sentence: "it reads as a date (month, day, year)",
    matches: (pin) => isDate(pin, { month: 0, day: 2 }),
  },
  {
    name: "date_year_month_day",
    sentence: "it reads as a date (year, month, day)",
    matches: (pin) => isDate(pin, { month: 2, day: 4 }),
  },
  {
    name: "year",
    sentence: `it begins or ends with a year between ${YEARS.from} and ${YEARS.to}`,
    matches: (pin) => hasYear(pin, YEARS),
  },
  {
    name: "phone_number",
    sentence: "it is part of your phone number",
    matches: (pin, { phoneNumber }) => phoneNumber !== undefined && isPartOf(phoneNumber, pin),
  },
];
