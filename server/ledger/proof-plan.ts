import { assertSize, subtreesBetween } from "./coordinates.ts";
import type { NodeCoordinate } from "./coordinates.ts";
import { foldNodes } from "./frontier.ts";

/**
 * How to build a proof out of stored nodes: for each hash of the proof, in order, the complete subtrees whose
 * fold it is. Only one hash of a proof (the right edge of the tree) is ever a fold of more than one; it
 * changes with every append and so is never stored.
 */
export type ProofPlan = readonly (readonly NodeCoordinate[])[];

/** The nodes that a plan needs, in the order in which `assembleProof` expects their hashes. */
export function planNodes(plan: ProofPlan): NodeCoordinate[] {
  return plan.flat();
}

/** The proof, from the hashes of `planNodes(plan)` in the same order. `RangeError` when they do not match. */
export function assembleProof(plan: ProofPlan, hashes: readonly Uint8Array[]): Uint8Array[] {
  const needed = planNodes(plan).length;
  if (hashes.length !== needed) throw new RangeError(`the proof needs ${needed} nodes, not ${hashes.length}`);
  let next = 0;
  return plan.map((subtrees) => foldNodes(hashes.slice(next, (next += subtrees.length))));
}

/**
 * The inclusion proof for the leaf at `index` in the tree of `size`: PATH of RFC 9162 section 2.1.3.1.
 * Throws a `RangeError` unless 0 ≤ index < size.
 */
export function inclusionPlan(index: number, size: number): ProofPlan {
  assertSize(size);
  if (!Number.isSafeInteger(index) || index < 0 || index >= size) {
    throw new RangeError(`no leaf ${index} in a tree of size ${size}`);
  }
  const plan: NodeCoordinate[][] = [];
  let [begin, end] = [0, size];
  while (end - begin > 1) {
    const middle = begin + largestPowerBelow(end - begin);
    if (index < middle) {
      plan.push(subtreesBetween(middle, end));
      end = middle;
    } else {
      plan.push(subtreesBetween(begin, middle));
      begin = middle;
    }
  }
  return plan.reverse();
}

/**
 * The proof that the tree of `size2` extends the tree of `size1`: SUBPROOF of RFC 9162 section 2.1.4.1.
 * Empty when there is nothing to prove (`size1` is 0 or equals `size2`).
 * Throws a `RangeError` unless 0 ≤ size1 ≤ size2.
 */
export function consistencyPlan(size1: number, size2: number): ProofPlan {
  assertSize(size1);
  assertSize(size2);
  if (size1 > size2) throw new RangeError(`a tree of size ${size2} cannot extend one of size ${size1}`);
  if (size1 === 0) return [];
  const plan: NodeCoordinate[][] = [];
  let [begin, end] = [0, size2];
  while (size1 < end) {
    const middle = begin + largestPowerBelow(end - begin);
    if (size1 <= middle) {
      plan.push(subtreesBetween(middle, end));
      end = middle;
    } else {
      plan.push(subtreesBetween(begin, middle));
      begin = middle;
    }
  }
  // When the walk never went right, this last node is the old root itself, which the verifier holds already.
  if (begin > 0) plan.push(subtreesBetween(begin, end));
  return plan.reverse();
}

/** The k of RFC 9162 section 2.1.1: the largest power of two smaller than `n`, for n > 1. */
function largestPowerBelow(n: number): number {
  let power = 1;
  while (power * 2 < n) power *= 2;
  return power;
}
