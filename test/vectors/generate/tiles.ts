import { hashFromTile, nodeInTile, tilePath, tileWidth, toHex } from "../../../server/ledger/index.ts";
import type { NodeCoordinate, TileCoordinate } from "../../../server/ledger/index.ts";
import { fixed, keepTree } from "./tree.ts";

/** `tiles.json`: coordinates and paths of C2SP tlog-tiles. */
export function tileVectors(): object {
  const leaves = keepTree(Array.from({ length: 256 }, (_, index) => fixed(`digest ${index}`))).leaves;
  const bytes = new Uint8Array(leaves.flatMap((leaf) => [...leaf]));
  return {
    description:
      "widths follow the example of C2SP tlog-tiles (size 70000). nodes: where a complete node is. nodeHashes: the hash " +
      "of a node from the tile made of the first 256 leafHashes of merkle.json.",
    paths: paths(),
    invalidPaths: INVALID_PATHS,
    widths: [70000, 256, 255, 0].flatMap((size) =>
      TILES.map((tile) => ({ size, tile, width: tileWidth(tile, size) })),
    ),
    nodes: NODES.map((node) => ({ node, ...nodeInTile(node) })),
    nodeHashes: NODE_HASHES.map((node) => ({ node, hash: toHex(hashFromTile(node, bytes)) })),
  };
}

const TILES: readonly TileCoordinate[] = [
  { level: 0, index: 0 },
  { level: 0, index: 272 },
  { level: 0, index: 273 },
  { level: 0, index: 274 },
  { level: 1, index: 0 },
  { level: 1, index: 1 },
  { level: 2, index: 0 },
  { level: 3, index: 0 },
];

const NODES: readonly NodeCoordinate[] = [
  { level: 0, index: 0 },
  { level: 0, index: 255 },
  { level: 0, index: 256 },
  { level: 1, index: 128 },
  { level: 7, index: 1 },
  { level: 7, index: 2 },
  { level: 8, index: 0 },
  { level: 8, index: 256 },
  { level: 15, index: 3 },
  { level: 16, index: 70000 },
  { level: 3, index: 2 ** 40 + 5 },
];

const NODE_HASHES: readonly NodeCoordinate[] = [
  { level: 0, index: 0 },
  { level: 0, index: 255 },
  { level: 1, index: 1 },
  { level: 3, index: 31 },
  { level: 7, index: 0 },
  { level: 7, index: 1 },
];

function paths(): object[] {
  const cases: [TileCoordinate, number][] = [
    [{ level: 0, index: 0 }, 256],
    [{ level: 0, index: 1234067 }, 256],
    [{ level: 0, index: 999 }, 1],
    [{ level: 1, index: 1000 }, 255],
    [{ level: 5, index: 281474976710655 }, 112],
    [{ level: 63, index: 7 }, 10],
  ];
  return cases.map(([tile, width]) => ({ tile, width, path: tilePath(tile, width) }));
}

const INVALID_PATHS = [
  "tile/0",
  "tile/0/",
  "tile/0/0",
  "tile/0/00",
  "tile/0/0000",
  "tile/00/000",
  "tile/64/000",
  "tile/-1/000",
  "tile/0/x000",
  "tile/0/x000/001",
  "tile/0/001/234",
  "tile/0/X001/234",
  "tile/0/x001/x234",
  "tile/0/000.p/0",
  "tile/0/000.p/01",
  "tile/0/000.p/256",
  "tile/0/000.p/",
  "tile/0/000.p",
  "tile/0/000/",
  "/tile/0/000",
  "tile/0/000\n",
  "tile/0/x999/x999/x999/x999/x999/999",
  "tile/entries/000",
  "tile/0/٠٠٠",
];
