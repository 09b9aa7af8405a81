/** The support portal's figures: hour by hour, from the ledger's own events, and in none of them anybody. */
import { NO_COUNTS, hourOf } from "../domain/figures.ts";
import type { HourCounts } from "../domain/figures.ts";
import { HOUR } from "../domain/time.ts";
import type { Clock, Store } from "../ports.ts";
import { readAnchorLag } from "./anchor-lag.ts";
import type { AnchorLag } from "./anchor-lag.ts";
import { HourlyCounts } from "./hourly-counts.ts";
import type { CountedHour } from "./hourly-counts.ts";
import type { WeakRejections } from "./weak-rejections.ts";

export const MOST_HOURS = 168;

export interface HourFigures extends HourCounts {
  /** In ms. */
  readonly start: number;
  readonly weakRejections: number;
  /** The longest that an event of this hour waited for a block, or waits; null where there is none. */
  readonly longestLagMs: number | null;
}

export interface Figures {
  readonly asOf: number;
  /** In order, none left out; the last is the one that goes on. */
  readonly hours: readonly HourFigures[];
}

export interface FiguresService {
  /** @param count 1 to MOST_HOURS */
  last(count: number): Promise<Figures>;
}

export function createFigures(deps: {
  readonly store: Store;
  readonly clock: Clock;
  readonly weakRejections: WeakRejections;
}): FiguresService {
  const { store, clock, weakRejections } = deps;
  const events = new HourlyCounts(store.read);
  /** Of hours whose events are final: so they need not be looked at again. */
  let settled: ReadonlyMap<CountedHour, number> = new Map();

  async function lagsOf(counted: ReadonlyMap<number, CountedHour>, lag: AnchorLag, now: number) {
    const known = settled;
    const lags = new Map<CountedHour, number>();
    for (const hour of counted.values()) {
      lags.set(hour, known.get(hour) ?? (await lag.longest(hour, now)));
    }
    // An hour to which events are added is another object; of the one before, and of hours long past, nobody asks again.
    const final = [...known, ...lags].filter(([hour]) => hour.to <= lag.settled && events.holds(hour));
    settled = new Map(final);
    return lags;
  }

  return {
    async last(count) {
      // The ledger's time may be ahead of the clock, and its events with it.
      const now = Math.max(clock.now(), (await store.read.events.head()).lastTimestamp);
      const current = hourOf(now);
      const first = current - (count - 1) * HOUR;
      const counted = await events.since(first);
      events.forget(current - (MOST_HOURS - 1) * HOUR);
      const weak = await weakRejections.between(first, current + HOUR);
      const lags = await lagsOf(counted, await readAnchorLag(store.read), now);
      const hours: HourFigures[] = [];
      for (let start = first; start <= current; start += HOUR) {
        const hour = counted.get(start);
        hours.push({
          start,
          ...(hour?.counts ?? NO_COUNTS),
          weakRejections: weak.get(start) ?? 0,
          longestLagMs: hour === undefined ? null : (lags.get(hour) ?? null),
        });
      }
      return { asOf: now, hours };
    },
  };
}
