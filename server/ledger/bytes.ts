import { equalBytes } from "@noble/curves/utils.js";
import { bytesToHex, concatBytes, hexToBytes } from "@noble/hashes/utils.js";
import { base64 } from "@scure/base";
import { LedgerRefusal } from "./errors.ts";

// Every text form has exactly one spelling here. Two spellings of the same bytes would let an adversary
// alter a receipt without changing what it proves, and two verifiers could then disagree about it.

const LOWERCASE_HEX = /^0x(?:[0-9a-f]{2})*$/;
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

/** Bytes as `0x` and lowercase hex. */
export function toHex(bytes: Uint8Array): string {
  return `0x${bytesToHex(bytes)}`;
}

/** Reads `0x` and lowercase hex, of exactly `length` bytes when given. Refuses with `hex_malformed`. */
export function fromHex(text: string, length?: number): Uint8Array {
  if (!isHex(text, length)) {
    const size = length === undefined ? "" : ` of ${length} bytes`;
    throw new LedgerRefusal("hex_malformed", `expected 0x and lowercase hex${size}`);
  }
  return hexToBytes(text.slice(2));
}

/** Whether `value` is `0x` and lowercase hex, of exactly `length` bytes when given. */
export function isHex(value: unknown, length?: number): value is string {
  if (typeof value !== "string") return false;
  if (length !== undefined && value.length !== 2 + 2 * length) return false;
  return LOWERCASE_HEX.test(value);
}

/** Bytes as padded base64 (RFC 4648 section 4). */
export function toBase64(bytes: Uint8Array): string {
  return base64.encode(bytes);
}

/** Reads padded base64 and refuses every non-canonical spelling with `base64_malformed`. */
export function fromBase64(text: string): Uint8Array {
  let bytes: Uint8Array;
  try {
    bytes = base64.decode(text);
  } catch (cause) {
    throw new LedgerRefusal("base64_malformed", "expected padded base64", { cause });
  }
  // Decoders differ over whitespace and over the unused bits of the last character (RFC 4648 section 3.5).
  if (base64.encode(bytes) !== text) {
    throw new LedgerRefusal("base64_malformed", "the base64 is not in its canonical form");
  }
  return bytes;
}

/** UTF-8 of a text. Refuses lone surrogates, which an encoder would silently turn into U+FFFD. */
export function toUtf8(text: string): Uint8Array {
  if (!text.isWellFormed()) {
    throw new LedgerRefusal("text_malformed", "the text contains a lone surrogate");
  }
  return encoder.encode(text);
}

/** The text of UTF-8 bytes, byte order mark kept. Refuses with `text_malformed`. */
export function fromUtf8(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch (cause) {
    throw new LedgerRefusal("text_malformed", "the bytes are not UTF-8", { cause });
  }
}

/** Whether two byte strings are the same. */
export function equal(a: Uint8Array, b: Uint8Array): boolean {
  return equalBytes(a, b);
}

/** The byte strings one after the other. */
export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  return concatBytes(...parts);
}
