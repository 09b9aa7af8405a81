import { concat } from "./bytes.ts";
import { HASH_BYTES } from "./merkle-hash.ts";
import { LedgerRefusal } from "./errors.ts";

/** A big-endian uint16, the length of every entry of ours. */
const LENGTH = Uint8Array.of(0x00, HASH_BYTES);

/**
 * A C2SP tlog-tiles entry bundle: up to 256 entries, each with its length before it. An entry is an event's digest,
 * since that, and not the payload, is what a leaf hashes: anyone may follow the ledger, and nobody reads it.
 *
 *     0x0020 ‖ digest ‖ 0x0020 ‖ digest …
 */
export function encodeBundle(digests: readonly Uint8Array[]): Uint8Array {
  if (digests.some(({ length }) => length !== HASH_BYTES)) throw new RangeError("an entry is no digest");
  return concat(...digests.flatMap((digest) => [LENGTH, digest]));
}

/** The digests of a bundle. Refuses whatever is not one with `bundle_malformed`. */
export function decodeBundle(bytes: Uint8Array): Uint8Array[] {
  const stride = LENGTH.length + HASH_BYTES;
  const digests: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += stride) {
    const entry = bytes.slice(at, at + stride);
    if (entry.length !== stride || entry[0] !== LENGTH[0] || entry[1] !== LENGTH[1]) {
      throw new LedgerRefusal("bundle_malformed", `entry ${digests.length} of the bundle is no digest`);
    }
    digests.push(entry.slice(LENGTH.length));
  }
  return digests;
}
