import { sha256 } from "@noble/hashes/sha2.js";

/** Length of every digest, leaf, node and root, in bytes. */
export const HASH_BYTES = 32;

const LEAF_PREFIX = Uint8Array.of(0x00);
const NODE_PREFIX = Uint8Array.of(0x01);

/** The root of the tree without leaves: SHA-256 of nothing (RFC 9162 section 2.1.1). A fresh copy each time. */
export function emptyRoot(): Uint8Array {
  return sha256(new Uint8Array(0));
}

/**
 * `SHA-256(0x00 ‖ digest)`. The prefix sets leaves apart from nodes (RFC 9162 section 2.1.1): without it an
 * adversary could pass a pair of nodes off as an event.
 */
export function leafHash(digest: Uint8Array): Uint8Array {
  return sha256.create().update(LEAF_PREFIX).update(digest).digest();
}

/** `SHA-256(0x01 ‖ left ‖ right)`. */
export function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  return sha256.create().update(NODE_PREFIX).update(left).update(right).digest();
}
