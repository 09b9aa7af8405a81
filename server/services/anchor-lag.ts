/** How long events waited for a block, of whichever epoch was the first to have them in one. */
import type { Reads } from "../ports.ts";
import { giveWay } from "./give-way.ts";

export interface AnchorLag {
  /**
   * The longest wait among the events [from, to), in ms: from being appended to our seeing them in a block, or until now.
   * The range is not empty.
   */
  longest(range: { readonly from: number; readonly to: number }, now: number): Promise<number>;
  /** Of the events before this index it changes no more: they are final. */
  readonly settled: number;
}

interface Stretch {
  readonly epoch: number;
  readonly from: number;
  readonly to: number;
}

export async function readAnchorLag(read: Pick<Reads, "anchors" | "events">): Promise<AnchorLag> {
  // A later epoch anchors all of the ledger again: that is not when its events first got there.
  const stretches: Stretch[] = [];
  let reached = 0;
  for (const { number: epoch } of (await read.anchors.epochs()).toReversed()) {
    const to = (await read.anchors.lastMined(epoch))?.toSize ?? 0;
    if (to > reached) stretches.push({ epoch, from: reached, to });
    reached = Math.max(reached, to);
  }

  const current = stretches.at(-1)?.epoch ?? 0;
  return {
    settled: (await read.anchors.lastFinal(current))?.toSize ?? 0,

    async longest({ from, to }, now) {
      await giveWay();
      const waits = [0];
      for (const stretch of stretches) {
        const first = Math.max(from, stretch.from);
        const end = Math.min(to, stretch.to);
        if (first < end) waits.push((await read.anchors.longestLag(stretch.epoch, first, end)) ?? 0);
      }
      if (to > reached) {
        const oldest = await read.events.timestampAt(Math.max(from, reached));
        if (oldest !== null) waits.push(now - oldest);
      }
      return Math.max(...waits);
    },
  };
}
