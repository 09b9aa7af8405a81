import { digitsOf } from "../../shared/digits.ts";

/** What was typed as a number, in the one spelling that the service takes (E.164); whether it is one, the service says. */
export function phoneNumberOf(text: string): string {
  const trimmed = text.trim();
  const digits = digitsOf(trimmed);
  return `+${/^\D*00/.test(digits) && !trimmed.includes("+") ? digits.slice(2) : digits}`;
}
