/** What support sees of a day: the numbers of its hours, and nobody in them (seed 004, FR-017). */
import type { EventType } from "./events.ts";
import { HOUR } from "./time.ts";

export interface HourCounts {
  /** First PINs, of all policies. */
  readonly setUps: number;
  /** Verifications of a PIN that was right. */
  readonly right: number;
  readonly wrong: number;
  /** Verifications not let in, because the PIN was locked or disabled. */
  readonly refused: number;
  /** Locks that an attempt brought about, whatever it was for. */
  readonly lockouts: number;
}

export const NO_COUNTS: HourCounts = { setUps: 0, right: 0, wrong: 0, refused: 0, lockouts: 0 };

export const hourOf = (instant: number): number => instant - (instant % HOUR);

/** So many events of one kind that came to the same. */
export interface Outcomes {
  readonly type: string;
  /** Null where the operation has none, and for a person who was erased. */
  readonly result: string | null;
  /** Whether the attempt that the event is about brought about a lock: it is the last one counted, and a lock stands. */
  readonly locks: boolean;
  readonly count: number;
}

const VERIFIED: Readonly<Record<string, "right" | "wrong" | "refused">> = {
  valid: "right",
  invalid: "wrong",
  locked: "refused",
  disabled: "refused",
};

export function withOutcomes(counts: HourCounts, { type, result, locks, count }: Outcomes): HourCounts {
  const verified =
    type === ("pin_verify" satisfies EventType) && result !== null ? VERIFIED[result] : undefined;
  return {
    ...counts,
    setUps: counts.setUps + (type === ("pin_set" satisfies EventType) ? count : 0),
    ...(verified === undefined ? {} : { [verified]: counts[verified] + count }),
    lockouts: counts.lockouts + (locks ? count : 0),
  };
}
