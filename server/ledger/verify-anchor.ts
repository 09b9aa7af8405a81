import { toHex } from "./bytes.ts";
import type { AnchorTransaction, ChainReader } from "./chain-reader.ts";
import type { Checkpoint } from "./checkpoint.ts";
import type { ReceiptAnchor } from "./receipt.ts";
import { failed, passed, skipped, unavailable } from "./verdict.ts";
import type { Outcome } from "./verdict.ts";

/** What is to be found on the chain: this digest, at this index, under this checkpoint's root. */
export interface AnchorClaim {
  readonly anchor: ReceiptAnchor;
  readonly index: number;
  readonly digest: Uint8Array;
  readonly checkpoint: Checkpoint;
}

const ZERO_ROOT = toHex(new Uint8Array(32));

/** The receipt, the auditor and the endpoint must mean the same chain. */
export async function checkChain(
  { anchor }: AnchorClaim,
  trusted: number | undefined,
  chain: ChainReader | undefined,
): Promise<Outcome<void>> {
  if (trusted !== undefined && anchor.chainId !== null && anchor.chainId !== trusted) {
    return failed(`The receipt names chain ${anchor.chainId}, not the trusted chain ${trusted}.`);
  }
  const expected = trusted ?? anchor.chainId;
  if (chain === undefined) return skipped(undefined, "No chain endpoint was given.");
  const served = await chain.chainId();
  if (expected === null)
    return skipped(undefined, `The receipt names no chain; the endpoint's is ${served}.`);
  if (served === expected) return passed(undefined, `The endpoint serves chain ${served}.`);
  // With a trusted id the endpoint is what is wrong, and that says nothing about the receipt.
  if (trusted !== undefined) return unavailable(`The endpoint serves chain ${served}, not ${trusted}.`);
  return failed(`The receipt names chain ${expected}, but the endpoint serves ${served}.`);
}

/** The address to ask. An adversary can deploy a contract of their own, so only the auditor's counts. */
export function checkContract({ anchor }: AnchorClaim, trusted: string | undefined): Outcome<string | null> {
  if (trusted === undefined) {
    return skipped(anchor.contract, "No trusted contract was given; the receipt's own is taken at its word.");
  }
  if (anchor.contract === null) {
    return skipped(trusted.toLowerCase(), "The receipt names no contract; the trusted one will be asked.");
  }
  if (!same(anchor.contract, trusted)) {
    return failed(`The receipt names contract ${anchor.contract}, not the trusted ${trusted}.`);
  }
  return passed(anchor.contract, `The receipt names the trusted contract ${trusted}.`);
}

/** The transaction exists, succeeded, was sent to the contract, and is in the claimed, canonical block. */
export async function checkTransaction(
  { anchor }: AnchorClaim,
  contract: string | null,
  chain: ChainReader | undefined,
): Promise<Outcome<AnchorTransaction | null>> {
  const { txHash, blockNumber, blockHash, status } = anchor;
  if (chain === undefined) return skipped(null, "No chain endpoint was given.");
  if (contract === null || txHash === null || blockNumber === null || blockHash === null) {
    return skipped(null, `The receipt's anchor is ${status}: it claims no mined transaction yet.`);
  }
  const transaction = await chain.anchorTransaction(contract, txHash);
  if (transaction === null) return failed(`The chain has no transaction ${txHash}.`);
  if (transaction.status !== "success") return failed(`Transaction ${txHash} was reverted.`);
  if (transaction.to === null || !same(transaction.to, contract)) {
    return failed(`Transaction ${txHash} was sent to ${transaction.to ?? "no one"}, not to the contract.`);
  }
  if (transaction.blockNumber !== blockNumber || !same(transaction.blockHash, blockHash)) {
    return failed(
      `Transaction ${txHash} is in block ${transaction.blockNumber} (${transaction.blockHash}), not where the receipt says.`,
    );
  }
  const canonical = await chain.blockHash(blockNumber);
  if (canonical === null || !same(canonical, blockHash)) {
    return failed(`Block ${blockNumber} (${blockHash}) is not on the canonical chain.`);
  }
  return passed(transaction, `Transaction ${txHash} succeeded in block ${blockNumber}.`);
}

/** That transaction anchored exactly this: the checkpoint's root, over a range with this digest in its place. */
export function checkAnchor(
  { index, digest, checkpoint }: AnchorClaim,
  transaction: AnchorTransaction | null,
): Outcome<void> {
  const { size } = checkpoint;
  if (transaction === null) return skipped(undefined, "There is no transaction to look into.");
  const range = transaction.anchored.find((candidate) => candidate.size === size);
  if (range === undefined)
    return failed(`The transaction did not bring the contract's tree to size ${size}.`);
  if (!same(range.root, toHex(checkpoint.root))) {
    return failed(`The transaction anchored another root at size ${size}.`);
  }
  if (index < range.fromSize || index >= range.size) {
    return failed(`The transaction anchored indexes ${range.fromSize} to ${range.size - 1}, not ${index}.`);
  }
  if (range.digests === null) {
    return passed(undefined, `The transaction anchored index ${index} within subtrees, up to the root.`);
  }
  const anchored = range.digests[index - range.fromSize];
  if (anchored === undefined || range.digests.length !== range.size - range.fromSize) {
    return failed(`The transaction's digests do not fill the indexes it claims to anchor.`);
  }
  if (!same(anchored, toHex(digest))) return failed(`The transaction anchored another digest at ${index}.`);
  return passed(undefined, `The transaction anchored this digest at index ${index}.`);
}

/** The contract's own state, which outlives pruned logs and which no relayer can rewrite. */
export async function checkRoot(
  { anchor, checkpoint }: AnchorClaim,
  contract: string | null,
  chain: ChainReader | undefined,
): Promise<Outcome<void>> {
  const { size } = checkpoint;
  if (chain === undefined) return skipped(undefined, "No chain endpoint was given.");
  if (contract === null) return skipped(undefined, "There is no contract to ask.");
  const root = await chain.rootAt(contract, size);
  if (same(root, toHex(checkpoint.root))) {
    return passed(undefined, `The contract's root at size ${size} is the checkpoint's.`);
  }
  if (!same(root, ZERO_ROOT)) return failed(`The contract's root at size ${size} is ${root}.`);
  if (anchor.blockNumber !== null) return failed(`The contract never had size ${size}.`);
  return skipped(undefined, `The contract has not reached size ${size} yet, nor does the receipt claim so.`);
}

function same(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
