import { sha256 } from "@noble/hashes/sha2.js";
import {
  EMPTY_FRONTIER,
  append,
  assembleProof,
  consistencyPlan,
  inclusionPlan,
  leafHash,
  planNodes,
  root,
  toUtf8,
} from "../../../server/ledger/index.ts";
import type { NodeCoordinate, ProofPlan } from "../../../server/ledger/index.ts";

/** 32 bytes that depend on nothing but the label. */
export function fixed(label: string): Uint8Array {
  return sha256(toUtf8(label));
}

/** A tree that keeps every complete node, as storage does. */
export interface KeptTree {
  readonly leaves: readonly Uint8Array[];
  readonly root: (size: number) => Uint8Array;
  readonly inclusion: (index: number, size: number) => Uint8Array[];
  readonly consistency: (size1: number, size2: number) => Uint8Array[];
  readonly node: (coordinate: NodeCoordinate) => Uint8Array;
}

/** The tree over entries: digests, or leaves of any length for published trees. */
export function keepTree(entries: readonly Uint8Array[]): KeptTree {
  const nodes = new Map<string, Uint8Array>();
  const frontiers = [EMPTY_FRONTIER];
  const leaves = entries.map(leafHash);
  let frontier = EMPTY_FRONTIER;
  for (const leaf of leaves) {
    frontier = append(frontier, leaf, ({ level, index }, hash) => nodes.set(`${level}/${index}`, hash));
    frontiers.push(frontier);
  }
  const node = ({ level, index }: NodeCoordinate): Uint8Array => {
    const hash = nodes.get(`${level}/${index}`);
    if (hash === undefined) throw new RangeError(`node ${level}/${index} is not complete`);
    return hash;
  };
  const prove = (plan: ProofPlan): Uint8Array[] => assembleProof(plan, planNodes(plan).map(node));
  return {
    leaves,
    node,
    root: (size) => root(frontiers[size] ?? frontier),
    inclusion: (index, size) => prove(inclusionPlan(index, size)),
    consistency: (size1, size2) => prove(consistencyPlan(size1, size2)),
  };
}
