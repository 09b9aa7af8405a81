import { parsePhoneNumberFromString } from "libphonenumber-js/mobile";
import { Refusal } from "./errors.ts";

declare const e164: unique symbol;
/** A mobile number in E.164 form (`+201234567890`). It is looked up by a keyed hash and never stored or logged. */
export type PhoneNumber = string & { readonly [e164]: true };

/**
 * One spelling per number, or two aliases would stand for one person: only E.164 is accepted, not "what can be parsed".
 * @throws {Refusal} VALIDATION_ERROR, reason `invalid_phone_number`
 */
export function parsePhoneNumber(text: string): PhoneNumber {
  const parsed = parsePhoneNumberFromString(text);
  if (!parsed?.isValid() || parsed.number !== text) {
    throw new Refusal(
      "VALIDATION_ERROR",
      "phoneNumber must be a mobile number in E.164 form, such as +201234567890.",
      {
        reason: "invalid_phone_number",
      },
    );
  }
  return text as PhoneNumber;
}

/** `+20123456****`, as seed 002 shows it: the last four digits are withheld. */
export function maskPhoneNumber(phone: PhoneNumber): string {
  return `${phone.slice(0, -4)}****`;
}
