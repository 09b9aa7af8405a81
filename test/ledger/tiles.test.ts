import { expect } from "chai";
import fc from "fast-check";
import {
  foldTile,
  hashFromTile,
  inclusionPlan,
  nodeInTile,
  parseTilePath,
  planNodes,
  tilePath,
  tileWidth,
  toHex,
} from "../../server/ledger/index.ts";
import type { TileCoordinate } from "../../server/ledger/index.ts";
import { fixed, keepTree } from "../vectors/generate/tree.ts";

const COUNT = 1000;
const TREE = keepTree(Array.from({ length: COUNT }, (_, i) => fixed(`tile test ${i}`)));

/** The bytes of a tile in the tree of that size, straight from its definition. */
function tileOf({ level, index }: TileCoordinate, size: number): Uint8Array {
  const hashes = Array.from({ length: tileWidth({ level, index }, size) }, (_, i) =>
    TREE.node({ level: level * 8, index: index * 256 + i }),
  );
  return new Uint8Array(hashes.flatMap((hash) => [...hash]));
}

describe("tiles", () => {
  it("hold every node that a proof needs, within the width they have at that size", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: COUNT }), fc.nat(), (size, seed) => {
        for (const node of planNodes(inclusionPlan(seed % size, size))) {
          const { tile } = nodeInTile(node);
          expect(toHex(hashFromTile(node, tileOf(tile, size)))).to.equal(toHex(TREE.node(node)));
        }
      }),
      { numRuns: 50 },
    );
  });

  it("fold, once full, into one hash of the tile above", () => {
    for (const index of [0, 1, 2]) {
      const folded = foldTile(tileOf({ level: 0, index }, COUNT));
      expect(toHex(folded)).to.equal(toHex(TREE.node({ level: 8, index })));
    }
    expect(() => foldTile(tileOf({ level: 0, index: 3 }, COUNT))).to.throw(RangeError, "not full");
  });

  it("never give a node they end before", () => {
    const narrow = tileOf({ level: 0, index: 0 }, 5);
    expect(() => hashFromTile({ level: 0, index: 5 }, narrow)).to.throw(RangeError);
    expect(() => hashFromTile({ level: 1, index: 2 }, narrow)).to.throw(RangeError);
  });

  it("are as wide as C2SP tlog-tiles counts them in a tree of 70,000", () => {
    const widths = (level: number, indexes: number[]): number[] =>
      indexes.map((index) => tileWidth({ level, index }, 70_000));
    expect(widths(0, [0, 272, 273, 274])).to.deep.equal([256, 256, 112, 0]);
    expect(widths(1, [0, 1, 2])).to.deep.equal([256, 17, 0]);
    expect(widths(2, [0, 1])).to.deep.equal([1, 0]);
  });

  it("have one path each", () => {
    const coordinate = fc.record({ level: fc.nat({ max: 63 }), index: fc.maxSafeNat() });
    fc.assert(
      fc.property(coordinate, fc.integer({ min: 1, max: 256 }), (tile, width) => {
        expect(parseTilePath(tilePath(tile, width))).to.deep.equal({ tile, width });
      }),
    );
    expect(tilePath({ level: 0, index: 1234067 })).to.equal("tile/0/x001/x234/067");
    expect(() => tilePath({ level: 0, index: -1 })).to.throw(RangeError);
    expect(() => tilePath({ level: 0, index: 0 }, 257)).to.throw(RangeError);
  });
});
