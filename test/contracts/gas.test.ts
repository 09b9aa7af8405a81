import { readFile, writeFile } from "node:fs/promises";
import { expect } from "chai";
import type { ContractTransactionResponse } from "ethers";
import { Action, type ConsentManager, deploy, digests, ethers, hex, networkHelpers } from "./fixtures.ts";

/**
 * What each operation costs, to the gas: a change in cost should be seen and wanted, like a change in behaviour.
 * "Warm" means that the storage slots of the frontier have been used before, as they have in any ledger but a new one.
 */

const SNAPSHOT = new URL("gas-snapshot.json", import.meta.url);
const BATCHES = [1, 10, 100, 1_000];

const gasOf = async (sending: Promise<ContractTransactionResponse>): Promise<number> => {
  const receipt = await (await sending).wait();
  return Number(receipt!.gasUsed);
};

/** Levels of the complete subtrees that make up `count` leaves, from a size that is a multiple of a power above it. */
const levelsOf = (count: number): number[] =>
  Array.from({ length: 12 }, (_, i) => 11 - i).filter((level) => (count >> level) & 1);

const appendSubtrees = (contract: ConsentManager, size: number, count: number) => {
  const levels = levelsOf(count);
  return contract.anchorSubtrees(size, digests(size, levels.length), levels, []);
};

/** 4096 leaves, one complete subtree, with every slot below it used. */
const atRoundSize = async (): Promise<ConsentManager> => {
  const contract = await deploy();
  await appendSubtrees(contract, 0, 4_095);
  await contract.anchor(4_095, digests(4_095, 1), []);
  return contract;
};

/** 1000 leaves, six complete subtrees, with every slot below the highest used. */
const atSize1000 = async (): Promise<ConsentManager> => {
  const contract = await deploy();
  await appendSubtrees(contract, 0, 511);
  await contract.anchor(511, digests(511, 1), []);
  await appendSubtrees(contract, 512, 488);
  return contract;
};

const fresh = async (): Promise<ConsentManager> => deploy();

const consent = {
  id: hex(digests(0, 1)[0]!),
  action: Action.Grant,
  timestamp: 1_700_000_000,
  expiresAt: 1_800_000_000,
  purpose: "0x70696e2d73657474696e672d7631000f",
  documentHash: hex(digests(1, 1)[0]!),
};
const revocation = {
  ...consent,
  action: Action.Revoke,
  expiresAt: 0,
  purpose: `0x${"00".repeat(16)}`,
  documentHash: ethers.ZeroHash,
};

const measure = async (): Promise<Record<string, number>> => {
  const gas: Record<string, number> = {};

  gas["anchor 1 digest at size 1000, warm"] = await gasOf(
    (await networkHelpers.loadFixture(atSize1000)).anchor(1_000, digests(1_000, 1), []),
  );
  for (const count of BATCHES) {
    const batch = digests(4_096, count);
    gas[`anchor ${count} digests, warm`] = await gasOf(
      (await networkHelpers.loadFixture(atRoundSize)).anchor(4_096, batch, []),
    );
    gas[`anchor ${count} digests, fresh`] = await gasOf(
      (await networkHelpers.loadFixture(fresh)).anchor(0, batch, []),
    );
    gas[`anchor ${count} by subtrees, warm`] = await gasOf(
      appendSubtrees(await networkHelpers.loadFixture(atRoundSize), 4_096, count),
    );
  }
  const contract = await networkHelpers.loadFixture(fresh);
  gas["grant a consent"] = await gasOf(contract.anchor(0, [], [consent]));
  gas["revoke a consent"] = await gasOf(contract.anchor(0, [], [revocation]));
  gas["grant a consent with 1 digest, warm"] = await gasOf(
    (await networkHelpers.loadFixture(atRoundSize)).anchor(4_096, digests(4_096, 1), [consent]),
  );
  return gas;
};

describe("The gas", function () {
  this.timeout(60_000);
  let gas: Record<string, number>;

  before(async () => {
    gas = await measure();
    if (process.env["UPDATE_GAS"]) await writeFile(SNAPSHOT, `${JSON.stringify(gas, null, 2)}\n`);
  });

  it("is what the snapshot says, to the unit", async () => {
    const snapshot: unknown = JSON.parse(await readFile(SNAPSHOT, "utf8"));
    const advice =
      "gas changed; if that is intended, run UPDATE_GAS=1 mocha -g 'The gas' and commit the snapshot";
    expect(gas, advice).to.deep.equal(snapshot);
  });

  it("of a lone event stays below 70,000, and below 2,600 for each further complete subtree in the tree", () => {
    // A root takes one cold read (2,100) and one hash per complete subtree: one at size 4096, six at size 1000.
    expect(gas["anchor 1 digests, warm"]).to.be.at.most(70_000);
    expect(gas["anchor 1 digest at size 1000, warm"]).to.be.at.most(
      gas["anchor 1 digests, warm"]! + 5 * 2_600,
    );
  });

  it("of an event in a batch of 1,000 stays below 1,900", () => {
    expect(gas["anchor 1000 digests, warm"]! / 1_000).to.be.at.most(1_900);
    expect(gas["anchor 1000 digests, fresh"]! / 1_000).to.be.at.most(1_900);
  });

  it("of an event in a batch of 1,000 by subtrees stays below 120", () => {
    expect(gas["anchor 1000 by subtrees, warm"]! / 1_000).to.be.at.most(120);
  });
});
