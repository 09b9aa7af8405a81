/**
 * Attempts that are counted and not yet judged. Every counted attempt ends in one event: what came of it, or that nobody
 * will ever know. So a number without an event is a guess that somebody hid.
 */
import { failures } from "./lockout.ts";
import type { GuessCounter } from "./lockout.ts";
import { MINUTE, isoInstant } from "./time.ts";

export interface OpenAttempt {
  readonly attempt: number;
  readonly reservedAt: number;
}

/** Far longer than a hash takes: whoever reserved it has crashed, or could not reach the database again. */
export const WRITE_OFF_AFTER_MS = MINUTE;

/** Due to be written off before the next attempt is admitted. */
export function isStale({ reservedAt }: OpenAttempt, now: number): boolean {
  return now - reservedAt >= WRITE_OFF_AFTER_MS;
}

/**
 * What every event that touches a counter says of it, as it stands after: with the attempts under way and their times,
 * an auditor can make each reservation and each lock again, in the order in which they happened.
 */
export function counterFacts(counter: GuessCounter, open: readonly OpenAttempt[]) {
  const instant = (ms: number | null) => (ms === null ? null : isoInstant(ms));
  return {
    reserved: counter.reserved,
    failures: failures(counter),
    lockedUntil: instant(counter.lockedUntil),
    disabledAt: instant(counter.disabledAt),
    open: open.map(({ attempt, reservedAt }) => ({ attempt, reservedAt: isoInstant(reservedAt) })),
  };
}
