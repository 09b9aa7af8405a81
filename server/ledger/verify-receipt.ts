import { equal, fromHex, toUtf8 } from "./bytes.ts";
import type { ChainReader } from "./chain-reader.ts";
import { checkpointOrigin, parseCheckpoint, verifyCheckpoint } from "./checkpoint.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { eventDigest } from "./digest.ts";
import { LedgerRefusal } from "./errors.ts";
import { leafHash } from "./merkle-hash.ts";
import { parseVerifierKey } from "./note-key.ts";
import { decodePayload } from "./payload.ts";
import type { EventPayload } from "./payload.ts";
import { parseReceipt } from "./receipt.ts";
import type { Receipt } from "./receipt.ts";
import { parseNote } from "./signed-note.ts";
import { failed, passed, runChecks, skipped, verdictOf } from "./verdict.ts";
import type { Check, Outcome, Verdict } from "./verdict.ts";
import { checkAnchor, checkChain, checkContract, checkRoot, checkTransaction } from "./verify-anchor.ts";
import { rootFromInclusionProof } from "./verify-inclusion.ts";

/** What the auditor knows from elsewhere. Nothing of it may come from the operator whose receipt it is. */
export interface Trust {
  readonly chainId?: number | undefined;
  /** Address of the contract: 0x and 40 hex digits, in any case. */
  readonly contract?: string | undefined;
  /** The ledger's verifier key, `name+id+base64`. */
  readonly ledgerKey?: string | undefined;
}

export interface VerifyOptions {
  readonly trust: Trust;
  /** The auditor's own endpoint; without it the verdict's level is at most `offline`. */
  readonly chain?: ChainReader | undefined;
  /** Told of each check as it ends, for whoever wants to watch. */
  readonly onCheck?: ((check: Check) => void) | undefined;
}

/**
 * Whether a receipt (parsed JSON, of any origin) holds, and if not, what is wrong with it.
 * Never throws for what is in the receipt or for what the chain answers; refuses a malformed `trust`, which
 * is the auditor's own, with `trust_malformed` or `verifier_key_malformed`.
 * `ok` says that nothing contradicts the receipt, `level` what that rests on: look at both.
 */
export async function verifyReceipt(
  candidate: unknown,
  { trust, chain, onCheck }: VerifyOptions,
): Promise<Verdict> {
  assertTrust(trust);
  const checks = await runChecks(async (check) => {
    const receipt = await check("receipt", () => checkFormat(candidate));
    const event = await check("payload", () => checkPayload(receipt));
    const checkpoint = await check("checkpoint", () => checkSignature(receipt, trust.ledgerKey));
    await check("ledger", () => checkLedger(event, checkpoint));
    const digest = await check("inclusion", () => checkInclusion(receipt, checkpoint));

    const claim = { anchor: receipt.anchor, index: receipt.index, digest, checkpoint };
    await check("chain", () => checkChain(claim, trust.chainId, chain));
    const contract = await check("contract", () => checkContract(claim, trust.contract));
    const transaction = await check("transaction", () => checkTransaction(claim, contract, chain));
    await check("anchor", () => checkAnchor(claim, transaction));
    await check("root", () => checkRoot(claim, contract, chain));
  }, onCheck);
  return verdictOf(checks, trust.contract !== undefined);
}

function checkFormat(candidate: unknown): Outcome<Receipt> {
  return passed(parseReceipt(candidate), "The receipt has every field, and no other.");
}

function checkPayload(receipt: Receipt): Outcome<EventPayload> {
  const event = decodePayload(toUtf8(receipt.payload));
  return passed(event, `The payload is canonical: event ${event.id}, ${event.type}.`);
}

function checkSignature(receipt: Receipt, ledgerKey: string | undefined): Outcome<Checkpoint> {
  if (ledgerKey === undefined) {
    const unsigned = parseCheckpoint(parseNote(receipt.checkpoint).text);
    return skipped(unsigned, "No ledger key was given, so the checkpoint's signature was not verified.");
  }
  const checkpoint = verifyCheckpoint(receipt.checkpoint, ledgerKey);
  return passed(checkpoint, `The ledger's key signed the checkpoint of size ${checkpoint.size}.`);
}

function checkLedger(event: EventPayload, checkpoint: Checkpoint): Outcome<void> {
  if (checkpoint.origin !== checkpointOrigin(event.ledgerId)) {
    return failed(`The event is of ledger ${event.ledgerId}, the checkpoint of ${checkpoint.origin}.`);
  }
  return passed(undefined, `The event and the checkpoint are of the same ledger, ${event.ledgerId}.`);
}

function checkInclusion(receipt: Receipt, checkpoint: Checkpoint): Outcome<Uint8Array> {
  const { index } = receipt;
  const { size } = checkpoint;
  if (index >= size) return failed(`Index ${index} is beyond the checkpoint's size ${size}.`);
  // The exact bytes of the receipt, never a re-serialisation of what was parsed from them.
  const digest = eventDigest(fromHex(receipt.salt, 32), toUtf8(receipt.payload));
  const proof = receipt.inclusionProof.map((hash) => fromHex(hash, 32));
  const root = rootFromInclusionProof(leafHash(digest), index, size, proof);
  if (root === null) {
    return failed(`An inclusion proof of ${proof.length} hashes does not fit index ${index} of ${size}.`);
  }
  if (!equal(root, checkpoint.root)) {
    return failed("The payload, salt, index and inclusion proof do not lead to the checkpoint's root.");
  }
  return passed(digest, `The event is at index ${index} of the tree of size ${size}.`);
}

function assertTrust({ chainId, contract, ledgerKey }: Trust): void {
  if (chainId !== undefined && !(Number.isSafeInteger(chainId) && chainId > 0)) {
    throw new LedgerRefusal("trust_malformed", "the trusted chain id is not a positive integer");
  }
  if (contract !== undefined && !/^0x[0-9a-fA-F]{40}$/.test(contract)) {
    throw new LedgerRefusal("trust_malformed", "the trusted contract is not an address");
  }
  if (ledgerKey !== undefined) parseVerifierKey(ledgerKey);
}
