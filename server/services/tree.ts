/**
 * The Merkle tree as stored: tiles of 256 (C2SP tlog-tiles), written only when an append completes something.
 *
 * Level 0 is stored once a tile is full, and until then read from the digests of its events; each higher tile grows
 * by one hash per full tile below it. So an append usually writes no tile at all, and a proof reads O(log n) of them.
 */
import {
  HASH_BYTES,
  TILE_WIDTH,
  assembleProof,
  concat,
  consistencyPlan,
  foldTile,
  frontierNodes,
  frontierOf,
  hashFromTile,
  inclusionPlan,
  leafHash,
  nodeInTile,
  planNodes,
  root,
  tileWidth,
} from "../ledger/index.ts";
import type { NodeCoordinate, TileCoordinate } from "../ledger/index.ts";
import type { Reads, Tx } from "../ports.ts";

type TreeReads = Pick<Reads, "events" | "tiles">;

/** To be called in the transaction that brought the ledger to `size`. */
export async function completeTiles(tx: Pick<Tx, "events" | "tiles">, size: number): Promise<void> {
  if (size % TILE_WIDTH !== 0) return;
  let index = size / TILE_WIDTH - 1;
  let hashes = await leafTile(tx, index, TILE_WIDTH);
  await tx.tiles.put({ level: 0, index, hashes });
  for (let level = 1; hashes.length === TILE_WIDTH * HASH_BYTES; level++) {
    const node = foldTile(hashes);
    const position = index % TILE_WIDTH;
    index = Math.floor(index / TILE_WIDTH);
    const before = position === 0 ? new Uint8Array() : await tx.tiles.get(level, index);
    if (before?.length !== position * HASH_BYTES) throw new Error(`tile ${level}/${index} is damaged`);
    hashes = concat(before, node);
    await tx.tiles.put({ level, index, hashes });
  }
}

/** The Merkle root of the first `size` events. */
export async function rootAt(reads: TreeReads, size: number): Promise<Uint8Array> {
  return root(frontierOf(size, await frontierAt(reads, size)));
}

/** The roots of the complete subtrees that make up the first `size` events, largest first. */
export async function frontierAt(reads: TreeReads, size: number): Promise<Uint8Array[]> {
  return nodeHashes(reads, frontierNodes(size), size);
}

/** RFC 9162 inclusion proof of the event at `index` in the tree of `size`. */
export async function inclusionProof(reads: TreeReads, index: number, size: number): Promise<Uint8Array[]> {
  const plan = inclusionPlan(index, size);
  return assembleProof(plan, await nodeHashes(reads, planNodes(plan), size));
}

/** RFC 9162 consistency proof between the trees of two sizes. */
export async function consistencyProof(reads: TreeReads, from: number, to: number): Promise<Uint8Array[]> {
  const plan = consistencyPlan(from, to);
  return assembleProof(plan, await nodeHashes(reads, planNodes(plan), to));
}

/** The hashes of complete nodes of the tree of `size`; each tile is read once. */
export async function nodeHashes(
  reads: TreeReads,
  nodes: readonly NodeCoordinate[],
  size: number,
): Promise<Uint8Array[]> {
  const read = new Map<string, Uint8Array>();
  const folds = foldsOf(reads);
  const hashes: Uint8Array[] = [];
  for (const node of nodes) {
    const name = `${node.level}/${node.index}`;
    const known = folds.get(name);
    if (known !== undefined) {
      hashes.push(known);
      continue;
    }
    const { tile, count } = nodeInTile(node);
    const key = `${tile.level}/${tile.index}`;
    const hashesOfTile = read.get(key) ?? (await readTile(reads, tile, size));
    read.set(key, hashesOfTile);
    const hash = hashFromTile(node, hashesOfTile);
    if (tile.level > 0 && count >= WORTH_KEEPING) {
      if (folds.size >= MOST_FOLDS) folds.clear();
      folds.set(name, hash);
    }
    hashes.push(hash);
  }
  return hashes;
}

/**
 * Nodes high in the tree, which proofs of many events share: to fold them anew each time is what would make a proof
 * dearer in a larger ledger. A complete node never changes. What a transaction has written may still be taken back, but
 * every transaction reads by an object of its own, which takes its folds with it.
 */
const FOLDS = new WeakMap<TreeReads, Map<string, Uint8Array>>();
/** Hashes that a node stands for within its tile. */
const WORTH_KEEPING = 8;
/** About two megabytes. */
const MOST_FOLDS = 10_000;

function foldsOf(reads: TreeReads): Map<string, Uint8Array> {
  const folds = FOLDS.get(reads) ?? new Map<string, Uint8Array>();
  FOLDS.set(reads, folds);
  return folds;
}

/** A tile as it is, or already was, in the tree of `size`: at least as wide as there. */
export async function readTile(reads: TreeReads, tile: TileCoordinate, size: number): Promise<Uint8Array> {
  const width = tileWidth(tile, size);
  const stored = await reads.tiles.get(tile.level, tile.index);
  if (stored !== null && stored.length >= width * HASH_BYTES) return stored;
  if (tile.level > 0) throw new Error(`tile ${tile.level}/${tile.index} is missing or too short`);
  return leafTile(reads, tile.index, width);
}

async function leafTile(reads: Pick<Reads, "events">, index: number, width: number): Promise<Uint8Array> {
  const from = index * TILE_WIDTH;
  const digests = await reads.events.digests(from, from + width);
  if (digests.length !== width) throw new Error(`events are missing between ${from} and ${from + width}`);
  return concat(...digests.map(leafHash));
}
