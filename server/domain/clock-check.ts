/**
 * Whether a wall clock can be believed at start. While a process runs, time does not jump (crypto/clock.ts); but a clock
 * that was moved ahead *between* two runs would end every lock. Nothing here knows the true time. The ledger's last event
 * and the chain's last block say no more than: not earlier than this. Pure.
 */
import { DAY, HOUR } from "./time.ts";

export interface Clocks {
  readonly wall: number;
  /** The ledger's last event; 0 where there is none. */
  readonly ledger: number;
  /** The chain's latest block; null where the chain does not answer, or takes its time from us. */
  readonly chain: number | null;
}

export type ClockVerdict =
  | { readonly is: "fine" }
  /** Time will stand at the ledger's last event until the clock has caught up: order and locks hold. */
  | { readonly is: "behind"; readonly byMs: number }
  /** Later than both by so much that either nothing happened for a day, here and on the chain, or it was moved. */
  | { readonly is: "ahead"; readonly byMs: number };

export function judgeClock({ wall, ledger, chain }: Clocks): ClockVerdict {
  if (ledger - wall > HOUR) return { is: "behind", byMs: ledger - wall };
  // A new ledger has no locks to end; and without a chain there is nothing to hold a long silence against.
  if (ledger === 0 || chain === null) return { is: "fine" };
  const byMs = wall - Math.max(ledger, chain);
  return byMs > DAY ? { is: "ahead", byMs } : { is: "fine" };
}
