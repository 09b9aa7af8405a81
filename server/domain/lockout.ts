/**
 * How often a PIN may be guessed. Pure: the counter and the time come in, the next counter goes out.
 *
 * An attempt is *reserved* before the PIN is looked at and counts as a failure until its success is recorded, so a
 * crash or a race can only cost the guesser. Failures are not stored but derived: `reserved - cleared`, where `cleared`
 * is the number of the last attempt whose success counted. A success therefore clears what was reserved up to itself and
 * nothing after: a wrong guess running beside the rightful user's login still counts.
 */

/** After `failures` failures in a row, wait `waitMs`. */
export interface LockoutStep {
  readonly failures: number;
  readonly waitMs: number;
}

export interface LockoutSchedule {
  /** Ascending by failures. */
  readonly steps: readonly LockoutStep[];
  /** Past the last step its wait applies again after every so many further failures. */
  readonly repeatEvery: number;
  /** At so many failures in a row the credential is disabled until re-bound (NIST SP 800-63B-4 §3.2.2: at most 100). */
  readonly disableAt: number;
}

export interface GuessCounter {
  /** Attempts ever reserved; also the number of the last one. */
  readonly reserved: number;
  /** The number of the last attempt that succeeded in time; 0 if none has. */
  readonly cleared: number;
  readonly lockedUntil: number | null;
  readonly disabledAt: number | null;
}

export const NEW_COUNTER: GuessCounter = { reserved: 0, cleared: 0, lockedUntil: null, disabledAt: null };

/** May this guess be evaluated? */
export type Admission =
  | { readonly kind: "admitted"; readonly attempt: number; readonly counter: GuessCounter }
  | { readonly kind: "locked"; readonly until: number }
  | { readonly kind: "disabled" };

/** Failures in a row, attempts in flight included. */
export function failures(counter: GuessCounter): number {
  return counter.reserved - counter.cleared;
}

/** The wait that the given number of failures in a row brings, in ms; 0 where it brings none. */
export function waitAfter(schedule: LockoutSchedule, failed: number): number {
  const last = schedule.steps.at(-1);
  if (last === undefined || failed <= 0) return 0;
  if (failed > last.failures) {
    return (failed - last.failures) % schedule.repeatEvery === 0 ? last.waitMs : 0;
  }
  return schedule.steps.find((step) => step.failures === failed)?.waitMs ?? 0;
}

/** How many more failures until the next wait or the end; 0 when that point has just been reached. */
export function attemptsLeft(schedule: LockoutSchedule, counter: GuessCounter, now: number): number {
  if (isLocked(counter, now) || counter.disabledAt !== null) return 0;
  const failed = failures(counter);
  let left = 1;
  while (failed + left < schedule.disableAt && waitAfter(schedule, failed + left) === 0) left++;
  return left;
}

export function isLocked(counter: GuessCounter, now: number): boolean {
  return counter.lockedUntil !== null && now < counter.lockedUntil;
}

/** Reserves an attempt, counted as failed from here on, or says why not. */
export function admitAttempt(schedule: LockoutSchedule, counter: GuessCounter, now: number): Admission {
  if (counter.disabledAt !== null) return { kind: "disabled" };
  if (counter.lockedUntil !== null && now < counter.lockedUntil) {
    return { kind: "locked", until: counter.lockedUntil };
  }
  const reserved = counter.reserved + 1;
  const failed = reserved - counter.cleared;
  const waitMs = waitAfter(schedule, failed);
  return {
    kind: "admitted",
    attempt: reserved,
    counter: {
      reserved,
      cleared: counter.cleared,
      lockedUntil: waitMs > 0 ? now + waitMs : null,
      disabledAt: failed >= schedule.disableAt ? now : null,
    },
  };
}

/**
 * The attempt succeeded: clears it and all before it, and a lock that the rest does not deserve. Where the rest does
 * deserve one, a whole lock has passed since this attempt, and the success comes too late to clear anything: counting
 * anew from so far back would skip waits that were never served.
 */
export function recordSuccess(
  schedule: LockoutSchedule,
  counter: GuessCounter,
  attempt: number,
): GuessCounter {
  const firstWait = schedule.steps[0]?.failures ?? schedule.disableAt;
  if (attempt <= counter.cleared || counter.reserved - attempt >= firstWait) return counter;
  return { reserved: counter.reserved, cleared: attempt, lockedUntil: null, disabledAt: null };
}

/** A new secret was bound with proof of possession: a clean start. Numbering goes on, so the ledger shows no reuse. */
export function rebind(counter: GuessCounter): GuessCounter {
  return { reserved: counter.reserved, cleared: counter.reserved, lockedUntil: null, disabledAt: null };
}

/**
 * Support ends a wait. The failures stay counted: the next step comes where it would have come, and the cap no later. What
 * is disabled stays so, for that is no wait but the end of a secret.
 */
export function unlock(counter: GuessCounter): GuessCounter {
  return { ...counter, lockedUntil: null };
}
