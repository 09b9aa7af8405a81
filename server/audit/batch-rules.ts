import { toHex } from "../ledger/index.ts";
import type { DatabaseInside, StatedBatch } from "../ports/audit.ts";
import type { Anchor } from "./anchor-feed.ts";
import type { Findings } from "./findings.ts";
import type { LedgerTree } from "./ledger-tree.ts";

/** That what a database says of its batches is what the tree and the chain say of them. */
export class BatchRules {
  readonly #findings: Findings;
  readonly #batches: AsyncIterator<StatedBatch>;
  /** By epoch: how far its batches reach. */
  readonly #reach = new Map<number, number>();
  #next: StatedBatch | null = null;
  #begun = false;
  #currentReach = 0;

  constructor(inside: DatabaseInside, findings: Findings) {
    this.#batches = inside.batches()[Symbol.asyncIterator]();
    this.#findings = findings;
  }

  /** To be called at every size, 0 included. @param anchor the one that covers the event just appended */
  async check(tree: LedgerTree, anchor: Anchor | null): Promise<void> {
    if (!this.#begun) {
      this.#begun = true;
      await this.#advance();
    }
    while (this.#next !== null && this.#next.toSize <= tree.size) {
      this.#checkBatch(this.#next, tree, anchor);
      await this.#advance();
    }
  }

  /** @param anchoredSize the chain's size, looked at before the database was: nothing is sent that is not here */
  end(size: number, anchoredSize: number): void {
    if (this.#next !== null) {
      const { id, toSize } = this.#next;
      const message = `Batch ${id} reaches to size ${toSize}, but the ledger ends at ${size}.`;
      this.#findings.add("batch_beyond", size, message);
    }
    if (this.#currentReach < anchoredSize) {
      const message = `The chain's tree has size ${anchoredSize}; the batches reach to ${this.#currentReach}.`;
      this.#findings.add("batch_missing", this.#currentReach, message);
    }
  }

  #checkBatch(batch: StatedBatch, tree: LedgerTree, anchor: Anchor | null): void {
    const { id, epoch, fromSize, toSize, root } = batch;
    const begin = this.#reach.get(epoch) ?? 0;
    this.#reach.set(epoch, toSize);
    if (batch.current) this.#currentReach = toSize;
    if (fromSize !== begin || toSize < fromSize || toSize !== tree.size) {
      const message = `Batch ${id} goes from size ${fromSize} to ${toSize}, where the last one ended at ${begin}.`;
      this.#findings.add("batch_gap", begin, message);
    } else if (toHex(root) !== tree.root()) {
      const message = `Batch ${id} has not the root of the first ${toSize} events.`;
      this.#findings.add("batch_root", fromSize, message);
    } else if (batch.current && anchor !== null && anchor.size === toSize && fromSize < toSize) {
      this.#checkPlace(batch, anchor);
    }
  }

  /** Only once final: until then a reorganisation may have moved it, and the service not noticed yet. */
  #checkPlace(batch: StatedBatch, anchor: Anchor): void {
    const { id, fromSize, status, txHash, blockNumber, blockHash } = batch;
    if (status !== "final") return;
    const same =
      fromSize === anchor.fromSize &&
      txHash === anchor.txHash &&
      blockNumber === anchor.blockNumber &&
      blockHash === anchor.blockHash;
    if (same) return;
    const message = `Batch ${id} is not where the chain has it: transaction ${anchor.txHash}, block ${anchor.blockNumber}.`;
    this.#findings.add("batch_place", fromSize, message);
  }

  async #advance(): Promise<void> {
    const step = await this.#batches.next();
    this.#next = step.done === true ? null : step.value;
  }
}
