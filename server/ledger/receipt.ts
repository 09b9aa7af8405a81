import { isHex } from "./bytes.ts";
import { isSize } from "./coordinates.ts";
import { LedgerRefusal } from "./errors.ts";
import { MAX_PAYLOAD_BYTES } from "./payload.ts";
import { assertShape, isNatural, isObject, isText, nullOr } from "./shape.ts";
import type { Rules } from "./shape.ts";

export const RECEIPT_FORMAT = "identity-ledger/receipt/v1";

/** How far an event is on its way to the chain; a reorganisation moves it back. */
export type AnchorStatus = "committed" | "broadcast" | "mined" | "final";

/**
 * Where on the chain the event's digest stands. What is known follows from the status:
 *
 *     committed         chainId and contract, or neither; no txHash, no block
 *     broadcast         chainId, contract, txHash; no block
 *     mined, final      all of them
 */
export interface ReceiptAnchor {
  readonly status: AnchorStatus;
  readonly chainId: number | null;
  /** 20 bytes, 0x and lowercase hex (no EIP-55 checksum, so that there is one spelling). */
  readonly contract: string | null;
  readonly txHash: string | null;
  readonly blockNumber: number | null;
  readonly blockHash: string | null;
}

/**
 * All that is needed to verify one event, as JSON with exactly these fields. Hex is 0x and lowercase.
 * `payload` is the text of the exact canonical bytes, `salt` 32 bytes, `checkpoint` the signed note,
 * `inclusionProof` 32-byte hashes from the leaf's sibling upwards.
 */
export interface Receipt {
  readonly format: typeof RECEIPT_FORMAT;
  readonly payload: string;
  readonly salt: string;
  readonly index: number;
  readonly checkpoint: string;
  readonly inclusionProof: readonly string[];
  readonly anchor: ReceiptAnchor;
}

/** As many as a tree of 2^48 leaves can need. */
const MAX_PROOF_LENGTH = 48;
const MAX_NOTE_LENGTH = 64 * 1024;

const RECEIPT: Rules = {
  format: (value) => value === RECEIPT_FORMAT,
  payload: (value) => isText(value, MAX_PAYLOAD_BYTES),
  salt: (value) => isHex(value, 32),
  index: isSize,
  checkpoint: (value) => isText(value, MAX_NOTE_LENGTH),
  inclusionProof: (value) =>
    Array.isArray(value) && value.length <= MAX_PROOF_LENGTH && value.every((hash) => isHex(hash, 32)),
  anchor: isObject,
};

const ANCHOR: Rules = {
  status: (value) => ["committed", "broadcast", "mined", "final"].includes(value as string),
  chainId: nullOr((value) => isNatural(value) && value > 0),
  contract: nullOr((value) => isHex(value, 20)),
  txHash: nullOr((value) => isHex(value, 32)),
  blockNumber: nullOr(isNatural),
  blockHash: nullOr((value) => isHex(value, 32)),
};

/**
 * Reads a receipt out of parsed JSON. The adversary chose it: a missing, malformed or unknown field is
 * refused with `receipt_malformed` and named, so that nothing in a receipt goes unchecked.
 * Whether it is *true* is for `verifyReceipt` to say.
 */
export function parseReceipt(json: unknown): Receipt {
  assertShape(json, RECEIPT, { what: "receipt", code: "receipt_malformed" });
  assertShape(json.anchor, ANCHOR, { what: "receipt's anchor", code: "receipt_malformed" });
  const receipt = json as unknown as Receipt;
  assertAnchorMatchesStatus(receipt.anchor);
  return receipt;
}

function assertAnchorMatchesStatus(anchor: ReceiptAnchor): void {
  const { status, chainId, contract, txHash, blockNumber, blockHash } = anchor;
  if ((chainId === null) !== (contract === null)) {
    throw malformed("the receipt's anchor names a chain without a contract, or the other way round");
  }
  if (status !== "committed" && chainId === null)
    throw malformed(`the anchor is ${status} but names no chain`);
  if ((status !== "committed") !== (txHash !== null)) {
    throw malformed(`the anchor is ${status} ${txHash === null ? "without" : "with"} a transaction`);
  }
  const mined = status === "mined" || status === "final";
  if (mined !== (blockNumber !== null) || mined !== (blockHash !== null)) {
    throw malformed(`the anchor is ${status} ${mined ? "without" : "with"} a block`);
  }
}

function malformed(why: string): LedgerRefusal {
  return new LedgerRefusal("receipt_malformed", `malformed receipt: ${why}`);
}
