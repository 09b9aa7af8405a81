import { equal } from "./bytes.ts";
import { isSize } from "./coordinates.ts";
import { HASH_BYTES, emptyRoot, nodeHash } from "./merkle-hash.ts";

/**
 * Whether the tree (size2, root2) extends the tree (size1, root1): RFC 9162 section 2.1.4.2. Never throws.
 * The RFC leaves two cases open: equal sizes need equal roots and no proof, and the empty tree, which every
 * tree extends, needs its own root and no proof.
 */
export function verifyConsistency(
  size1: number,
  size2: number,
  root1: Uint8Array,
  root2: Uint8Array,
  proof: readonly Uint8Array[],
): boolean {
  if (!isSize(size1) || !isSize(size2) || size1 > size2) return false;
  if ([root1, root2, ...proof].some((hash) => hash.length !== HASH_BYTES)) return false;
  if (size1 === size2) {
    return proof.length === 0 && equal(root1, root2) && (size1 > 0 || equal(root1, emptyRoot()));
  }
  if (size1 === 0) return proof.length === 0 && equal(root1, emptyRoot());
  if (proof.length === 0) return false;
  return foldsToBoth(size1, size2, root1, root2, isPowerOfTwo(size1) ? [root1, ...proof] : proof);
}

/** Steps 3 to 7 of the algorithm: one walk up the tree folds the path into the old root and the new one. */
function foldsToBoth(
  size1: number,
  size2: number,
  root1: Uint8Array,
  root2: Uint8Array,
  path: readonly Uint8Array[],
): boolean {
  let node = size1 - 1;
  let last = size2 - 1;
  const up = (): void => {
    node = Math.floor(node / 2);
    last = Math.floor(last / 2);
  };
  while (node % 2 === 1) up();

  const [seed, ...rest] = path;
  if (seed === undefined) return false;
  let old = seed;
  let current = seed;
  for (const hash of rest) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      old = nodeHash(hash, old);
      current = nodeHash(hash, current);
      while (node % 2 === 0 && node !== 0) up();
    } else {
      current = nodeHash(current, hash);
    }
    up();
  }
  return last === 0 && equal(old, root1) && equal(current, root2);
}

function isPowerOfTwo(n: number): boolean {
  let power = 1;
  while (power < n) power *= 2;
  return power === n;
}
