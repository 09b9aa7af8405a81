import { expect } from "chai";
import { inclusionProof, root } from "../helpers/reference-tree.ts";
import { type ConsentManager, deploy, digestOf, digests, frontier, hex } from "./fixtures.ts";

/** Every size up to here has a recorded root; then only these do. */
const DENSE = 70;
const SPARSE = [127, 128, 129, 200, 256];

const flipBit = (bytes: Uint8Array, bit: number): Buffer => {
  const flipped = Buffer.from(bytes);
  flipped[bit >> 3]! ^= 1 << (bit & 7);
  return flipped;
};

interface Claim {
  digest: Buffer;
  index: number;
  size: number | bigint;
  proof: Buffer[];
}

/** Everything an adversary might try with a true claim in hand, by name. */
const forgeries = (claim: Claim): [name: string, forged: Claim][] => {
  const { digest, index, proof } = claim;
  const size = Number(claim.size);
  const all: [string, Claim][] = [];
  for (const i of proof.keys()) {
    const flipped = proof.with(i, flipBit(proof[i]!, (index * 37 + i * 11) % 256));
    all.push([`bit flipped in element ${i}`, { ...claim, proof: flipped }]);
    all.push([`element ${i} dropped`, { ...claim, proof: proof.toSpliced(i, 1) }]);
    all.push([`element ${i} repeated`, { ...claim, proof: proof.toSpliced(i, 0, proof[i]!) }]);
    if (i > 0) {
      const swapped = proof.with(i - 1, proof[i]!).with(i, proof[i - 1]!);
      all.push([`elements ${i - 1} and ${i} swapped`, { ...claim, proof: swapped }]);
    }
  }
  all.push(["element added in front", { ...claim, proof: [digest, ...proof] }]);
  all.push(["element added at the end", { ...claim, proof: [...proof, digest] }]);
  all.push(["far too long", { ...claim, proof: [...proof, ...digests(0, 100)] }]);
  all.push(["bit flipped in the digest", { ...claim, digest: flipBit(digest, index % 256) }]);
  for (const other of [index - 1, index + 1, index ^ 2, index + size, size]) {
    if (other >= 0 && other !== index) all.push([`index ${other}`, { ...claim, index: other }]);
  }
  for (const other of [size - 1, size + 1, DENSE + 1, 0, 2n ** 64n - 1n]) {
    if (Number(other) !== size) all.push([`size ${other}`, { ...claim, size: other }]);
  }
  return all;
};

const check = async (contract: ConsentManager, { digest, index, size, proof }: Claim) =>
  contract.verifyInclusion(digest, index, size, proof);

const claimOf = (index: number, size: number): Claim => ({
  digest: digestOf(index),
  index,
  size,
  proof: inclusionProof(digests(0, size), index),
});

describe("An inclusion proof", function () {
  this.timeout(60_000);
  let contract: ConsentManager;

  before(async () => {
    contract = await deploy();
    for (let size = 0; size < DENSE; size++)
      await contract.anchor(size, frontier(size), [digestOf(size)], []);
    let size = DENSE;
    for (const next of SPARSE) {
      await contract.anchor(size, frontier(size), digests(size, next - size), []);
      size = next;
    }
  });

  it(`holds for every leaf of every tree of up to ${DENSE} leaves`, async () => {
    for (let size = 1; size <= DENSE; size++) {
      for (let index = 0; index < size; index++) {
        expect(await check(contract, claimOf(index, size)), `leaf ${index} of ${size}`).to.equal(true);
      }
    }
  });

  it(`holds for every leaf of trees of ${SPARSE.join(", ")} leaves`, async () => {
    for (const size of SPARSE) {
      for (let index = 0; index < size; index++) {
        expect(await check(contract, claimOf(index, size)), `leaf ${index} of ${size}`).to.equal(true);
      }
    }
  });

  it("is refused, without a revert, once anything in it is changed", async () => {
    let tried = 0;
    for (const size of [1, 2, 3, 4, 5, 6, 7, 8, 13, 32, 33, 70]) {
      for (let index = 0; index < size; index++) {
        for (const [name, forged] of forgeries(claimOf(index, size))) {
          expect(await check(contract, forged), `leaf ${index} of ${size}: ${name}`).to.equal(false);
          tried++;
        }
      }
    }
    expect(tried).to.be.greaterThan(3_000);
  });

  it("does not pass an inner node off as a leaf, nor look below a leaf", async () => {
    const [sibling, ...above] = claimOf(0, 64).proof;
    const parent = root(digests(0, 2));
    expect(await contract.verifyInclusion(parent, 0, 64, above)).to.equal(false);
    // A relayer may anchor an inner node as if it were a leaf hash. The hashes then fit, but not the proof's length.
    const cheated = await deploy();
    await cheated.anchorSubtrees(0, [], [parent], [0], []);
    expect(await cheated.root()).to.equal(hex(parent));
    expect(await cheated.verifyInclusion(digestOf(0), 0, 1, [sibling!])).to.equal(false);
  });

  it("is refused where no root was recorded", async () => {
    expect(await check(contract, claimOf(0, DENSE + 1))).to.equal(false);
    expect(await contract.verifyInclusion(digestOf(0), 0, 0, [])).to.equal(false);
  });
});
