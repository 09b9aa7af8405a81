/** At start: whether to believe the wall clock. */
import { judgeClock } from "../domain/clock-check.ts";
import { HOUR } from "../domain/time.ts";
import { ChainUnavailable } from "../ports.ts";
import type { Chain, Clock, Logger, Store } from "../ports.ts";

/** The clock is far ahead of all that could confirm it. The message says what the operator can do. */
export class ClockMismatch extends Error {
  constructor(message: string) {
    super(message);
    this.name = "ClockMismatch";
  }
}

/**
 * @param chain null where its time is ours
 * @param strict refuse to start, rather than warn
 * @throws {ClockMismatch}
 */
export async function checkClock(
  { store, chain, clock, log }: { store: Store; chain: Chain | null; clock: Clock; log: Logger },
  strict: boolean,
): Promise<void> {
  const { lastTimestamp: ledger } = await store.read.events.head();
  const wall = clock.now();
  const verdict = judgeClock({ wall, ledger, chain: chain === null ? null : await blockTime(chain) });
  if (verdict.is === "fine") return;
  const hours = Math.floor(verdict.byMs / HOUR);
  const times = { clock: iso(wall), ledger: iso(ledger) };
  if (verdict.is === "behind") {
    log.error(
      times,
      `the clock is ${hours} hours behind the ledger's last event: time stands until it catches up`,
    );
    return;
  }
  const what = `the clock is ${hours} hours ahead of the ledger's last event and of the chain's latest block`;
  if (!strict) return log.warn(times, `${what}: if it was moved, locks ended early`);
  throw new ClockMismatch(
    `By this clock it is ${times.clock}: ${what} (${times.ledger}). Were it wrong, every ` +
      "lock would end now. Set the clock; or, if it is right and service and chain have rested, " +
      "start with CLOCK_TRUSTED=true.",
  );
}

async function blockTime(chain: Chain): Promise<number | null> {
  try {
    return await chain.latestBlockTime();
  } catch (error) {
    if (error instanceof ChainUnavailable) return null;
    throw error;
  }
}

const iso = (time: number): string => new Date(time).toISOString();
