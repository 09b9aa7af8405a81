import { encodePayload, fromUtf8, signNote, toHex } from "../../../server/ledger/index.ts";
import type { CheckName, Receipt } from "../../../server/ledger/index.ts";
import { SIGNER, WITNESS, sampleEvent, sampleSalt } from "./events.ts";
import {
  NEXT_BLOCK_HASH,
  OTHER_BLOCK_HASH,
  DIGESTS_TX,
  OTHER_TXS,
  SUBTREES_TX,
  checkpointNote,
  sampleReceipt,
} from "./sample-ledger.ts";
import { fixed } from "./tree.ts";

type Case = [mutation: string, receipt: unknown, failed: CheckName | null, chain?: string, trust?: string];

/** Receipts that must not come out ok, each named by what was done to it. */
export function invalidReceipts(): object[] {
  const receipt = sampleReceipt(5, 9, DIGESTS_TX);
  const cases = [...malformed(receipt), ...untrue(receipt), ...contradictedByChain(receipt)];
  return cases.map(([mutation, mutated, failed, chain = "main", trust = "everything"]) => ({
    mutation,
    trust,
    chain,
    failed,
    receipt: mutated,
  }));
}

function malformed(receipt: Receipt): Case[] {
  const { salt: _, ...saltless } = receipt;
  const { txHash: __, ...anchorWithoutTx } = receipt.anchor;
  const anchor = (change: object): object => ({ ...receipt, anchor: { ...receipt.anchor, ...change } });
  return [
    ["null", null, "receipt"],
    ["an array", [receipt], "receipt"],
    ["a string", "receipt", "receipt"],
    ["another format", { ...receipt, format: "identity-ledger/receipt/v2" }, "receipt"],
    ["no salt", saltless, "receipt"],
    ["an unknown field", { ...receipt, verified: true }, "receipt"],
    ["an unknown field in the anchor", anchor({ note: "" }), "receipt"],
    ["no txHash in the anchor", { ...receipt, anchor: anchorWithoutTx }, "receipt"],
    ["no anchor", { ...receipt, anchor: null }, "receipt"],
    ["the payload as an object", { ...receipt, payload: sampleEvent(5) }, "receipt"],
    ["a salt in capitals", { ...receipt, salt: `0x${receipt.salt.slice(2).toUpperCase()}` }, "receipt"],
    ["a salt of 31 bytes", { ...receipt, salt: receipt.salt.slice(0, -2) }, "receipt"],
    ["an index as text", { ...receipt, index: "5" }, "receipt"],
    ["a negative index", { ...receipt, index: -1 }, "receipt"],
    ["a fractional index", { ...receipt, index: 5.5 }, "receipt"],
    ["a hash of 31 bytes in the proof", { ...receipt, inclusionProof: ["0x00"] }, "receipt"],
    ["an endless proof", { ...receipt, inclusionProof: Array(49).fill(toHex(fixed("x"))) }, "receipt"],
    ["an unknown status", anchor({ status: "verified" }), "receipt"],
    ["mined without a block", anchor({ blockNumber: null }), "receipt"],
    ["mined without a transaction", anchor({ txHash: null }), "receipt"],
    ["mined without a contract", anchor({ contract: null, chainId: null }), "receipt"],
    ["committed with a transaction", anchor({ status: "committed" }), "receipt"],
    ["a contract without a chain", anchor({ chainId: null }), "receipt"],
  ];
}

function untrue(receipt: Receipt): Case[] {
  const [first = "", ...rest] = receipt.inclusionProof;
  const otherLedger = fromUtf8(encodePayload({ ...sampleEvent(5), ledgerId: "other" }));
  const text = receipt.checkpoint.slice(0, receipt.checkpoint.indexOf("\n\n") + 1);
  return [
    ["a payload with a space", { ...receipt, payload: receipt.payload.replace(",", ", ") }, "payload"],
    ["a payload that is no event", { ...receipt, payload: "{}" }, "payload"],
    ["a lone surrogate in the payload", { ...receipt, payload: `${receipt.payload}\ud800` }, "payload"],
    ["another outcome", { ...receipt, payload: receipt.payload.replace("true", "false") }, "inclusion"],
    [
      "another event's payload",
      { ...receipt, payload: sampleReceipt(6, 9, DIGESTS_TX).payload },
      "inclusion",
    ],
    ["another event's salt", { ...receipt, salt: toHex(sampleSalt(6)) }, "inclusion"],
    ["another index", { ...receipt, index: 4 }, "inclusion"],
    ["an index beyond the size", { ...receipt, index: 9 }, "inclusion"],
    ["a proof without its first hash", { ...receipt, inclusionProof: rest }, "inclusion"],
    ["a proof with a hash twice", { ...receipt, inclusionProof: [first, first, ...rest] }, "inclusion"],
    ["the checkpoint of another size", { ...receipt, checkpoint: checkpointNote(13) }, "inclusion"],
    [
      "a checkpoint altered after signing",
      { ...receipt, checkpoint: receipt.checkpoint.replace("\n9\n", "\n8\n") },
      "checkpoint",
    ],
    [
      "a checkpoint that a witness alone signed",
      { ...receipt, checkpoint: signNote(text, [WITNESS]) },
      "checkpoint",
    ],
    ["a checkpoint that is no note", { ...receipt, checkpoint: text }, "checkpoint"],
    [
      "a checkpoint that is no note, without a key",
      { ...receipt, checkpoint: text },
      "checkpoint",
      "main",
      "no key",
    ],
    [
      "a checkpoint with a leading zero",
      { ...receipt, checkpoint: signNote(text.replace("\n9\n", "\n09\n"), [SIGNER]) },
      "checkpoint",
    ],
    ["the auditor trusts another key", receipt, "checkpoint", "main", "another key"],
    ["an event of another ledger", { ...receipt, payload: otherLedger }, "ledger"],
  ];
}

function contradictedByChain(receipt: Receipt): Case[] {
  const anchor = (change: object): object => ({ ...receipt, anchor: { ...receipt.anchor, ...change } });
  const otherContract = toHex(fixed("other").slice(0, 20));
  const unclaimed = { txHash: null, blockNumber: null, blockHash: null, status: "committed" };
  return [
    ["another chain id", anchor({ chainId: 1 }), "chain"],
    ["the auditor trusts another chain", receipt, "chain", "main", "another chain"],
    ["another chain answers, and none is trusted", receipt, "chain", "another chain", "the key only"],
    ["another contract", anchor({ contract: otherContract }), "contract"],
    ["the auditor trusts another contract", receipt, "contract", "main", "another contract"],
    ["no such transaction", anchor({ txHash: toHex(fixed("no transaction")) }), "transaction"],
    ["a reverted transaction", anchor({ txHash: OTHER_TXS.reverted }), "transaction"],
    ["a transaction to another contract", anchor({ txHash: OTHER_TXS.elsewhere }), "transaction"],
    ["another block number", anchor({ blockNumber: 8 }), "transaction"],
    [
      "a later block that is canonical",
      anchor({ blockNumber: 8, blockHash: NEXT_BLOCK_HASH }),
      "transaction",
    ],
    [
      "the canonical block of that number, which the transaction is not in",
      anchor({ blockHash: OTHER_BLOCK_HASH }),
      "transaction",
      "the block reorganised away",
    ],
    ["another block hash", anchor({ blockHash: toHex(fixed("no block")) }), "transaction"],
    ["the block reorganised away", receipt, "transaction", "the block reorganised away"],
    ["the block gone", receipt, "transaction", "no such block"],
    ["the transaction of another batch", anchor({ txHash: SUBTREES_TX }), "anchor"],
    ["a transaction that anchored nothing", receipt, "anchor", "nothing anchored"],
    ["a transaction that anchored another digest", receipt, "anchor", "another digest anchored"],
    ["a transaction that anchored another root", receipt, "anchor", "another root anchored"],
    ["a transaction with too few digests", receipt, "anchor", "too few digests anchored"],
    ["an event anchored by an earlier batch", sampleReceipt(2, 9, DIGESTS_TX), "anchor"],
    ["an event anchored by an earlier batch than the subtrees", sampleReceipt(5, 13, SUBTREES_TX), "anchor"],
    ["a contract without that size", receipt, "root", "no root at that size"],
    ["a contract with another root", receipt, "root", "another root at that size"],
    [
      "not yet anchored, and another root stands there",
      anchor(unclaimed),
      "root",
      "another root at that size",
    ],
    ["the chain unreachable", receipt, null, "unreachable"],
    ["the endpoint serves another chain than the trusted one", receipt, null, "another chain"],
  ];
}
