import { ChainUnavailable } from "../ledger/index.ts";
import type { AuditChain } from "../ports/audit.ts";
import type { Findings } from "./findings.ts";
import type { ChainTrust } from "./trust.ts";

/** The chain at one block: what the ledger is held against. */
export interface ChainView {
  readonly contract: string;
  readonly codeHash: string;
  /** The first and the last block that are looked at. */
  readonly fromBlock: number;
  readonly block: number;
  /** The tree's size at that block; null where only the logs can tell. */
  readonly size: number | null;
}

export interface ChainViewOptions {
  /** Look no further than this block. */
  readonly asOf?: number | undefined;
  /** How deep a block must be to count; 1 is the newest. */
  readonly confirmations?: number | undefined;
  /** Where the contract's logs begin; looked for when not given. */
  readonly fromBlock?: number | undefined;
}

/**
 * Finds the pinned contract on the pinned chain. An endpoint of another chain, or an address without code, is the
 * auditor's mistake and says nothing about the ledger.
 */
export async function viewChain(
  chain: AuditChain,
  trust: ChainTrust,
  options: ChainViewOptions,
  findings: Findings,
): Promise<ChainView> {
  const { contract } = trust;
  const served = await chain.chainId();
  if (served !== trust.chainId) {
    throw new ChainUnavailable(`the endpoint serves chain ${served}, not ${trust.chainId}`);
  }
  const codeHash = await chain.codeHash(contract);
  if (codeHash === null) throw new ChainUnavailable(`there is no contract at ${contract} on chain ${served}`);
  if (trust.codeHash !== undefined && trust.codeHash !== codeHash) {
    findings.addFatal(
      "code_hash",
      null,
      `The contract's code has the hash ${codeHash}, not ${trust.codeHash}.`,
    );
  }
  const newest = await chain.blockNumber();
  const deepEnough = Math.max(0, newest - (options.confirmations ?? 1) + 1);
  const block = Math.min(options.asOf ?? deepEnough, deepEnough);
  return {
    contract,
    codeHash,
    fromBlock: options.fromBlock ?? (await chain.deploymentBlock(contract)),
    block,
    size: await chain.sizeAt(contract, block),
  };
}
