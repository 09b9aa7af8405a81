/**
 * Values that no answer and no log line may ever repeat: they stand in secret fields, paths, queries and credentials.
 * Six digits are looked for as a number of their own, outside of hashes and ids, where chance puts any six digits.
 */

/** PINs of customers, and guesses. */
export const PINS = ["839271", "507264", "918357", "260593"];
export const CODES = ["604731", "175938"];
export const WORDS = ["CANARY-7f3a", "CANARY-\u0666\u0667", "CANARY\u0000-b2", "x".repeat(40) + "CANARY-end"];
export const API_KEY = "CANARY-api-key-of-the-fuzzer";

const HASHES = /(0x)?[0-9a-f]{32,}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|"pid":\d+|"time":\d+/gi;

/** The first canary found in the text; null if there is none. */
export function leaked(text: string, furtherNumbers: ReadonlySet<string> = new Set()): string | null {
  if (text.includes("CANARY")) return "CANARY";
  const rest = text.replace(HASHES, "…");
  const numbers = rest.match(/(?<!\d)\d{6}(?!\d)/g) ?? [];
  return numbers.find((one) => SECRET_NUMBERS.has(one) || furtherNumbers.has(one)) ?? null;
}

const SECRET_NUMBERS = new Set([...PINS, ...CODES]);
