import { equal, fromUtf8, isHex, toUtf8 } from "./bytes.ts";
import { canonicalJson } from "./canonical-json.ts";
import type { JsonValue } from "./canonical-json.ts";
import { LedgerRefusal } from "./errors.ts";

/** The largest payload, in bytes. */
export const MAX_PAYLOAD_BYTES = 64 * 1024;

/**
 * An event's payload: the envelope below, and whatever else its `type` calls for.
 * On the wire it is RFC 8785 canonical JSON in UTF-8:
 *
 *     {"id":"01890a5d-ac96-774b-bcce-b302099a8057","identityHash":"0x…","ledgerId":"…",
 *      "subjectSeq":0,"timestamp":"2026-01-02T03:04:05.678Z","type":"pin_set","v":1,…}
 *
 * Numbers are safe integers only: the spelling of fractions is where implementations of RFC 8785 part,
 * and every verifier, in any language, must come to the same bytes.
 */
export interface EventPayload {
  readonly v: 1;
  /** Which ledger this is; its checkpoints' origin is `identity-ledger/<ledgerId>`. */
  readonly ledgerId: string;
  /** UUIDv7, lowercase. */
  readonly id: string;
  readonly type: string;
  /** UTC with milliseconds: `2026-01-02T03:04:05.678Z`. */
  readonly timestamp: string;
  /** Random pseudonym of the subject: 0x and 64 hex digits. */
  readonly identityHash: string;
  /** 0, 1, 2 … per subject: a gap reveals an omission. */
  readonly subjectSeq: number;
  readonly [field: string]: JsonValue;
}

/**
 * The canonical bytes of a payload. Whatever it returns, `decodePayload` accepts: an event is written once
 * and for ever, so a malformed one must be refused here and not found by the first auditor.
 * Refuses with `payload_unrepresentable`, `payload_envelope` or `payload_too_large`.
 */
export function encodePayload(value: object): Uint8Array {
  const bytes = toUtf8(canonicalJson(value, { numbers: "safe-integer" }));
  assertSize(bytes);
  assertEnvelope(value);
  return bytes;
}

/**
 * Reads a payload. The adversary chose these bytes: anything but the one canonical form is refused, so that
 * no second reading of the same event exists (duplicate keys, other number spellings, escapes, whitespace).
 * Refuses with `payload_not_canonical`, `payload_envelope` or `payload_too_large`.
 */
export function decodePayload(bytes: Uint8Array): EventPayload {
  assertSize(bytes);
  const value = parseCanonical(bytes);
  assertEnvelope(value);
  return value;
}

/** Whether `text` can name a ledger: 1 to 64 of `A-Z a-z 0-9 . _ -`, so that a signed note can carry it. */
export function isLedgerId(text: unknown): text is string {
  return typeof text === "string" && /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(text);
}

function parseCanonical(bytes: Uint8Array): unknown {
  let value: unknown;
  let canonical: Uint8Array;
  try {
    value = JSON.parse(fromUtf8(bytes));
    canonical = toUtf8(canonicalJson(value, { numbers: "safe-integer" }));
  } catch (cause) {
    throw new LedgerRefusal("payload_not_canonical", `the payload is not canonical JSON: ${message(cause)}`, {
      cause,
    });
  }
  if (!equal(bytes, canonical)) {
    throw new LedgerRefusal("payload_not_canonical", "the payload is not in RFC 8785 canonical form");
  }
  return value;
}

function assertSize(bytes: Uint8Array): void {
  if (bytes.length > MAX_PAYLOAD_BYTES) {
    throw new LedgerRefusal("payload_too_large", `the payload has more than ${MAX_PAYLOAD_BYTES} bytes`);
  }
}

const ENVELOPE: Readonly<Record<string, (value: unknown) => boolean>> = {
  v: (value) => value === 1,
  ledgerId: isLedgerId,
  id: (value) => matches(value, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/),
  type: (value) => matches(value, /^[A-Za-z][A-Za-z0-9._-]{0,63}$/),
  timestamp: isTimestamp,
  identityHash: (value) => isHex(value, 32),
  subjectSeq: (value) => Number.isSafeInteger(value) && (value as number) >= 0,
};

function assertEnvelope(value: unknown): asserts value is EventPayload {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new LedgerRefusal("payload_envelope", "the payload is not an object");
  }
  for (const [field, holds] of Object.entries(ENVELOPE)) {
    if (!Object.hasOwn(value, field) || !holds((value as Record<string, unknown>)[field])) {
      throw new LedgerRefusal("payload_envelope", `the payload's ${field} is missing or malformed`);
    }
  }
}

function isTimestamp(value: unknown): boolean {
  if (!matches(value, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)) return false;
  const instant = new Date(value as string);
  // The pattern admits the 30th of February; `Date` would move it to March.
  return !Number.isNaN(instant.getTime()) && instant.toISOString() === value;
}

function matches(value: unknown, pattern: RegExp): boolean {
  return typeof value === "string" && pattern.test(value);
}

function message(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
