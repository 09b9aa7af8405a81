import { readFile, writeFile } from "node:fs/promises";
import { expect } from "chai";
import type { ContractTransactionResponse } from "ethers";
import {
  Action,
  type ConsentChange,
  type ConsentManager,
  deploy,
  digests,
  ethers,
  hex,
  levelsBetween,
  levelsOf,
} from "./fixtures.ts";

/**
 * What each operation costs, to the gas: a change in cost should be seen and wanted, like a change in behaviour. A
 * batch has to bring, and to hash, one node per complete subtree in the tree, so it costs most just below a power of 2.
 */

const SNAPSHOT = new URL("gas-snapshot.json", import.meta.url);
const WORST = 2 ** 23 - 1;
const SIZES = [0, 1, 1_000, 4_096, 2 ** 20 - 1, WORST, 10_000_000];
const BATCHES = [10, 100, 1_000];

const gasOf = async (sending: Promise<ContractTransactionResponse>): Promise<number> => {
  const receipt = await (await sending).wait();
  return Number(receipt!.gasUsed);
};

/** A contract with `size` leaves. What lies below its subtrees does not matter here, so they come from nowhere. */
const at = async (size: number): Promise<{ contract: ConsentManager; frontier: Buffer[] }> => {
  const contract = await deploy();
  const levels = levelsOf(size);
  const frontier = digests(0, levels.length);
  if (size > 0) await contract.anchorSubtrees(0, [], frontier, levels, []);
  return { contract, frontier };
};

const anchor = async (size: number, count: number, changes: ConsentChange[] = []): Promise<number> => {
  const { contract, frontier } = await at(size);
  return gasOf(contract.anchor(size, frontier, digests(100, count), changes));
};

const anchorSubtrees = async (size: number, count: number): Promise<number> => {
  const { contract, frontier } = await at(size);
  const levels = levelsBetween(size, size + count);
  return gasOf(contract.anchorSubtrees(size, frontier, digests(100, levels.length), levels, []));
};

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
  for (const size of SIZES) gas[`1 digest at size ${size}`] = await anchor(size, 1);
  for (const size of [4_096, WORST]) {
    for (const count of BATCHES) {
      gas[`${count} by digests at size ${size}`] = await anchor(size, count);
      gas[`${count} by subtrees at size ${size}`] = await anchorSubtrees(size, count);
    }
  }
  gas["1 by subtrees at size 4096"] = await anchorSubtrees(4_096, 1);
  const { contract } = await at(0);
  gas["grant a consent"] = await gasOf(contract.anchor(0, [], [], [consent]));
  gas["revoke a consent"] = await gasOf(contract.anchor(0, [], [], [revocation]));
  gas["grant a consent with 1 digest at size 4096"] = await anchor(4_096, 1, [consent]);
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

  it("of a lone event stays below 70,000 at ten million, and below 58,000 and 850 for each complete subtree", () => {
    for (const size of [0, 1, 1_000, 4_096, 10_000_000]) {
      expect(gas[`1 digest at size ${size}`], `size ${size}`).to.be.at.most(70_000);
    }
    // 510 for the node in calldata, 200 for its hash, the rest for getting it there.
    for (const size of SIZES) {
      const most = 58_000 + 850 * levelsOf(size).length;
      expect(gas[`1 digest at size ${size}`], `size ${size}`).to.be.at.most(most);
    }
  });

  it("of an event in a batch of 1,000 stays below 1,900, wherever the tree stands", () => {
    for (const size of [4_096, WORST]) {
      expect(gas[`1000 by digests at size ${size}`]! / 1_000).to.be.at.most(1_900);
    }
  });

  it("of an event in a batch of 1,000 by subtrees stays below 120, wherever the tree stands", () => {
    for (const size of [4_096, WORST]) {
      expect(gas[`1000 by subtrees at size ${size}`]! / 1_000).to.be.at.most(120);
    }
  });
});
