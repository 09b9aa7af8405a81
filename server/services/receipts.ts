/** What we tell about an event that is in the ledger: where it is anchored, and the proof. */
import { Refusal } from "../domain/errors.ts";
import { RECEIPT_FORMAT, fromUtf8, toHex } from "../ledger/index.ts";
import type { AnchorStatus, Receipt, ReceiptAnchor } from "../ledger/index.ts";
import type { Batch, CheckpointSigner, Epoch, Store, StoredEvent } from "../ports.ts";
import { inclusionProof, rootAt } from "./tree.ts";

/** A place in an earlier epoch: what it says was true when we left it. */
export type EarlierAnchor = ReceiptAnchor & { readonly epoch: number };

export interface Receipts {
  /** @throws {Refusal} NOT_FOUND */
  event(id: string): Promise<{
    event: StoredEvent;
    anchor: ReceiptAnchor;
    /** Where it was anchored before the ledger moved, latest first: receipts of that time name these. */
    earlierAnchors: EarlierAnchor[];
  }>;
  anchorOf(index: number): Promise<ReceiptAnchor>;
  /** Of events in the ledger's order or the opposite one: many a batch has several of them. */
  anchorsOf(indices: readonly number[]): Promise<ReceiptAnchor[]>;
  /** Self-contained: verifies with an RPC URL and nothing from us. @throws {Refusal} NOT_FOUND, EVENT_ERASED */
  receipt(id: string): Promise<Receipt>;
  /** The signed note of the latest size that the chain has. */
  checkpoint(): Promise<string>;
  verifierKey(): Promise<string>;
}

export function createReceipts(deps: {
  readonly store: Store;
  readonly signer: CheckpointSigner;
  readonly epoch: Epoch;
}): Receipts {
  const { signer, epoch } = deps;
  const { read } = deps.store;

  const find = async (id: string): Promise<StoredEvent> => {
    const event = await read.events.byId(id);
    if (event === null)
      throw new Refusal("NOT_FOUND", "There is no event with this id.", { reason: "unknown_event" });
    return event;
  };

  const sign = async (ledgerId: string, size: number) =>
    signer.checkpoint(ledgerId, size, await rootAt(read, size));

  async function anchorOf(batch: Batch | null, { chainId, contract } = epoch): Promise<ReceiptAnchor> {
    if (batch?.mined) return { status: batch.status, chainId, contract, ...batch.mined };
    const status: AnchorStatus = batch === null ? "committed" : "broadcast";
    const attempt = batch === null ? undefined : (await read.anchors.attempts(batch.id)).at(-1);
    return { status, chainId, contract, txHash: attempt?.txHash ?? null, blockNumber: null, blockHash: null };
  }

  async function earlierAnchors(index: number): Promise<EarlierAnchor[]> {
    const found: EarlierAnchor[] = [];
    for (const earlier of await read.anchors.epochs()) {
      // An embedded chain is gone with its process: what stood there, nobody can look up.
      if (earlier.number >= epoch.number || earlier.disposable) continue;
      const batch = await read.anchors.covering(earlier.number, index);
      if (batch !== null) found.push({ epoch: earlier.number, ...(await anchorOf(batch, earlier)) });
    }
    return found;
  }

  return {
    async event(id) {
      const event = await find(id);
      const anchor = await anchorOf(await read.anchors.covering(epoch.number, event.index));
      return { event, anchor, earlierAnchors: await earlierAnchors(event.index) };
    },

    anchorOf: async (index) => anchorOf(await read.anchors.covering(epoch.number, index)),

    async anchorsOf(indices) {
      const anchors: ReceiptAnchor[] = [];
      let batch: Batch | null = null;
      for (const index of indices) {
        const last = anchors.at(-1);
        if (last !== undefined && batch !== null && index >= batch.fromSize && index < batch.toSize) {
          anchors.push(last);
          continue;
        }
        batch = await read.anchors.covering(epoch.number, index);
        anchors.push(await anchorOf(batch));
      }
      return anchors;
    },

    async receipt(id) {
      const event = await find(id);
      if (event.payload === null || event.salt === null) {
        throw new Refusal("EVENT_ERASED", "This event was erased; its digest still stands.", {
          reason: "event_erased",
        });
      }
      const batch = await read.anchors.covering(epoch.number, event.index);
      const { ledgerId, size: ledgerSize } = await read.events.head();
      // The checkpoint is the one that the batch's transaction recorded on chain; before there is one, the latest.
      const size = batch?.toSize ?? ledgerSize;
      const proof = await inclusionProof(read, event.index, size);
      return {
        format: RECEIPT_FORMAT,
        payload: fromUtf8(event.payload),
        salt: toHex(event.salt),
        index: event.index,
        checkpoint: await sign(ledgerId, size),
        inclusionProof: proof.map(toHex),
        anchor: await anchorOf(batch),
      };
    },

    async checkpoint() {
      const { ledgerId } = await read.events.head();
      const batch = await read.anchors.lastMined(epoch.number);
      return sign(ledgerId, batch?.toSize ?? 0);
    },

    async verifierKey() {
      const { ledgerId } = await read.events.head();
      return signer.verifierKey(ledgerId);
    },
  };
}
