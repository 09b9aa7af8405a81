import { LedgerRefusal } from "./errors.ts";
import type { LedgerRefusalCode } from "./errors.ts";

/** What each field of an object must be; every field must be there, and no other. */
export type Rules = Readonly<Record<string, (value: unknown) => boolean>>;

/**
 * Refuses, with `code` and the field's name, whatever has a missing, malformed or unknown field: what an adversary
 * adds to a document must not go unchecked.
 */
export function assertShape(
  value: unknown,
  rules: Rules,
  { what, code }: { readonly what: string; readonly code: LedgerRefusalCode },
): asserts value is Record<string, unknown> {
  const refuse = (why: string): never => {
    throw new LedgerRefusal(code, why);
  };
  if (!isObject(value)) return refuse(`the ${what} is not an object`);
  for (const [field, holds] of Object.entries(rules)) {
    if (!Object.hasOwn(value, field)) refuse(`the ${what} has no ${field}`);
    if (!holds(value[field])) refuse(`the ${what}'s ${field} is malformed`);
  }
  for (const field of Object.keys(value)) {
    if (!Object.hasOwn(rules, field)) {
      refuse(`the ${what} has an unknown field ${JSON.stringify(field.slice(0, 40))}`);
    }
  }
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isText(value: unknown, maxLength: number): value is string {
  return typeof value === "string" && value.length <= maxLength;
}

export function isNatural(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

export function nullOr(holds: (value: unknown) => boolean): (value: unknown) => boolean {
  return (value) => value === null || holds(value);
}
