import {
  encodePayload,
  eventDigest,
  formatVerifierKey,
  fromUtf8,
  signCheckpoint,
  toHex,
} from "../../../server/ledger/index.ts";
import type { Receipt, Trust } from "../../../server/ledger/index.ts";
import type { ChainDescription } from "../../ledger/fake-chain.ts";
import { SIGNER, WITNESS, sampleEvent, sampleSalt } from "./events.ts";
import { fixed, keepTree } from "./tree.ts";

export const CHAIN_ID = 31337;
export const CONTRACT = toHex(fixed("contract").slice(0, 20));
export const DIGESTS_TX = toHex(fixed("transaction with digests"));
export const SUBTREES_TX = toHex(fixed("transaction with subtrees"));
const REVERTED_TX = toHex(fixed("reverted transaction"));
const ELSEWHERE_TX = toHex(fixed("transaction to another contract"));
export const OTHER_TXS = { reverted: REVERTED_TX, elsewhere: ELSEWHERE_TX };
const BLOCK_HASH = toHex(fixed("block 7"));
export const NEXT_BLOCK_HASH = toHex(fixed("block 8"));
export const OTHER_BLOCK_HASH = toHex(fixed("block 7, other branch"));

const EVENTS = Array.from({ length: 13 }, (_, n) => encodePayload(sampleEvent(n)));
const DIGESTS = EVENTS.map((payload, n) => eventDigest(sampleSalt(n), payload));
const TREE = keepTree(DIGESTS);

/** The receipt of the sample event at `index`, under the checkpoint of `size`. */
export function sampleReceipt(index: number, size: number, txHash: string): Receipt {
  return {
    format: "identity-ledger/receipt/v1",
    payload: fromUtf8(EVENTS[index] ?? new Uint8Array()),
    salt: toHex(sampleSalt(index)),
    index,
    checkpoint: checkpointNote(size),
    inclusionProof: TREE.inclusion(index, size).map(toHex),
    anchor: {
      status: "mined",
      chainId: CHAIN_ID,
      contract: CONTRACT,
      txHash,
      blockNumber: 7,
      blockHash: BLOCK_HASH,
    },
  };
}

/** The signed checkpoint of the sample tree. */
export function checkpointNote(size: number): string {
  return signCheckpoint({ origin: SIGNER.name, size, root: TREE.root(size), extensions: [] }, SIGNER);
}

const transaction = { status: "success", to: CONTRACT, blockNumber: 7, blockHash: BLOCK_HASH } as const;
const withDigests = {
  fromSize: 3,
  size: 9,
  root: toHex(TREE.root(9)),
  digests: DIGESTS.slice(3, 9).map(toHex),
};

/** One anchor with digests carried the tree from 3 to 9, one with subtrees from 9 to 13. */
const MAIN: ChainDescription = {
  chainId: CHAIN_ID,
  contract: CONTRACT,
  blocks: { "7": BLOCK_HASH, "8": NEXT_BLOCK_HASH },
  transactions: {
    [DIGESTS_TX]: { ...transaction, anchored: [withDigests] },
    [SUBTREES_TX]: {
      ...transaction,
      anchored: [{ fromSize: 9, size: 13, root: toHex(TREE.root(13)), digests: null }],
    },
    [REVERTED_TX]: { ...transaction, status: "reverted", anchored: [] },
    [ELSEWHERE_TX]: { ...transaction, to: toHex(fixed("other").slice(0, 20)), anchored: [withDigests] },
  },
  roots: { "3": toHex(TREE.root(3)), "9": toHex(TREE.root(9)), "13": toHex(TREE.root(13)) },
  reachable: true,
};

const digestsTx = { ...transaction, anchored: [withDigests] };
export const CHAINS: Record<string, ChainDescription> = {
  main: MAIN,
  unreachable: { ...MAIN, reachable: false },
  "another chain": { ...MAIN, chainId: 1 },
  "the block reorganised away": { ...MAIN, blocks: { "7": OTHER_BLOCK_HASH } },
  "no such block": { ...MAIN, blocks: {} },
  "no root at that size": { ...MAIN, roots: {} },
  "another root at that size": { ...MAIN, roots: { ...MAIN.roots, "9": toHex(TREE.root(8)) } },
  "another digest anchored": {
    ...MAIN,
    transactions: {
      [DIGESTS_TX]: {
        ...digestsTx,
        anchored: [{ ...withDigests, digests: [...withDigests.digests].reverse() }],
      },
    },
  },
  "another root anchored": {
    ...MAIN,
    transactions: {
      [DIGESTS_TX]: { ...digestsTx, anchored: [{ ...withDigests, root: toHex(TREE.root(8)) }] },
    },
  },
  "too few digests anchored": {
    ...MAIN,
    transactions: {
      [DIGESTS_TX]: {
        ...digestsTx,
        anchored: [{ ...withDigests, digests: withDigests.digests.slice(0, 3) }],
      },
    },
  },
  "nothing anchored": { ...MAIN, transactions: { [DIGESTS_TX]: { ...digestsTx, anchored: [] } } },
};

export const TRUST: Record<string, Trust> = {
  everything: { chainId: CHAIN_ID, contract: CONTRACT, ledgerKey: formatVerifierKey(SIGNER) },
  "no key": { chainId: CHAIN_ID, contract: CONTRACT },
  "no contract": { chainId: CHAIN_ID, ledgerKey: formatVerifierKey(SIGNER) },
  "the key only": { ledgerKey: formatVerifierKey(SIGNER) },
  "another key": { chainId: CHAIN_ID, contract: CONTRACT, ledgerKey: formatVerifierKey(WITNESS) },
  "another contract": { chainId: CHAIN_ID, contract: toHex(fixed("other").slice(0, 20)) },
  "another chain": { chainId: 1, contract: CONTRACT },
  nothing: {},
};
