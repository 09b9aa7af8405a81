import { encodePayload, fromUtf8 } from "../../../server/ledger/index.ts";
import { sampleEvent } from "./events.ts";
import { PUBLISHED_CANONICAL } from "./published.ts";

/** `payload.json`: payloads that every verifier accepts, and payloads that none may. */
export function payloadVectors(): object {
  return {
    description:
      "valid: value is what is encoded, payload the canonical text. invalid: payload (text, to be taken as UTF-8) " +
      "or bytes (hex) must be refused, with this code.",
    published: PUBLISHED_CANONICAL,
    valid: valid(),
    invalid: invalid(),
  };
}

function valid(): object[] {
  const { v, ledgerId, id, type, timestamp, identityHash, subjectSeq } = sampleEvent(0);
  const envelope = { v, ledgerId, id, type, timestamp, identityHash, subjectSeq };
  const values: Record<string, object> = {
    "the envelope alone": envelope,
    "a sample event": sampleEvent(7),
    "keys in UTF-16 order": { ...envelope, "\ufb33": 1, "\ud83d\ude00": 2, "€": 3, "": 4 },
    "escapes and text beyond ASCII": { ...envelope, note: 'a"b\\c/\b\f\n\r\t\u0001\u007f\u2028 Zoë 😀' },
    "the largest integers": { ...envelope, most: 9007199254740991, least: -9007199254740991 },
    "empty and nested": { ...envelope, list: [], object: {}, nested: [[{ a: [null, true, false] }]] },
    "a leap day": { ...envelope, timestamp: "2028-02-29T23:59:59.999Z" },
  };
  return Object.entries(values).map(([name, value]) => ({
    name,
    value,
    payload: fromUtf8(encodePayload(value)),
  }));
}

function invalid(): object[] {
  const event = sampleEvent(0);
  const text = fromUtf8(encodePayload(event));
  const at = (field: string, value: string): string =>
    text.replace(new RegExp(`"${field}":(?:"[^"]*"|\\d+)`), `"${field}":${value}`);
  const without = (field: string): string => fromUtf8(canonicalWithout(event, field));
  const notCanonical: Record<string, string> = {
    empty: "",
    "not JSON": "{",
    "a space": text.replace(",", ", "),
    "a trailing newline": `${text}\n`,
    "a byte order mark": `\ufeff${text}`,
    "trailing text": `${text}{}`,
    "keys out of order": text.replace(
      /"device":(\{[^}]*\}),"factors":(\{[^}]*\})/,
      '"factors":$2,"device":$1',
    ),
    "a key twice": text.replace('"v":1', '"v":1,"v":1'),
    "a number with a fraction": at("subjectSeq", "0.5"),
    "an integer spelt as a fraction": at("subjectSeq", "0.0"),
    "an integer with an exponent": at("subjectSeq", "1e1"),
    "negative zero": at("subjectSeq", "-0"),
    "an integer beyond 2^53": at("subjectSeq", "9007199254740993"),
    "an unnecessary escape": text.replace('"fra"', '"\\u0066ra"'),
    "an escaped solidus": text.replace('"fra"', '"f\\/ra"'),
    "an escaped lone surrogate": text.replace('"fra"', '"\\ud83d"'),
    "an escape in capitals": text.replace('"fra"', '"\\u001F"'),
    "a raw control character": text.replace('"fra"', '"\u0001"'),
    "nesting without end": text.replace('"fra"', `${"[".repeat(64)}${"]".repeat(64)}`),
  };
  const envelope: Record<string, string> = {
    "not an object": "[]",
    null: "null",
    "v missing": without("v"),
    "v 2": at("v", "2"),
    "v a string": at("v", '"1"'),
    "ledgerId missing": without("ledgerId"),
    "ledgerId with a plus": at("ledgerId", '"a+b"'),
    "ledgerId with a newline": at("ledgerId", '"a\\nb"'),
    "ledgerId with a slash": at("ledgerId", '"a/b"'),
    "id missing": without("id"),
    "id a UUIDv4": at("id", '"0192f0c1-7d3a-4c11-9a55-000000000000"'),
    "id in capitals": at("id", '"0192F0C1-7D3A-7C11-9A55-000000000000"'),
    "type missing": without("type"),
    "type empty": at("type", '""'),
    "timestamp missing": without("timestamp"),
    "timestamp without milliseconds": at("timestamp", '"2026-01-02T03:04:05Z"'),
    "timestamp with an offset": at("timestamp", '"2026-01-02T03:04:05.678+00:00"'),
    "timestamp on the 30th of February": at("timestamp", '"2026-02-30T03:04:05.678Z"'),
    "timestamp at hour 24": at("timestamp", '"2026-01-02T24:00:00.000Z"'),
    "timestamp a number": at("timestamp", "1767323045678"),
    "identityHash missing": without("identityHash"),
    "identityHash in capitals": at("identityHash", `"0x${"AB".repeat(32)}"`),
    "identityHash too short": at("identityHash", `"0x${"ab".repeat(31)}"`),
    "identityHash without 0x": at("identityHash", `"${"ab".repeat(32)}"`),
    "subjectSeq missing": without("subjectSeq"),
    "subjectSeq negative": at("subjectSeq", "-1"),
    "subjectSeq a string": at("subjectSeq", '"0"'),
  };
  return [
    ...Object.entries(notCanonical).map(([mutation, payload]) => ({
      mutation,
      payload,
      code: "payload_not_canonical",
    })),
    { mutation: "bytes that are not UTF-8", bytes: "0x7b2261223a22ff227d", code: "payload_not_canonical" },
    {
      mutation: "an overlong UTF-8 sequence",
      bytes: "0x7b2261223a22c0af227d",
      code: "payload_not_canonical",
    },
    { mutation: "a surrogate in UTF-8", bytes: "0x7b2261223a22eda0bd227d", code: "payload_not_canonical" },
    ...Object.entries(envelope).map(([mutation, payload]) => ({
      mutation,
      payload,
      code: "payload_envelope",
    })),
  ];
}

function canonicalWithout(event: object, field: string): Uint8Array {
  const entries = Object.entries(event).filter(([name]) => name !== field);
  // The sample's keys are ASCII, which `sort` puts in canonical order; `encodePayload` would refuse this.
  const sorted = Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
  return new TextEncoder().encode(JSON.stringify(sorted, sortedKeys));
}

function sortedKeys(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
