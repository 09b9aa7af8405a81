/** The anchors of a contract, however many: of all of them some, evenly spread; of the newest every one. */
import type { AnchorLog } from "../../../ports/audit.ts";

export interface AnchorInShort {
  readonly blockNumber: number;
  readonly fromSize: number;
  readonly size: number;
  readonly root: string;
  readonly txHash: string;
  readonly kind: AnchorLog["leaves"]["kind"];
}

export class AnchorHistory {
  readonly #mostPoints: number;
  readonly #mostNewest: number;
  #points: AnchorInShort[] = [];
  #every = 1;
  #newest: AnchorInShort[] = [];
  count = 0;

  /** @param mostPoints at least 2 */
  constructor(mostPoints: number, mostNewest: number) {
    this.#mostPoints = mostPoints;
    this.#mostNewest = mostNewest;
  }

  add({ blockNumber, fromSize, size, root, txHash, leaves }: AnchorLog): void {
    const anchor = { blockNumber, fromSize, size, root, txHash, kind: leaves.kind };
    if (this.count % this.#every === 0) this.#points.push(anchor);
    this.count += 1;
    if (this.#points.length > this.#mostPoints) {
      this.#every *= 2;
      this.#points = this.#points.filter((_, i) => i % 2 === 0);
    }
    this.#newest.push(anchor);
    // Not at every one, or each would move all the others.
    if (this.#newest.length > 2 * this.#mostNewest) this.#newest = this.#newest.slice(-this.#mostNewest);
  }

  /** From the oldest on, the newest always among them. */
  points(): readonly AnchorInShort[] {
    const last = this.#newest.at(-1);
    return last === undefined || this.#points.at(-1) === last ? this.#points : [...this.#points, last];
  }

  /** The newest first. */
  newest(): readonly AnchorInShort[] {
    return this.#newest.slice(-this.#mostNewest).reverse();
  }
}
