import { equal } from "./bytes.ts";
import { isSize } from "./coordinates.ts";
import { HASH_BYTES, nodeHash } from "./merkle-hash.ts";

/** One level of the way up: on which side the proof's hash is, and the node that both make. */
export interface PathStep {
  readonly side: "left" | "right";
  readonly sibling: Uint8Array;
  readonly node: Uint8Array;
}

/**
 * The way from a leaf (a leaf hash) to the root, as an inclusion proof leads it (RFC 9162 section 2.1.3.2): the last
 * node is the root, and where there is no step the leaf is. Null when the proof has the wrong shape for this index and
 * size. The adversary chose every argument but, perhaps, the leaf: nothing here throws.
 */
export function inclusionPath(
  leaf: Uint8Array,
  index: number,
  size: number,
  proof: readonly Uint8Array[],
): readonly PathStep[] | null {
  if (!isSize(index) || !isSize(size) || index >= size) return null;
  // Hashes of any other length would let bytes move between neighbours without changing what is hashed.
  if (leaf.length !== HASH_BYTES || proof.some((hash) => hash.length !== HASH_BYTES)) return null;
  const steps: PathStep[] = [];
  let node = index;
  let last = size - 1;
  let hash = leaf;
  for (const sibling of proof) {
    if (last === 0) return null;
    if (node % 2 === 1 || node === last) {
      hash = nodeHash(sibling, hash);
      steps.push({ side: "left", sibling, node: hash });
      // At the right edge a node without a sibling rises unchanged.
      while (node % 2 === 0 && node !== 0) {
        node /= 2;
        last = Math.floor(last / 2);
      }
    } else {
      hash = nodeHash(hash, sibling);
      steps.push({ side: "right", sibling, node: hash });
    }
    node = Math.floor(node / 2);
    last = Math.floor(last / 2);
  }
  return last === 0 ? steps : null;
}

/** The root that an inclusion proof leads to, or null: see {@link inclusionPath}. */
export function rootFromInclusionProof(
  leaf: Uint8Array,
  index: number,
  size: number,
  proof: readonly Uint8Array[],
): Uint8Array | null {
  const path = inclusionPath(leaf, index, size, proof);
  return path === null ? null : (path.at(-1)?.node ?? leaf);
}

/** Whether `leaf` (a leaf hash) is at `index` in the tree of `size` with this root. Never throws. */
export function verifyInclusion(
  leaf: Uint8Array,
  index: number,
  size: number,
  proof: readonly Uint8Array[],
  expectedRoot: Uint8Array,
): boolean {
  const computed = rootFromInclusionProof(leaf, index, size, proof);
  return computed !== null && equal(computed, expectedRoot);
}
