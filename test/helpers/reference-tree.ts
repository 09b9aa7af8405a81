import { createHash } from "node:crypto";

/**
 * RFC 6962 2.1 as it is written: recursion over all leaves, no cleverness. It is the independent opinion that the
 * contract and the ledger are tested against, so it must not share code with either.
 */

const sha256 = (...parts: Uint8Array[]): Buffer => {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest();
};

const LEAF = Buffer.of(0);
const NODE = Buffer.of(1);

export const leafHash = (content: Uint8Array): Buffer => sha256(LEAF, content);

/** The largest power of two smaller than `count`, for a count of at least 2. */
const split = (count: number): number => {
  let width = 1;
  while (width * 2 < count) width *= 2;
  return width;
};

/** MTH(D[n]) of RFC 6962 2.1: the root. A leaf's content is, in our ledger, an event's digest. */
export const root = (leaves: readonly Uint8Array[]): Buffer => {
  if (leaves.length === 0) return sha256();
  if (leaves.length === 1) return leafHash(leaves[0]!);
  const k = split(leaves.length);
  return sha256(NODE, root(leaves.slice(0, k)), root(leaves.slice(k)));
};

/** PATH(m, D[n]) of RFC 6962 2.1.1: the inclusion proof of leaf `index`, from the leaf up. */
export const inclusionProof = (leaves: readonly Uint8Array[], index: number): Buffer[] => {
  if (leaves.length <= 1) return [];
  const k = split(leaves.length);
  return index < k
    ? [...inclusionProof(leaves.slice(0, k), index), root(leaves.slice(k))]
    : [...inclusionProof(leaves.slice(k), index - k), root(leaves.slice(0, k))];
};

/** A complete subtree: the root of 2^level leaves that start at a multiple of 2^level. */
export interface Subtree {
  readonly node: Buffer;
  readonly level: number;
}

/** The fewest complete subtrees, from left to right, that cover the leaves from index `from` to the end. */
export const coveringSubtrees = (leaves: readonly Uint8Array[], from: number): Subtree[] => {
  const subtrees: Subtree[] = [];
  let start = from;
  while (start < leaves.length) {
    let level = 0;
    while (start % 2 ** (level + 1) === 0 && start + 2 ** (level + 1) <= leaves.length) level++;
    subtrees.push({ node: root(leaves.slice(start, start + 2 ** level)), level });
    start += 2 ** level;
  }
  return subtrees;
};
