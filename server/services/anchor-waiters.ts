/** Those who wait for an event to be in a block, each up to a deadline of its own. */

interface Waiter {
  readonly index: number;
  readonly resolve: (anchored: boolean) => void;
}

export class AnchorWaiters {
  #anchoredSize = 0;
  #waiting = new Set<Waiter>();
  #released = false;

  /** How many events are in blocks, as far as we were told. */
  get anchoredSize(): number {
    return this.#anchoredSize;
  }

  /** True once the event at `index` is in a block; false at the deadline, or when all are released. */
  wait(index: number, timeoutMs: number): Promise<boolean> {
    if (index < this.#anchoredSize) return Promise.resolve(true);
    if (timeoutMs <= 0 || this.#released) return Promise.resolve(false);
    return new Promise((resolve) => {
      const waiter: Waiter = {
        index,
        resolve: (anchored) => {
          clearTimeout(timer);
          this.#waiting.delete(waiter);
          resolve(anchored);
        },
      };
      const timer = setTimeout(() => waiter.resolve(false), timeoutMs);
      this.#waiting.add(waiter);
    });
  }

  get anyone(): boolean {
    return this.#waiting.size > 0;
  }

  /** The first `size` events are in blocks; fewer than before, where a reorganisation took some out again. */
  settle(size: number): void {
    this.#anchoredSize = size;
    for (const waiter of this.#waiting) if (waiter.index < size) waiter.resolve(true);
  }

  /** Lets go of all who wait, now and later. */
  release(): void {
    this.#released = true;
    for (const waiter of this.#waiting) waiter.resolve(false);
  }
}
