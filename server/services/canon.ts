/**
 * Keeps what we say of blocks true: `mined` while the block is canonical, `final` once the chain will not take it back.
 *
 * A block commits to its ancestors, so the newest that we are in vouches for those that it was built upon. Which they
 * are has to be looked at while it is new: one may have gone, with its transaction sent again, before the next came.
 */
import { FALLBACK_DEPTH, finalBlock, seenAs } from "../domain/finality.ts";
import type { BlockSeen, Finality } from "../domain/finality.ts";
import { toHex } from "../ledger/index.ts";
import type { Batch, Chain, Epoch, Logger, Store } from "../ports.ts";
import { AnchorTrouble } from "./anchor-trouble.ts";
import type { SendingLease } from "./lease.ts";
import { assertFinalBlockStands, confirmPlace } from "./place.ts";

export interface CanonOptions {
  readonly store: Store;
  readonly chain: Chain;
  readonly epoch: Epoch;
  readonly lease: SendingLease;
  readonly finality: Finality;
  readonly monotonic: () => number;
  readonly log: Logger;
}

/** Behind a load balancer some nodes are late; one that stays behind is on another branch. */
const BEHIND_PATIENCE_MS = 15_000;
/** Batches that are asked about in one look, each with a call: sending waits for it. */
const MOST_AT_ONCE = 50;
/** Behind a load balancer one node may be on a branch of its own. What is gone, no answer of so many has in its place. */
const ASKED = 5;
/** For so long an endpoint must not know the tag, before we believe that it has none. */
const TAG_PATIENCE_MS = 60_000;

export class Canon {
  readonly #options: CanonOptions;
  #behindSince: number | null = null;
  /** Of the newest batch at the last look: it and all before it were on one branch. */
  #vouchedId: number | null = null;
  #tagKnown = false;
  #tagMissing: { readonly since: number; told: boolean } | null = null;
  /** Reorganisations that took blocks of ours. */
  reorgs = 0;

  constructor(options: CanonOptions) {
    this.#options = options;
  }

  /** One look at the chain. Returns whether everything mined is final. */
  async look(): Promise<boolean> {
    const { store, chain, epoch, lease } = this.#options;
    // Before the block: what is final by then is final, too, when the block is found in place.
    const head = await chain.blockNumber();
    const newest = await store.read.anchors.lastMined(epoch.number);
    if (newest === null) return true;
    if (newest.status === "final") {
      await assertFinalBlockStands(store.read, chain, epoch);
      return true;
    }
    const upTo = await this.#finalBlock(head);
    const intact = (await this.#stands(newest)) && (await this.#builtUpon(newest));
    if (!intact && (await this.#setBack())) return false;
    const last = upTo === null ? null : await this.#lastFinal(upTo);
    if (last === null) return false;
    await this.#assertRecorded(newest);
    await lease.write((tx) => tx.anchors.setFinal(epoch.number, last.id));
    return last.id === newest.id;
  }

  /** Another may have sent meanwhile: what was seen then is to be seen again. */
  forget(): void {
    this.#vouchedId = null;
    this.#behindSince = null;
  }

  /** False where one of those that were mined since the last look is gone. What was seen to stand is remembered at once. */
  async #builtUpon(newest: Batch): Promise<boolean> {
    const { store, epoch } = this.#options;
    const part = { fromBatchId: this.#vouchedId ?? 0, limit: MOST_AT_ONCE };
    for (const batch of await store.read.anchors.unfinalized(epoch.number, part)) {
      if (batch.id !== newest.id && (await this.#isGone(batch))) return false;
      this.#vouchedId = batch.id;
    }
    return true;
  }

  /**
   * Of those that are deep enough the last, in their order, up to the first that is not, or does not stand. Each is asked
   * for: what is said for ever is not deduced from what was seen at several looks, by nodes that may have disagreed.
   */
  async #lastFinal(upTo: number): Promise<Batch | null> {
    const { store, epoch } = this.#options;
    let last: Batch | null = null;
    for (const batch of await store.read.anchors.unfinalized(epoch.number, { limit: MOST_AT_ONCE })) {
      if (batch.mined === null || batch.mined.blockNumber > upTo) break;
      if ((await this.#seen(batch)) !== "canonical") {
        if (await this.#isGone(batch)) this.forget();
        break;
      }
      last = batch;
    }
    return last;
  }

  async #finalBlock(head: number): Promise<number | null> {
    const { finality, chain, monotonic, log } = this.#options;
    if (typeof finality === "number") return finalBlock(finality, { head, finalized: null });
    const finalized = await chain.finalizedBlock();
    if (finalized !== null) {
      this.#tagKnown = true;
      return finalBlock(finality, { head, finalized });
    }
    if (this.#tagKnown) return null;
    this.#tagMissing ??= { since: monotonic(), told: false };
    if (monotonic() - this.#tagMissing.since < TAG_PATIENCE_MS) return null;
    if (finality === "finalized") {
      throw new AnchorTrouble(
        "rejected",
        "the endpoint knows no finalized block: set ANCHOR_CONFIRMATIONS to a depth",
      );
    }
    if (!this.#tagMissing.told) {
      this.#tagMissing.told = true;
      log.warn(
        { depth: FALLBACK_DEPTH },
        "the endpoint knows no finalized block: an anchor is final at this depth (ANCHOR_CONFIRMATIONS)",
      );
    }
    return finalBlock(finality, { head, finalized });
  }

  /**
   * That a block stands does not say that the batch is in it: of that we have only had a receipt. The newest root is
   * asked for, which commits to every batch before it; what is final is never taken back.
   */
  async #assertRecorded({ toSize, root, mined }: Batch): Promise<void> {
    const recorded = await this.#options.chain.rootAt(toSize);
    if (recorded === toHex(root)) return;
    const none = /^0x0*$/.test(recorded);
    throw new AnchorTrouble(
      none ? "chain_behind" : "chain_mismatch",
      `${mined?.txHash} is said to have brought the contract to ${toSize} events, where its root is ` +
        `${none ? "none" : `${recorded}, and ours is another`}: nothing is called final, and nothing is sent`,
    );
  }

  async #stands(newest: Batch): Promise<boolean> {
    const { monotonic } = this.#options;
    const seen = await this.#seen(newest);
    if (seen !== "unknown") {
      this.#behindSince = null;
      return seen === "canonical";
    }
    this.#behindSince ??= monotonic();
    if (this.#behindForLong()) return false;
    throw new AnchorTrouble(
      "chain_behind",
      `the endpoint does not have block ${newest.mined?.blockNumber}, in which we are anchored; waiting for it to catch up`,
    );
  }

  /**
   * The first batch whose block is gone, and all after it, are on their way again: in one write, and in order.
   * Returns false where none is gone after all.
   */
  async #setBack(): Promise<boolean> {
    const { store, chain, epoch, lease, log } = this.#options;
    const mined = await store.read.anchors.unfinalized(epoch.number);
    let first = mined.length;
    for (const [i, batch] of [...mined.entries()].reverse()) {
      if (await this.#isGone(batch)) first = i;
      // What is before it was on its branch, and is.
      else if (batch.id <= (this.#vouchedId ?? -1)) break;
    }
    const gone = mined[first];
    if (gone === undefined) return false;
    // Another chain has other blocks, too. That is no reorganisation, and moves nothing.
    await confirmPlace(store.read, chain, epoch);
    await lease.write((tx) => tx.anchors.setBack(epoch.number, gone.id));
    this.#vouchedId = mined[first - 1]?.id ?? null;
    this.#behindSince = null;
    this.reorgs++;
    log.warn(
      { block: gone.mined?.blockNumber, batches: mined.length - first, fromSize: gone.fromSize },
      "the chain was reorganised: anchors are on their way again",
    );
    return true;
  }

  async #isGone(batch: Batch): Promise<boolean> {
    let replaced = false;
    for (let asked = 0; asked < ASKED; asked++) {
      const seen = await this.#seen(batch);
      if (seen === "canonical") return false;
      replaced ||= seen === "replaced";
    }
    return replaced || this.#behindForLong();
  }

  #behindForLong(): boolean {
    const since = this.#behindSince;
    return since !== null && this.#options.monotonic() - since >= BEHIND_PATIENCE_MS;
  }

  async #seen({ mined }: Batch): Promise<BlockSeen> {
    if (mined === null) throw new Error("a mined batch is in a block");
    return seenAs(mined.blockHash, await this.#options.chain.blockHash(mined.blockNumber));
  }
}
