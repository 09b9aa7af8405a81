import { createHash } from "node:crypto";
import type { BaseContract, BaseContractMethod, ContractTransactionResponse, Signer } from "ethers";
import hre, { network } from "hardhat";
import { coveringSubtrees } from "../helpers/reference-tree.ts";

/** What the tests of the contract share: a chain, a deployed contract, and inputs that never vary by chance. */

// mocha runs on its own, so nothing else guarantees that the artifacts belong to these sources.
await hre.tasks.getTask("build").run({ quiet: true });

export const { ethers, networkHelpers } = await network.create();

export const Action = { Grant: 0, Revoke: 1 } as const;
export const ADMIN_TRANSFER_DELAY = 3 * 24 * 60 * 60;

export interface ConsentChange {
  id: string;
  action: number;
  timestamp: number;
  expiresAt: number;
  purpose: string;
  documentHash: string;
}

export interface Consent {
  grantedAt: bigint;
  expiresAt: bigint;
  revokedAt: bigint;
  purpose: string;
  documentHash: string;
}

type Bytes = Uint8Array | string;
type View<Arguments extends unknown[], Result> = BaseContractMethod<Arguments, Result, Result>;
type Write<Arguments extends unknown[]> = BaseContractMethod<
  Arguments,
  ContractTransactionResponse,
  ContractTransactionResponse
>;

/** The contract's external interface, so that a test that misspells it does not compile. */
export type ConsentManager = Omit<BaseContract, "connect"> & {
  connect(signer: Signer): ConsentManager;
  anchor: Write<[number | bigint, Bytes[], Bytes[], ConsentChange[]]>;
  anchorSubtrees: Write<[number | bigint, Bytes[], Bytes[], number[], ConsentChange[]]>;
  size: View<[], bigint>;
  root: View<[], string>;
  rootAt: View<[number | bigint], string>;
  verifyInclusion: View<[Bytes, number | bigint, number | bigint, Bytes[]], boolean>;
  getConsent: View<[string], Consent>;
  isConsentActive: View<[string], boolean>;
  ANCHOR_ROLE: View<[], string>;
  DEFAULT_ADMIN_ROLE: View<[], string>;
  hasRole: View<[string, string], boolean>;
  grantRole: Write<[string, string]>;
  revokeRole: Write<[string, string]>;
  renounceRole: Write<[string, string]>;
  defaultAdmin: View<[], string>;
  beginDefaultAdminTransfer: Write<[string]>;
  acceptDefaultAdminTransfer: Write<[]>;
};

const signers = await ethers.getSigners();
export const admin = signers[0]!;
export const relayer = signers[1]!;
export const stranger = signers[2]!;

/** A fresh contract, called by its relayer. */
export const deploy = async (firstRelayer: string = relayer.address): Promise<ConsentManager> => {
  const contract = await ethers.deployContract("ConsentManager", [
    ADMIN_TRANSFER_DELAY,
    admin.address,
    firstRelayer,
  ]);
  return (contract as unknown as ConsentManager).connect(relayer);
};

/** The digest of event `index`: any 32 bytes do, as long as they are the same in every run. */
export const digestOf = (index: number): Buffer => createHash("sha256").update(`event ${index}`).digest();

export const digests = (from: number, count: number): Buffer[] =>
  Array.from({ length: count }, (_, i) => digestOf(from + i));

/** The frontier of the tree of these leaves. */
export const frontierOf = (leaves: Buffer[]): Buffer[] => coveringSubtrees(leaves, 0).map(({ node }) => node);

/** The frontier of the tree of the first `size` digests. */
export const frontier = (size: number): Buffer[] => frontierOf(digests(0, size));

/** Levels of the fewest complete subtrees that cover the leaves from index `from` to `to`, from left to right. */
export const levelsBetween = (from: number, to: number): number[] => {
  const levels: number[] = [];
  for (let start = from; start < to; start += 2 ** levels.at(-1)!) {
    let level = 0;
    while (start % 2 ** (level + 1) === 0 && start + 2 ** (level + 1) <= to) level++;
    levels.push(level);
  }
  return levels;
};

/** Levels of the complete subtrees that make up `size` leaves: those of the frontier. */
export const levelsOf = (size: number): number[] => levelsBetween(0, size);

export const hex = (bytes: Uint8Array): string => `0x${Buffer.from(bytes).toString("hex")}`;

/** Uniform in [0, 1) from a seed (mulberry32), so that a failure can be run again. */
export const seededRandom = (seed: number): (() => number) => {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
};
