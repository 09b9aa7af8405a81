import { randomInt } from "node:crypto";
import { expect } from "chai";
import { coveringSubtrees, leafHash, root } from "../helpers/reference-tree.ts";
import {
  type ConsentManager,
  deploy,
  digestOf,
  digests,
  ethers,
  frontier,
  hex,
  levelsOf,
  networkHelpers,
  seededRandom,
} from "./fixtures.ts";

const anchorAsSubtrees = async (contract: ConsentManager, from: number, count: number) => {
  const subtrees = coveringSubtrees(digests(0, from + count), from);
  const nodes = subtrees.map(({ node }) => node);
  return contract.anchorSubtrees(
    from,
    frontier(from),
    nodes,
    subtrees.map(({ level }) => level),
    [],
  );
};

const expectRootOfTheRfc = async (contract: ConsentManager, size: number, context: string) => {
  const expected = hex(root(digests(0, size)));
  expect(await contract.size(), context).to.equal(BigInt(size));
  expect(await contract.root(), context).to.equal(expected);
  expect(await contract.rootAt(size), context).to.equal(expected);
};

describe("The event tree", () => {
  // SEED=… repeats a failed run.
  const seed = Number(process.env["SEED"] ?? randomInt(2 ** 31));

  it("has the root of RFC 6962 at every size up to 300, grown one leaf at a time", async function () {
    this.timeout(60_000);
    const random = seededRandom(seed);
    const contract = await networkHelpers.loadFixture(deployed);
    for (let size = 0; size < 300; size++) {
      if (random() < 0.5) await contract.anchor(size, frontier(size), [digestOf(size)], []);
      else await anchorAsSubtrees(contract, size, 1);
      await expectRootOfTheRfc(contract, size + 1, `SEED=${seed}, size ${size + 1}`);
    }
  });

  it("has the root of RFC 6962 after every batch, whatever the mix of digests and subtrees", async function () {
    this.timeout(60_000);
    const random = seededRandom(seed);
    for (let walk = 0; walk < 12; walk++) {
      const contract = await networkHelpers.loadFixture(deployed);
      let size = 0;
      while (size < 400) {
        const count = 1 + Math.floor(random() * [4, 40, 130][walk % 3]!);
        if (random() < 0.5) await contract.anchor(size, frontier(size), digests(size, count), []);
        else await anchorAsSubtrees(contract, size, count);
        size += count;
        await expectRootOfTheRfc(contract, size, `SEED=${seed}, walk ${walk}, size ${size}`);
      }
    }
  });

  it('is empty at first, with the root SHA256("") and none recorded', async () => {
    const contract = await networkHelpers.loadFixture(deployed);
    expect(await contract.size()).to.equal(0n);
    expect(await contract.root()).to.equal(hex(root([])));
    expect(await contract.rootAt(0)).to.equal(ethers.ZeroHash);
  });

  it("records one root per batch, none inside a batch, and keeps the earlier ones", async () => {
    const contract = await networkHelpers.loadFixture(deployed);
    await contract.anchor(0, [], digests(0, 3), []);
    await contract.anchor(3, frontier(3), digests(3, 2), []);
    expect(await contract.rootAt(3)).to.equal(hex(root(digests(0, 3))));
    expect(await contract.rootAt(5)).to.equal(hex(root(digests(0, 5))));
    for (const size of [0, 1, 2, 4, 6]) expect(await contract.rootAt(size)).to.equal(ethers.ZeroHash);
  });

  it("can be rebuilt from the logs of digests alone", async () => {
    const contract = await networkHelpers.loadFixture(deployed);
    for (const [from, count] of [
      [0, 5],
      [5, 1],
      [6, 11],
    ] as const) {
      await contract.anchor(from, frontier(from), digests(from, count), []);
    }
    const leaves: Buffer[] = [];
    for (const log of await contract.queryFilter("Anchored")) {
      if (!("args" in log)) throw new Error("undecoded log");
      expect(log.args["fromSize"]).to.equal(BigInt(leaves.length));
      for (const digest of log.args["digests"] as string[]) leaves.push(Buffer.from(digest.slice(2), "hex"));
      expect(log.args["size"]).to.equal(BigInt(leaves.length));
      expect(log.args["root"]).to.equal(hex(root(leaves)));
    }
    expect(await contract.root()).to.equal(hex(root(leaves)));
  });

  it("logs the nodes and levels of subtrees", async () => {
    const contract = await networkHelpers.loadFixture(deployed);
    const subtrees = coveringSubtrees(digests(0, 6), 0);
    await expect(anchorAsSubtrees(contract, 0, 6))
      .to.emit(contract, "AnchoredSubtrees")
      .withArgs(
        0,
        6,
        hex(root(digests(0, 6))),
        subtrees.map(({ node }) => hex(node)),
        [2, 1],
      );
  });

  it("moves to a fresh contract in one transaction, and goes on from there", async () => {
    const contract = await networkHelpers.loadFixture(deployed);
    await anchorAsSubtrees(contract, 0, 237);
    await contract.anchor(237, frontier(237), digests(237, 20), []);
    await expectRootOfTheRfc(contract, 257, "after the move");
  });

  it("refuses a batch sent twice, naming the expected and the actual size", async () => {
    const contract = await networkHelpers.loadFixture(deployed);
    await contract.anchor(0, [], digests(0, 3), []);
    await expect(contract.anchor(0, [], digests(0, 3), []))
      .to.be.revertedWithCustomError(contract, "UnexpectedSize")
      .withArgs(0, 3);
    await expect(anchorAsSubtrees(contract, 0, 3))
      .to.be.revertedWithCustomError(contract, "UnexpectedSize")
      .withArgs(0, 3);
    await expect(contract.anchor(4, frontier(4), digests(4, 1), []))
      .to.be.revertedWithCustomError(contract, "UnexpectedSize")
      .withArgs(4, 3);
    await expectRootOfTheRfc(contract, 3, "after the refusals");
  });

  it("goes on from its own frontier only, however another is forged", async () => {
    const contract = await networkHelpers.loadFixture(deployed);
    await contract.anchor(0, [], digests(0, 22), []);
    const truth = frontier(22); // 16, 4 and 2 leaves
    const commitmentTo = (nodes: Uint8Array[]) => ethers.keccak256(ethers.concat(nodes)).slice(0, 2 + 2 * 26);
    const forgeries: Record<string, Buffer[]> = {
      "none at all": [],
      "one too few": truth.slice(0, 2),
      "one too many": [...truth, digestOf(0)],
      "in another order": truth.toReversed(),
      "one of another tree": truth.with(0, digestOf(0)),
      "the last one flipped by a bit": truth.with(
        2,
        Buffer.from(truth[2]!.map((byte, i) => (i ? byte : byte ^ 1))),
      ),
      "the children of one": [truth[0]!, truth[1]!, ...digests(20, 2).map(leafHash)],
      "the frontier of an earlier size": frontier(21),
      "the frontier of a later size": frontier(23),
      // It leads to the recorded root; but the next leaf would then hang elsewhere.
      "the root": [root(digests(0, 22))],
    };
    for (const [name, forged] of Object.entries(forgeries)) {
      const args = [22, commitmentTo(forged), commitmentTo(truth)];
      await expect(contract.anchor(22, forged, digests(22, 1), []), name)
        .to.be.revertedWithCustomError(contract, "UnexpectedFrontier")
        .withArgs(...args);
      await expect(contract.anchorSubtrees(22, forged, digests(22, 1), [0], []), name)
        .to.be.revertedWithCustomError(contract, "UnexpectedFrontier")
        .withArgs(...args);
    }
    await expectRootOfTheRfc(contract, 22, "after the refusals");
    await contract.anchor(22, truth, digests(22, 1), []);
    await expectRootOfTheRfc(contract, 23, "after the true one");
  });

  it("names a batch that is in already as such, though its frontier is outdated too", async () => {
    const contract = await networkHelpers.loadFixture(deployed);
    await contract.anchor(0, [], digests(0, 3), []);
    await contract.anchor(3, frontier(3), digests(3, 1), []);
    await expect(contract.anchor(3, frontier(3), digests(3, 1), []))
      .to.be.revertedWithCustomError(contract, "UnexpectedSize")
      .withArgs(3, 4);
  });

  it("refuses nodes without levels and levels without nodes", async () => {
    const contract = await networkHelpers.loadFixture(deployed);
    await expect(contract.anchorSubtrees(0, [], digests(0, 2), [], []))
      .to.be.revertedWithCustomError(contract, "LengthMismatch")
      .withArgs(2, 0);
    await expect(contract.anchorSubtrees(0, [], digests(0, 2), [0, 0, 0], []))
      .to.be.revertedWithCustomError(contract, "LengthMismatch")
      .withArgs(2, 3);
  });

  it("refuses a subtree where it is no node of the tree, inside a batch too", async () => {
    const contract = await networkHelpers.loadFixture(deployed);
    await contract.anchor(0, [], digests(0, 1), []);
    await expect(contract.anchorSubtrees(1, frontier(1), digests(1, 1), [1], []))
      .to.be.revertedWithCustomError(contract, "MisalignedSubtree")
      .withArgs(1, 1);
    await expect(contract.anchorSubtrees(1, frontier(1), digests(1, 3), [0, 1, 3], []))
      .to.be.revertedWithCustomError(contract, "MisalignedSubtree")
      .withArgs(4, 3);
  });

  it("refuses to outgrow 48 bits", async () => {
    const contract = await networkHelpers.loadFixture(deployed);
    await expect(contract.anchorSubtrees(0, [], digests(0, 1), [48], []))
      .to.be.revertedWithCustomError(contract, "TreeFull")
      .withArgs(0, 48);
    await expect(contract.anchorSubtrees(0, [], digests(0, 2), [47, 47], []))
      .to.be.revertedWithCustomError(contract, "TreeFull")
      .withArgs(2n ** 47n, 47);
    const full = 2 ** 48 - 1;
    // None merges with another, so they are the frontier.
    const nodes = digests(0, 48);
    await contract.anchorSubtrees(0, [], nodes, levelsOf(full), []);
    expect(await contract.size()).to.equal(BigInt(full));
    await expect(contract.anchor(full, nodes, digests(0, 1), []))
      .to.be.revertedWithCustomError(contract, "TreeFull")
      .withArgs(full, 0);
    await expect(contract.anchorSubtrees(full, nodes, digests(0, 1), [0], []))
      .to.be.revertedWithCustomError(contract, "TreeFull")
      .withArgs(full, 0);
  });

  it("refuses a call that carries nothing", async () => {
    const contract = await networkHelpers.loadFixture(deployed);
    await expect(contract.anchor(0, [], [], [])).to.be.revertedWithCustomError(contract, "NothingToAnchor");
    await expect(contract.anchorSubtrees(0, [], [], [], [])).to.be.revertedWithCustomError(
      contract,
      "NothingToAnchor",
    );
  });
});

async function deployed(): Promise<ConsentManager> {
  return deploy();
}
