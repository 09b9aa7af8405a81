/** The guess counter of a credential, made again by the very functions that the service counts with. */
import { admitAttempt, failures } from "../../domain/lockout.ts";
import type { GuessCounter, LockoutSchedule } from "../../domain/lockout.ts";
import { isStale } from "../../domain/open-attempts.ts";
import type { OpenAttempt } from "../../domain/open-attempts.ts";
import { POLICIES } from "../../domain/policy.ts";
import { newAttempts, readClaim } from "./attempts.ts";
import type { Claim } from "./attempts.ts";
import { iso } from "./event.ts";
import type { ReplayEvent, Report } from "./event.ts";
import type { CredentialState } from "./state.ts";

/** A lock that is older than so many others is not what a guess is refused for that is only now recorded. */
const LOCKS_KEPT = 8;

export interface Step {
  /** The attempt whose event this is. */
  readonly own: OpenAttempt | null;
  readonly succeeded: boolean;
  /** What the event does to the counter. */
  readonly apply: (counter: GuessCounter) => GuessCounter;
}

/**
 * Makes the reservations since the event before, in order and at their times, then what the event itself does, and
 * compares. After a finding it goes on from what the event claims: one forgery is one finding, not a thousand.
 */
export function replayCounter(
  event: ReplayEvent,
  credential: CredentialState,
  { own, succeeded, apply }: Step,
  report: Report,
): Claim {
  const claim = readClaim(event.outcome);
  let sound = true;
  const found: Report = (code, message) => {
    sound = false;
    report(code, message);
  };
  for (const attempt of newAttempts(credential, claim, own, found)) {
    reserve(event, credential, attempt, succeeded && attempt.attempt === own?.attempt, found);
  }
  const expected = apply(credential.counter);
  if (sound) compare(claim, expected, found);
  credential.counter = sound ? expected : claimed(claim);
  credential.open = [...claim.open];
  credential.since = event.timestamp;
  return claim;
}

function reserve(
  event: ReplayEvent,
  credential: CredentialState,
  attempt: OpenAttempt,
  succeeded: boolean,
  report: Report,
): void {
  const { lockout } = POLICIES[event.policy];
  const { attempt: number, reservedAt } = attempt;
  if (reservedAt < credential.since || reservedAt > event.timestamp) {
    report(
      "time_reversed",
      `Guess ${number} cannot have begun at ${iso(reservedAt)}: it was between ${iso(credential.since)} and ${iso(event.timestamp)}.`,
    );
  }
  for (const stale of credential.open.filter((open) => isStale(open, reservedAt))) {
    report(
      "attempt_overdue",
      `Guess ${number} was admitted while guess ${stale.attempt}, begun at ${iso(stale.reservedAt)}, had no event.`,
    );
  }
  const admission = admitAttempt(lockout, credential.counter, reservedAt);
  const what = `Guess ${number} was admitted at ${iso(reservedAt)}`;
  if (admission.kind === "locked") {
    report(
      succeeded ? "success_while_locked" : "guess_while_locked",
      `${what}${succeeded ? " and succeeded" : ""}, in a lock until ${iso(admission.until)}.`,
    );
  } else if (admission.kind === "disabled") {
    report(
      succeeded ? "success_while_disabled" : "guess_while_disabled",
      `${what}${succeeded ? " and succeeded" : ""}, with the PIN disabled since ${iso(credential.counter.disabledAt)}.`,
    );
  }
  credential.counter =
    admission.kind === "admitted" ? admission.counter : forced(lockout, credential.counter, reservedAt);
  credential.since = reservedAt;
  credential.open.push(attempt);
  const { lockedUntil, disabledAt } = credential.counter;
  if (lockedUntil !== null) credential.locks = [...credential.locks, lockedUntil].slice(-LOCKS_KEPT);
  if (disabledAt !== null) credential.wasDisabled = true;
}

/** It was admitted against the rules, and counts all the same. */
function forced(lockout: LockoutSchedule, counter: GuessCounter, now: number): GuessCounter {
  const admission = admitAttempt(lockout, { ...counter, lockedUntil: null, disabledAt: null }, now);
  return admission.kind === "admitted" ? admission.counter : counter;
}

function compare(claim: Claim, expected: GuessCounter, report: Report): void {
  if (claim.failures !== failures(expected)) {
    report(
      "failures_wrong",
      `${claim.failures} failures in a row are claimed, and there were ${failures(expected)}.`,
    );
  }
  if (claim.lockedUntil !== expected.lockedUntil) {
    report(
      "lock_wrong",
      `The lock's end is given as ${iso(claim.lockedUntil)}, and by the schedule it is ${iso(expected.lockedUntil)}.`,
    );
  }
  if (claim.disabledAt !== expected.disabledAt) {
    report(
      "lock_wrong",
      `The PIN is said to be disabled since ${iso(claim.disabledAt)}, and by the schedule it is ${iso(expected.disabledAt)}.`,
    );
  }
}

const claimed = (claim: Claim): GuessCounter => ({
  reserved: claim.reserved,
  cleared: Math.max(0, claim.reserved - claim.failures),
  lockedUntil: claim.lockedUntil,
  disabledAt: claim.disabledAt,
});
