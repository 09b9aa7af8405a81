import { MAX_SIZE, assertSize, subtreesBetween } from "./coordinates.ts";
import type { NodeCoordinate } from "./coordinates.ts";
import { HASH_BYTES, emptyRoot, nodeHash } from "./merkle-hash.ts";

/**
 * All that is needed to append to a tree and to know its root: the roots of its complete subtrees, largest
 * first, one for each bit set in `size` (a "compact range"). Whoever anchors hands it to the contract, which keeps
 * only a commitment to it.
 * A value: every operation returns a new one.
 */
export interface Frontier {
  readonly size: number;
  readonly nodes: readonly Uint8Array[];
}

/** Told about every node that an append completes, lower levels first. */
export type NodeVisitor = (coordinate: NodeCoordinate, node: Uint8Array) => void;

/** The frontier of the tree without leaves. */
export const EMPTY_FRONTIER: Frontier = Object.freeze({ size: 0, nodes: Object.freeze([]) });

/** Where the nodes of the frontier of a tree of `size` are, in the frontier's order. */
export function frontierNodes(size: number): NodeCoordinate[] {
  return subtreesBetween(0, size);
}

/** A frontier from its stored nodes. Throws a `RangeError` when they are not as many as `size` calls for. */
export function frontierOf(size: number, nodes: readonly Uint8Array[]): Frontier {
  const expected = frontierNodes(size).length;
  if (nodes.length !== expected) {
    throw new RangeError(`a tree of size ${size} has ${expected} frontier nodes, not ${nodes.length}`);
  }
  nodes.forEach(assertHash);
  return { size, nodes: [...nodes] };
}

/** Appends one leaf (a leaf hash, see `leafHash`). */
export function append(frontier: Frontier, leaf: Uint8Array, onNode?: NodeVisitor): Frontier {
  return appendNode(frontier, leaf, 0, onNode);
}

/**
 * Appends a complete subtree of 2^level leaves by its root.
 * Throws a `RangeError` unless the size is a multiple of 2^level: elsewhere the node has no place in the tree.
 */
export function appendNode(
  frontier: Frontier,
  node: Uint8Array,
  level: number,
  onNode?: NodeVisitor,
): Frontier {
  assertAppend(frontier, node, level);
  const nodes = [...frontier.nodes];
  let index = frontier.size / 2 ** level;
  let top = node;
  onNode?.({ level, index }, top);
  // An odd index is a right child, whose left sibling is the smallest node of the frontier.
  for (let height = level; index % 2 === 1; height += 1) {
    const left = nodes.pop();
    if (left === undefined) throw new Error("the frontier has fewer nodes than its size calls for");
    top = nodeHash(left, top);
    index = (index - 1) / 2;
    onNode?.({ level: height + 1, index }, top);
  }
  nodes.push(top);
  return { size: frontier.size + 2 ** level, nodes };
}

/** The root of the tree (RFC 9162 section 2.1.1): 32 bytes. */
export function root(frontier: Frontier): Uint8Array {
  return frontier.nodes.length === 0 ? emptyRoot() : foldNodes(frontier.nodes);
}

/** The hash over neighbouring complete subtrees, largest first. Throws a `RangeError` when there are none. */
export function foldNodes(nodes: readonly Uint8Array[]): Uint8Array {
  if (nodes.length === 0) throw new RangeError("no nodes to fold");
  return nodes.reduceRight((right, left) => nodeHash(left, right));
}

function assertAppend(frontier: Frontier, node: Uint8Array, level: number): void {
  assertHash(node);
  assertSize(frontier.size);
  if (!Number.isInteger(level) || level < 0 || level > 48 || frontier.size + 2 ** level > MAX_SIZE) {
    throw new RangeError(`cannot append at level ${level} to a tree of size ${frontier.size}`);
  }
  if (frontier.size % 2 ** level !== 0) {
    throw new RangeError(`size ${frontier.size} is not a multiple of 2^${level}`);
  }
}

function assertHash(node: Uint8Array): void {
  if (node.length !== HASH_BYTES) throw new RangeError(`a node has ${HASH_BYTES} bytes, not ${node.length}`);
}
