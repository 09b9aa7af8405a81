import { signNote } from "../../../server/ledger/index.ts";
import type { Receipt } from "../../../server/ledger/index.ts";
import { SIGNER, WITNESS } from "./events.ts";
import { invalidReceipts } from "./receipt-mutations.ts";
import { CHAINS, DIGESTS_TX, SUBTREES_TX, TRUST, sampleReceipt } from "./sample-ledger.ts";

/** `receipt.json`: receipts with the chain they are checked against, and the verdict that must come out. */
export function receiptVectors(): object {
  return {
    description:
      "Each case: verify receipt with trust[case.trust] against chains[case.chain] (null: no endpoint). A valid case must " +
      "come out ok at this level; an invalid one must not, with this check the first to fail, or none when it could not " +
      "be checked.",
    trust: TRUST,
    chains: CHAINS,
    valid: valid(),
    invalid: invalidReceipts(),
  };
}

function valid(): object[] {
  const mined = sampleReceipt(5, 9, DIGESTS_TX);
  const none = { txHash: null, blockNumber: null, blockHash: null };
  const committed = { ...mined.anchor, ...none, status: "committed" as const };
  const broadcast = { ...mined.anchor, ...none, txHash: DIGESTS_TX, status: "broadcast" as const };
  const cosigned = signNote(mined.checkpoint.slice(0, mined.checkpoint.indexOf("\n\n") + 1), [
    WITNESS,
    SIGNER,
  ]);
  const cases: [name: string, receipt: Receipt, trust: string, chain: string | null, level: string][] = [
    ["mined, with digests", mined, "everything", "main", "chain"],
    ["mined, the first of its batch", sampleReceipt(3, 9, DIGESTS_TX), "everything", "main", "chain"],
    ["mined, the last of its batch", sampleReceipt(8, 9, DIGESTS_TX), "everything", "main", "chain"],
    ["mined, with subtrees", sampleReceipt(12, 13, SUBTREES_TX), "everything", "main", "chain"],
    ["final", { ...mined, anchor: { ...mined.anchor, status: "final" } }, "everything", "main", "chain"],
    ["mined, cosigned by a witness", { ...mined, checkpoint: cosigned }, "everything", "main", "chain"],
    ["mined, without a trusted key", mined, "no key", "main", "chain"],
    ["mined, without a trusted contract", mined, "no contract", "main", "offline"],
    ["mined, without a chain", mined, "everything", null, "offline"],
    ["mined, with nothing trusted", mined, "nothing", null, "none"],
    ["broadcast, and mined since", { ...mined, anchor: broadcast }, "everything", "main", "chain"],
    [
      "broadcast, and not mined yet",
      { ...mined, anchor: broadcast },
      "everything",
      "no root at that size",
      "offline",
    ],
    ["committed", { ...mined, anchor: committed }, "everything", "no root at that size", "offline"],
    [
      "committed, before any chain",
      { ...mined, anchor: { ...committed, chainId: null, contract: null } },
      "the key only",
      null,
      "offline",
    ],
  ];
  return cases.map(([name, receipt, trust, chain, level]) => ({ name, trust, chain, level, receipt }));
}
