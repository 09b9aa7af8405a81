import type { Clock } from "../ports.ts";

/** Up to here a difference is drift, corrected by NTP in small steps, and followed. */
const DRIFT_MS = 1_000;

/**
 * Wall-clock time that does not jump. An operator (or an attacker with NTP) who moves the clock ahead would end every
 * lock, so time advances with the monotonic clock and follows the wall only within {@link DRIFT_MS}.
 */
export class SteadyClock implements Clock {
  readonly #wall: () => number;
  readonly #monotonic: () => number;
  #last: { readonly time: number; readonly monotonic: number };

  constructor(wall: () => number = Date.now, monotonic: () => number = () => performance.now()) {
    this.#wall = wall;
    this.#monotonic = monotonic;
    this.#last = { time: wall(), monotonic: monotonic() };
  }

  now(): number {
    const monotonic = this.#monotonic();
    const expected = this.#last.time + Math.max(0, monotonic - this.#last.monotonic);
    const wall = this.#wall();
    const followed = Math.abs(wall - expected) <= DRIFT_MS ? wall : expected;
    this.#last = { time: Math.max(this.#last.time, followed), monotonic };
    return Math.floor(this.#last.time);
  }
}
