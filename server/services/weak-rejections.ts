/**
 * How many set-ups were refused because the PIN was weak. Such a refusal changes nothing and has no event, and must stay
 * free: were each written down, whoever sends weak PINs would make us write. So they are counted here and written down
 * together, now and then; a crash loses the last few seconds of a number that is for charts.
 */
import { hourOf } from "../domain/figures.ts";
import type { Clock, Store } from "../ports.ts";

export interface WeakRejections {
  note(): void;
  /** Writes down what was counted; what cannot be written is kept for the next time. */
  flush(): Promise<void>;
  /** By hour, in [from, to); those of other processes as far as they wrote them down. */
  between(from: number, to: number): Promise<ReadonlyMap<number, number>>;
}

export function createWeakRejections({
  store,
  clock,
}: {
  readonly store: Store;
  readonly clock: Clock;
}): WeakRejections {
  const counted = new Map<number, number>();
  const add = (hour: number, count: number) => void counted.set(hour, (counted.get(hour) ?? 0) + count);

  async function flush(): Promise<void> {
    for (const hour of [...counted.keys()]) {
      const count = counted.get(hour) ?? 0;
      // Taken before it is written: whoever flushes meanwhile must not write it, too.
      if (!counted.delete(hour)) continue;
      await store
        .write((tx) => tx.weakRejections.add(hour, count))
        .catch((error: unknown) => {
          add(hour, count);
          throw error;
        });
    }
  }

  return {
    note: () => add(hourOf(clock.now()), 1),
    flush,
    async between(from, to) {
      // Whoever only reads is not told that a write failed: then what waits for it is added here.
      await flush().catch(() => {});
      const rows = await store.read.weakRejections.between(from, to);
      const sums = new Map([...counted].filter(([hour]) => from <= hour && hour < to));
      for (const { hour, count } of rows) sums.set(hour, (sums.get(hour) ?? 0) + count);
      return sums;
    },
  };
}
