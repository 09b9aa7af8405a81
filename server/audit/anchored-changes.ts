import { BATCH_LIMITS } from "../domain/batching.ts";
import type { ConsentLog } from "../ports/audit.ts";
import type { Anchor } from "./anchor-feed.ts";

/** The consent changes that the contract was told, one by one. */
export interface ChangeFeed {
  /** The next one before the next anchor, or before the view ends; null where there is none. */
  change(): Promise<ConsentLog | null>;
}

/** More than that of what does not fit is not kept: it condemns a ledger no further. */
export const MOST_KEPT = 10_000;

/**
 * The changes that came with an anchor: those of its transaction, and of the next ones as long as each is full. A batch
 * takes as many changes as fit, and what is left over goes before any newer event (domain/batching.ts).
 */
export class AnchoredChanges {
  /** The size that the anchor led to, and its block. */
  size = 0;
  block: number | null = null;
  /** Those of transactions that had no business with consents. */
  late: ConsentLog[] = [];
  #txHash: string | null = null;
  #inTransaction = 0;
  #taken = 0;
  /** Still to come, and taken before: the chain is read again from the anchor on. */
  #again = 0;

  begin({ size, blockNumber, txHash }: Anchor): void {
    this.size = size;
    this.block = blockNumber;
    this.late = [];
    this.#txHash = txHash;
    this.#inTransaction = 0;
    this.#taken = 0;
    this.#again = 0;
  }

  readAgain(): void {
    this.#again = this.#taken;
  }

  /** Whether what events tell may still follow. */
  get full(): boolean {
    return this.#inTransaction >= BATCH_LIMITS.consentChanges;
  }

  async next(feed: ChangeFeed): Promise<ConsentLog | null> {
    for (;;) {
      const log = await feed.change();
      if (log === null) return null;
      if (this.#again > 0) {
        this.#again -= 1;
        continue;
      }
      this.#taken += 1;
      if (log.txHash !== this.#txHash) {
        if (!this.full) {
          if (this.late.length < MOST_KEPT) this.late.push(log);
          continue;
        }
        this.#txHash = log.txHash;
        this.#inTransaction = 0;
      }
      this.#inTransaction += 1;
      return log;
    }
  }
}
