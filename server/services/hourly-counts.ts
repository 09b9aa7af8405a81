/**
 * Counts the ledger's events by hour, each once: what is appended never changes, so the next look goes on where the last
 * one ended. The first look after a start reads as far back as was asked for.
 */
import { NO_COUNTS, withOutcomes } from "../domain/figures.ts";
import type { HourCounts } from "../domain/figures.ts";
import type { EventOutcomes, Reads } from "../ports.ts";
import { firstAt } from "./event-reader.ts";
import { giveWay } from "./give-way.ts";

/** An hour that has events: those of [from, to). */
export interface CountedHour {
  readonly counts: HourCounts;
  readonly from: number;
  readonly to: number;
}

/** Events counted in one statement: SQLite stops this process meanwhile, for a few ms. */
const CHUNK = 1_000;

export class HourlyCounts {
  readonly #events: Reads["events"];
  readonly #hours = new Map<number, CountedHour>();
  /** The events of [from, to), all from `since` on, are counted. */
  #counted: { since: number; from: number; to: number } | null = null;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(read: Pick<Reads, "events">) {
    this.#events = read.events;
  }

  /** By the start of the hour; hours without events are left out. @param since start of the first, in ms */
  async since(since: number): Promise<ReadonlyMap<number, CountedHour>> {
    // One after the other: two at once would count the same events twice.
    const turn = this.#turn.then(() => this.#count(since));
    this.#turn = turn.catch(() => {});
    await turn;
    return new Map([...this.#hours].filter(([hour]) => hour >= since));
  }

  /** Whether this is what is known of an hour, still. */
  holds(hour: CountedHour): boolean {
    return [...this.#hours.values()].includes(hour);
  }

  /** Lets go of the hours before. */
  forget(before: number): void {
    for (const hour of this.#hours.keys()) if (hour < before) this.#hours.delete(hour);
    if (this.#counted === null || this.#counted.since >= before) return;
    const kept = [...this.#hours.values()].map(({ from }) => from);
    this.#counted.since = before;
    this.#counted.from = Math.min(this.#counted.to, ...kept);
  }

  async #count(since: number): Promise<void> {
    const { size } = await this.#events.head();
    if (this.#counted === null) {
      const from = await firstAt(this.#events, since, size);
      this.#counted = { since, from, to: from };
    }
    const counted = this.#counted;
    if (since < counted.since) {
      const first = await firstAt(this.#events, since, counted.from);
      while (counted.from > first) {
        const from = Math.max(first, counted.from - CHUNK);
        this.#add(from, await this.#outcomes(from, counted.from));
        counted.from = from;
      }
      counted.since = since;
    }
    while (counted.to < size) {
      const to = Math.min(size, counted.to + CHUNK);
      this.#add(counted.to, await this.#outcomes(counted.to, to));
      counted.to = to;
    }
  }

  async #outcomes(from: number, to: number): Promise<EventOutcomes[]> {
    await giveWay();
    return this.#events.outcomes(from, to);
  }

  /** The ledger's time never goes back: each hour's events are neighbours, and follow those of the hour before. */
  #add(from: number, outcomes: readonly EventOutcomes[]): void {
    let position = from;
    for (const hour of [...new Set(outcomes.map(({ hour }) => hour))].sort((a, b) => a - b)) {
      const known = this.#hours.get(hour) ?? { counts: NO_COUNTS, from: position, to: position };
      const own = outcomes.filter((one) => one.hour === hour);
      const end = own.reduce((sum, { count }) => sum + count, position);
      this.#hours.set(hour, {
        counts: own.reduce(withOutcomes, known.counts),
        from: Math.min(known.from, position),
        to: Math.max(known.to, end),
      });
      position = end;
    }
  }
}
