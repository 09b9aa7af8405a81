import type { Clock } from "../ports.ts";

/** A larger difference is no drift but a clock that was set, by an operator or an attacker, and is not followed. */
const DRIFT_MS = 1_000;
/** How fast drift is made up for: twice what NTP slews by (500 ppm), and too little to be walked through a lock. */
const SLEW = 0.001;

/**
 * Wall-clock time that does not jump. Whoever moves the clock ahead, at once or in small steps, would end every lock:
 * so time advances with the monotonic clock, and is drawn towards the wall by a thousandth of what passes.
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
    const elapsed = Math.max(0, monotonic - this.#last.monotonic);
    const expected = this.#last.time + elapsed;
    const drift = this.#wall() - expected;
    const slew = SLEW * elapsed;
    const correction = Math.abs(drift) > DRIFT_MS ? 0 : Math.min(slew, Math.max(-slew, drift));
    this.#last = { time: expected + correction, monotonic };
    return Math.floor(this.#last.time);
  }
}
