import { assertSize } from "./coordinates.ts";
import type { NodeCoordinate } from "./coordinates.ts";
import { LedgerRefusal } from "./errors.ts";
import { EMPTY_FRONTIER, append, root } from "./frontier.ts";
import { HASH_BYTES } from "./merkle-hash.ts";

/** Hashes in a full tile. */
export const TILE_WIDTH = 256;
/** Levels of the tree that one tile spans. */
export const TILE_HEIGHT = 8;

const BUNDLES = "tile/entries/";

/**
 * A C2SP tlog-tiles tile: the `index`-th run of 256 neighbouring nodes at tree level `8 · level`.
 * On the wire it is those hashes one after the other (up to 8,192 bytes), at `tile/<level>/<index>[.p/<width>]`.
 */
export interface TileCoordinate {
  readonly level: number;
  readonly index: number;
}

/** Where a node is: `count` neighbouring hashes of a tile from `first`, of which the node is the fold. */
export interface NodeInTile {
  readonly tile: TileCoordinate;
  readonly first: number;
  readonly count: number;
}

/** Which tile holds a complete node, and over which of the tile's hashes it stands. */
export function nodeInTile({ level, index }: NodeCoordinate): NodeInTile {
  const height = level % TILE_HEIGHT;
  const count = 2 ** height;
  const perTile = TILE_WIDTH / count;
  return {
    tile: { level: (level - height) / TILE_HEIGHT, index: Math.floor(index / perTile) },
    first: (index % perTile) * count,
    count,
  };
}

/** The hash of a complete node, from the bytes of its tile. `RangeError` when the tile is too narrow. */
export function hashFromTile(node: NodeCoordinate, tileBytes: Uint8Array): Uint8Array {
  const { first, count } = nodeInTile(node);
  if (tileBytes.length < (first + count) * HASH_BYTES) {
    throw new RangeError(`the tile ends before node ${node.index} of level ${node.level}`);
  }
  return fold(tileBytes, first, count);
}

/** The hash of a full tile, which is one hash of the tile above it. `RangeError` when it is partial. */
export function foldTile(tileBytes: Uint8Array): Uint8Array {
  // A partial tile must not be hashed into the level above (C2SP tlog-tiles): its root would change again.
  if (tileBytes.length !== TILE_WIDTH * HASH_BYTES) throw new RangeError("the tile is not full");
  return fold(tileBytes, 0, TILE_WIDTH);
}

/** How many hashes a tile has in a tree of `size`: 0 (absent) to 256 (full, and final). */
export function tileWidth({ level, index }: TileCoordinate, size: number): number {
  assertSize(size);
  const hashes = Math.floor(size / TILE_WIDTH ** level);
  return Math.min(TILE_WIDTH, Math.max(0, hashes - index * TILE_WIDTH));
}

/** The path of a tile: `tile/0/x001/x234/067`, with `.p/<width>` when it is partial. */
export function tilePath({ level, index }: TileCoordinate, width: number = TILE_WIDTH): string {
  if (!isInteger(level, 0, 63) || !isInteger(index, 0, Number.MAX_SAFE_INTEGER)) {
    throw new RangeError(`no tile ${index} at level ${level}`);
  }
  if (!isInteger(width, 1, TILE_WIDTH)) throw new RangeError(`no tile is ${width} wide`);
  const suffix = width === TILE_WIDTH ? "" : `.p/${width}`;
  return `tile/${level}/${encodeTileIndex(index)}${suffix}`;
}

/** Reads a tile's path. Refuses any other spelling of the same tile with `tile_path_malformed`. */
export function parseTilePath(path: string): { tile: TileCoordinate; width: number } {
  const match = /^tile\/(\d{1,2})\/((?:x\d{3}\/){0,5}\d{3})(?:\.p\/(\d{1,3}))?$/.exec(path);
  const tile = { level: Number(match?.[1]), index: Number(match?.[2]?.replace(/[x/]/g, "")) };
  const width = match?.[3] === undefined ? TILE_WIDTH : Number(match[3]);
  const known = match !== null && tile.level <= 63 && width >= 1 && width <= TILE_WIDTH;
  // Leading zeros, `.p/256` and unsafe integers all come back differently than they came.
  if (!known || !Number.isSafeInteger(tile.index) || tilePath(tile, width) !== path) {
    throw new LedgerRefusal("tile_path_malformed", "not the path of a tile");
  }
  return { tile, width };
}

/**
 * The path of a bundle of entries, which stands beside the level-0 tile of the same index and width:
 * `tile/entries/x001/x234/067`, with `.p/<width>` when it is partial.
 */
export function bundlePath(index: number, width: number = TILE_WIDTH): string {
  return tilePath({ level: 0, index }, width).replace(/^tile\/0\//, BUNDLES);
}

/** Reads a bundle's path. Refuses any other spelling of the same bundle with `tile_path_malformed`. */
export function parseBundlePath(path: string): { index: number; width: number } {
  if (!path.startsWith(BUNDLES)) throw new LedgerRefusal("tile_path_malformed", "not the path of a bundle");
  const { tile, width } = parseTilePath(`tile/0/${path.slice(BUNDLES.length)}`);
  return { index: tile.index, width };
}

/** An index in groups of three digits, all but the last marked with `x`: 1234067 is `x001/x234/067`. */
export function encodeTileIndex(index: number): string {
  const digits = String(index);
  const groups = digits.padStart(Math.ceil(digits.length / 3) * 3, "0").match(/\d{3}/g) ?? [];
  return groups.map((group, i) => (i < groups.length - 1 ? `x${group}` : group)).join("/");
}

function fold(tileBytes: Uint8Array, first: number, count: number): Uint8Array {
  let subtree = EMPTY_FRONTIER;
  for (let i = first; i < first + count; i += 1) {
    subtree = append(subtree, tileBytes.slice(i * HASH_BYTES, (i + 1) * HASH_BYTES));
  }
  return root(subtree);
}

function isInteger(value: number, least: number, most: number): boolean {
  return Number.isSafeInteger(value) && value >= least && value <= most;
}
