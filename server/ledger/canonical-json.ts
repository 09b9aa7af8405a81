import canonicalize from "canonicalize";
import { LedgerRefusal } from "./errors.ts";

export type JsonValue =
  null | boolean | number | string | readonly JsonValue[] | { readonly [key: string]: JsonValue };

export interface CanonicalJsonOptions {
  /** Which numbers to accept; RFC 8785 allows every finite one. */
  readonly numbers?: "finite" | "safe-integer";
}

/** Deeper nesting has no use in an event, and would cost a recursive verifier its stack. */
const MAX_DEPTH = 32;

/**
 * The RFC 8785 canonical form of a JSON value.
 * `JSON.stringify` and `canonicalize` drop or replace what JSON cannot carry (undefined, functions, dates);
 * here that is refused with `payload_unrepresentable`, because a field lost in silence is lost for ever.
 */
export function canonicalJson(value: unknown, { numbers = "finite" }: CanonicalJsonOptions = {}): string {
  assertJson(value, numbers, 0);
  return canonicalize(value) as string;
}

function assertJson(value: unknown, numbers: "finite" | "safe-integer", depth: number): void {
  if (depth > MAX_DEPTH) throw unrepresentable(`nesting deeper than ${MAX_DEPTH}, or a cycle`);
  switch (typeof value) {
    case "boolean":
      return;
    case "string":
      return assertText(value);
    case "number":
      return assertNumber(value, numbers);
    case "object":
      break;
    default:
      throw unrepresentable(`a value of type ${typeof value}`);
  }
  if (value === null) return;
  if (Array.isArray(value)) {
    // A counted loop, because iteration helpers skip the holes of a sparse array.
    for (let i = 0; i < value.length; i += 1) assertJson(value[i], numbers, depth + 1);
    return;
  }
  assertPlainObject(value);
  for (const [key, member] of Object.entries(value)) {
    assertText(key);
    assertJson(member, numbers, depth + 1);
  }
}

function assertText(text: string): void {
  if (!text.isWellFormed()) throw unrepresentable("a lone surrogate");
}

function assertNumber(value: number, numbers: "finite" | "safe-integer"): void {
  if (!Number.isFinite(value)) throw unrepresentable(String(value));
  if (numbers === "safe-integer" && !Number.isSafeInteger(value)) {
    throw unrepresentable(`${value}, which is not an integer within ±(2^53 - 1)`);
  }
}

function assertPlainObject(value: object): void {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) throw unrepresentable("an object with a class");
  if (Object.getOwnPropertySymbols(value).length > 0) throw unrepresentable("a symbol as key");
}

function unrepresentable(what: string): LedgerRefusal {
  return new LedgerRefusal("payload_unrepresentable", `canonical JSON cannot carry ${what}`);
}
