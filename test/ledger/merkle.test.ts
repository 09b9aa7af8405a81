import { expect } from "chai";
import fc from "fast-check";
import {
  EMPTY_FRONTIER,
  MAX_SIZE,
  append,
  appendNode,
  consistencyPlan,
  emptyRoot,
  frontierNodes,
  frontierOf,
  inclusionPath,
  inclusionPlan,
  nodeHash,
  planNodes,
  root,
  rootFromInclusionProof,
  subtreesBetween,
  toHex,
  verifyConsistency,
  verifyInclusion,
} from "../../server/ledger/index.ts";
import type { Frontier } from "../../server/ledger/index.ts";
import { fixed, keepTree } from "../vectors/generate/tree.ts";
import { naiveConsistency, naiveInclusion, naiveRoot } from "./naive-tree.ts";

const COUNT = 300;
const DIGESTS = Array.from({ length: COUNT }, (_, i) => fixed(`merkle test ${i}`));
const TREE = keepTree(DIGESTS);
const leaf = (index: number): Uint8Array => TREE.leaves[index] as Uint8Array;
const hexes = (hashes: readonly Uint8Array[]): string[] => hashes.map(toHex);

const sizes = fc.integer({ min: 1, max: COUNT });
const indexAndSize = sizes.chain((size) =>
  fc.tuple(fc.integer({ min: 0, max: size - 1 }), fc.constant(size)),
);
const twoSizes = sizes.chain((size2) => fc.tuple(fc.integer({ min: 1, max: size2 }), fc.constant(size2)));

/** The proof with one bit flipped, for every bit of it. */
function* bitFlips(proof: readonly Uint8Array[]): Generator<Uint8Array[]> {
  for (const [at, hash] of proof.entries()) {
    for (let bit = 0; bit < hash.length * 8; bit += 1) {
      const mutated = hash.slice();
      mutated[bit >> 3] = (mutated[bit >> 3] as number) ^ (1 << (bit & 7));
      yield proof.map((other, i) => (i === at ? mutated : other));
    }
  }
}

/** Proofs of another shape: each hash left out, doubled, cut short, and swapped with the next. */
function* reshaped(proof: readonly Uint8Array[]): Generator<Uint8Array[]> {
  yield [...proof, fixed("extra")];
  yield [fixed("extra"), ...proof];
  for (const [at, hash] of proof.entries()) {
    yield proof.filter((_, i) => i !== at);
    yield proof.flatMap((other, i) => (i === at ? [other, other] : [other]));
    yield proof.map((other, i) => (i === at ? hash.slice(0, 31) : other));
    yield proof.map((other, i) => (i === at ? new Uint8Array([...hash, 0]) : other));
    const next = proof[at + 1];
    if (next !== undefined) yield [...proof.slice(0, at), next, hash, ...proof.slice(at + 2)];
  }
}

describe("the Merkle tree", () => {
  it("has the root of RFC 9162 at every size up to 300", () => {
    for (let size = 0; size <= COUNT; size += 1) {
      expect(toHex(TREE.root(size))).to.equal(toHex(naiveRoot(DIGESTS.slice(0, size))), `size ${size}`);
    }
  });

  it("has the same root whatever mix of leaves and subtrees it was appended in", () => {
    const cuts = fc.array(fc.integer({ min: 0, max: COUNT }), { maxLength: 6 });
    fc.assert(
      fc.property(
        cuts,
        sizes,
        fc.array(fc.boolean(), { minLength: 8, maxLength: 8 }),
        (points, end, byLeaf) => {
          const stops = [...points.filter((p) => p < end), end].sort((a, b) => a - b);
          let frontier: Frontier = EMPTY_FRONTIER;
          for (const [i, stop] of stops.entries()) {
            if (byLeaf[i] === true) {
              while (frontier.size < stop) frontier = append(frontier, leaf(frontier.size));
            }
            for (const node of subtreesBetween(frontier.size, stop)) {
              frontier = appendNode(frontier, TREE.node(node), node.level);
            }
          }
          expect(frontier.size).to.equal(end);
          expect(toHex(root(frontier))).to.equal(toHex(TREE.root(end)));
        },
      ),
    );
  });

  it("goes on from stored frontier nodes as if it had never stopped", () => {
    for (let size = 0; size < COUNT; size += 1) {
      const restored = frontierOf(size, frontierNodes(size).map(TREE.node));
      expect(toHex(root(restored))).to.equal(toHex(TREE.root(size)));
      expect(toHex(root(append(restored, leaf(size))))).to.equal(toHex(TREE.root(size + 1)));
    }
  });

  it("leaves the frontier it appends to as it was", () => {
    const before = frontierOf(7, frontierNodes(7).map(TREE.node));
    append(before, leaf(7));
    expect(toHex(root(before))).to.equal(toHex(TREE.root(7)));
  });

  it("refuses a subtree where it has no place, and nodes that are not hashes", () => {
    const one = append(EMPTY_FRONTIER, leaf(0));
    expect(() => appendNode(one, leaf(1), 1)).to.throw(RangeError, "not a multiple");
    for (const level of [-1, 0.5, 49, Number.NaN]) {
      expect(() => appendNode(EMPTY_FRONTIER, leaf(0), level)).to.throw(RangeError);
    }
    expect(() => append(EMPTY_FRONTIER, leaf(0).slice(1))).to.throw(RangeError);
    expect(() => frontierOf(3, [leaf(0)])).to.throw(RangeError);
    expect(() => append({ size: MAX_SIZE, nodes: [leaf(0)] }, leaf(0))).to.throw(RangeError);
  });

  it("covers any range with aligned subtrees, without gap or overlap, and with as few as can be", () => {
    const bound = fc.oneof(fc.integer({ min: 0, max: 600 }), fc.integer({ min: 0, max: MAX_SIZE }));
    fc.assert(
      fc.property(bound, bound, (a, b) => {
        const [from, to] = a <= b ? [a, b] : [b, a];
        const nodes = subtreesBetween(from, to);
        let position = from;
        for (const { level, index } of nodes) {
          expect(index * 2 ** level).to.equal(position);
          position += 2 ** level;
        }
        expect(position).to.equal(to);
        // Two neighbours of one parent would have been one node.
        for (const [i, node] of nodes.entries()) {
          const next = nodes[i + 1];
          const siblings = next !== undefined && next.level === node.level && node.index % 2 === 0;
          expect(siblings).to.equal(false);
        }
      }),
    );
    expect(() => subtreesBetween(2, 1)).to.throw(RangeError);
    expect(() => subtreesBetween(0, MAX_SIZE + 1)).to.throw(RangeError);
  });
});

describe("inclusion proofs", () => {
  it("are those of RFC 9162 and verify, for every index of every size up to 64", () => {
    for (let size = 1; size <= 64; size += 1) {
      for (let index = 0; index < size; index += 1) {
        const proof = TREE.inclusion(index, size);
        expect(hexes(proof)).to.deep.equal(hexes(naiveInclusion(index, DIGESTS.slice(0, size))));
        expect(verifyInclusion(leaf(index), index, size, proof, TREE.root(size))).to.equal(true);
      }
    }
  });

  it("verify for every index of larger sizes, and at no other index", () => {
    for (const size of [127, 128, 129, 255, 256, 257, 300]) {
      for (let index = 0; index < size; index += 1) {
        const proof = TREE.inclusion(index, size);
        expect(verifyInclusion(leaf(index), index, size, proof, TREE.root(size))).to.equal(true);
        const other = (index + 1) % size;
        expect(verifyInclusion(leaf(index), other, size, proof, TREE.root(size))).to.equal(false);
      }
    }
  });

  it("tell the way up: each node is made of the one below and the proof's hash beside it, and the last is the root", () => {
    fc.assert(
      fc.property(indexAndSize, ([index, size]) => {
        const proof = TREE.inclusion(index, size);
        const path = inclusionPath(leaf(index), index, size, proof)!;
        expect(hexes(path.map(({ sibling }) => sibling))).to.deep.equal(hexes(proof));
        let below = leaf(index);
        for (const { side, sibling, node } of path) {
          const made = side === "left" ? nodeHash(sibling, below) : nodeHash(below, sibling);
          expect(toHex(node)).to.equal(toHex(made));
          below = node;
        }
        expect(toHex(below)).to.equal(toHex(TREE.root(size)));
      }),
    );
  });

  it("agree with the recursion at random sizes", () => {
    fc.assert(
      fc.property(indexAndSize, ([index, size]) => {
        const expected = naiveInclusion(index, DIGESTS.slice(0, size));
        expect(hexes(TREE.inclusion(index, size))).to.deep.equal(hexes(expected));
      }),
    );
  });

  it("are refused after any single bit of them changed", () => {
    for (const [index, size] of [
      [0, 2],
      [5, 13],
      [12, 13],
      [255, 256],
      [299, 300],
    ] as const) {
      for (const mutated of bitFlips(TREE.inclusion(index, size))) {
        expect(verifyInclusion(leaf(index), index, size, mutated, TREE.root(size))).to.equal(false);
      }
    }
  });

  it("are refused with a hash left out, doubled, swapped, or of another length", () => {
    fc.assert(
      fc.property(indexAndSize, ([index, size]) => {
        for (const mutated of reshaped(TREE.inclusion(index, size))) {
          expect(verifyInclusion(leaf(index), index, size, mutated, TREE.root(size))).to.equal(false);
        }
      }),
    );
  });

  it("are refused, not thrown at, for an index or size that is none", () => {
    for (const bad of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, MAX_SIZE + 1, 2 ** 53]) {
      expect(rootFromInclusionProof(leaf(0), bad, 8, [])).to.equal(null);
      expect(rootFromInclusionProof(leaf(0), 0, bad, [])).to.equal(null);
    }
    expect(rootFromInclusionProof(leaf(0), 0, 0, [])).to.equal(null);
    // Beyond the last leaf: the arithmetic alone would take index 1 of 1 for index 0.
    expect(rootFromInclusionProof(leaf(0), 1, 1, [])).to.equal(null);
    expect(rootFromInclusionProof(leaf(1), 2, 2, [leaf(0)])).to.equal(null);
    expect(rootFromInclusionProof(leaf(1), 1, 2, [new Uint8Array(33)])).to.equal(null);
    expect(rootFromInclusionProof(leaf(0).slice(1), 0, 1, [])).to.equal(null);
  });

  it("need only complete nodes, and at most one fold, in trees as large as 2^48", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: MAX_SIZE }), fc.nat(), (size, seed) => {
        const plan = inclusionPlan(seed % size, size);
        expect(plan.filter((subtrees) => subtrees.length > 1).length).to.be.at.most(1);
        expect(planNodes(plan).length).to.be.at.most(96);
        for (const { level, index } of planNodes(plan)) {
          expect((index + 1) * 2 ** level).to.be.at.most(size);
        }
      }),
    );
    expect(() => inclusionPlan(8, 8)).to.throw(RangeError);
    expect(() => inclusionPlan(-1, 8)).to.throw(RangeError);
  });

  it("verify in a tree of more than 2^32 leaves", () => {
    // 2^33 leaves that are all the same: each level has one node hash.
    const last = 2 ** 33;
    let node = leaf(0);
    const proof: Uint8Array[] = [];
    for (let level = 0; level < 33; level += 1) {
      proof.push(node);
      node = root(append(append(EMPTY_FRONTIER, node), node));
    }
    expect(verifyInclusion(leaf(0), last - 2, last, proof, node)).to.equal(true);
    expect(verifyInclusion(leaf(0), 0, 2 ** 32, proof, node)).to.equal(false);
    const extended = root(append(frontierOf(last, [node]), leaf(1)));
    expect(verifyInclusion(leaf(1), last, last + 1, [node], extended)).to.equal(true);
    expect(verifyConsistency(last, last + 1, node, extended, [leaf(1)])).to.equal(true);
  });
});

describe("consistency proofs", () => {
  it("are those of RFC 9162 and verify, between all sizes up to 40", () => {
    for (let size2 = 1; size2 <= 40; size2 += 1) {
      for (let size1 = 1; size1 <= size2; size1 += 1) {
        const proof = TREE.consistency(size1, size2);
        expect(hexes(proof)).to.deep.equal(hexes(naiveConsistency(size1, DIGESTS.slice(0, size2))));
        expect(verifyConsistency(size1, size2, TREE.root(size1), TREE.root(size2), proof)).to.equal(true);
      }
    }
  });

  it("agree with the recursion at random sizes", () => {
    fc.assert(
      fc.property(twoSizes, ([size1, size2]) => {
        const proof = TREE.consistency(size1, size2);
        expect(hexes(proof)).to.deep.equal(hexes(naiveConsistency(size1, DIGESTS.slice(0, size2))));
        expect(verifyConsistency(size1, size2, TREE.root(size1), TREE.root(size2), proof)).to.equal(true);
      }),
    );
  });

  it("are refused after any single bit of them changed", () => {
    for (const [size1, size2] of [
      [4, 7],
      [6, 13],
      [12, 13],
      [255, 256],
      [129, 300],
    ] as const) {
      for (const mutated of bitFlips(TREE.consistency(size1, size2))) {
        expect(verifyConsistency(size1, size2, TREE.root(size1), TREE.root(size2), mutated)).to.equal(false);
      }
    }
  });

  it("are refused with a hash left out, doubled, swapped, or of another length", () => {
    fc.assert(
      fc.property(twoSizes, ([size1, size2]) => {
        const roots = [TREE.root(size1), TREE.root(size2)] as const;
        for (const mutated of reshaped(TREE.consistency(size1, size2))) {
          expect(verifyConsistency(size1, size2, ...roots, mutated)).to.equal(false);
        }
      }),
    );
  });

  it("are refused for roots or sizes they are not about", () => {
    fc.assert(
      fc.property(twoSizes, ([size1, size2]) => {
        fc.pre(size1 < size2);
        const proof = TREE.consistency(size1, size2);
        const [root1, root2, other] = [TREE.root(size1), TREE.root(size2), fixed("other")];
        expect(verifyConsistency(size1, size2, other, root2, proof)).to.equal(false);
        expect(verifyConsistency(size1, size2, root1, other, proof)).to.equal(false);
        expect(verifyConsistency(size2, size1, root2, root1, proof)).to.equal(false);
        expect(verifyConsistency(size1, size1, root1, root2, [])).to.equal(false);
      }),
    );
  });

  it("are refused when they end before the size they claim to reach", () => {
    // Each fold is right, but of the tree of 8 leaves: a size is as much claimed as a root.
    const [four, eight] = [TREE.root(4), TREE.root(8)];
    expect(verifyConsistency(4, 8, four, eight, TREE.consistency(4, 8))).to.equal(true);
    expect(verifyConsistency(4, 16, four, eight, TREE.consistency(4, 8))).to.equal(false);
    expect(verifyConsistency(4, 300, four, eight, TREE.consistency(4, 8))).to.equal(false);
  });

  it("are empty, and must be, between equal sizes and from the empty tree", () => {
    const eight = TREE.root(8);
    expect(consistencyPlan(0, 8)).to.deep.equal([]);
    expect(consistencyPlan(8, 8)).to.deep.equal([]);
    expect(verifyConsistency(0, 8, emptyRoot(), eight, [])).to.equal(true);
    expect(verifyConsistency(8, 8, eight, eight, [])).to.equal(true);
    expect(verifyConsistency(0, 0, emptyRoot(), emptyRoot(), [])).to.equal(true);
    expect(verifyConsistency(0, 0, eight, eight, [])).to.equal(false);
    expect(verifyConsistency(0, 8, eight, eight, [])).to.equal(false);
    expect(verifyConsistency(0, 8, emptyRoot(), eight, [leaf(0)])).to.equal(false);
    expect(verifyConsistency(8, 8, eight, eight, [leaf(0)])).to.equal(false);
    expect(() => consistencyPlan(9, 8)).to.throw(RangeError);
  });
});
