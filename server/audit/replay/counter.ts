/** The guess counter of a credential, made again by the very functions that the service counts with. */
import { admitGuess } from "../../domain/credential.ts";
import type { Guarded } from "../../domain/credential.ts";
import { failures } from "../../domain/lockout.ts";
import type { LockoutSchedule } from "../../domain/lockout.ts";
import { isStale } from "../../domain/open-attempts.ts";
import type { OpenAttempt } from "../../domain/open-attempts.ts";
import { POLICIES } from "../../domain/policy.ts";
import { newAttempts, readClaim } from "./attempts.ts";
import type { Claim } from "./attempts.ts";
import { iso } from "./event.ts";
import type { TemporaryPin } from "../../domain/temporary.ts";
import type { ReplayEvent, Report } from "./event.ts";
import type { CredentialState } from "./state.ts";

/** A lock that is older than so many others is not what a guess is refused for that is only now recorded. */
const LOCKS_KEPT = 8;

export interface Step {
  /** The attempt whose event this is. */
  readonly own: OpenAttempt | null;
  readonly succeeded: boolean;
  /** What the event does to the counter. */
  readonly apply: (guarded: Guarded) => Guarded;
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
  const expected = apply(credential.guarded);
  if (sound) compare(claim, expected, found);
  credential.guarded = sound ? expected : { ...expected, counter: claimed(claim) };
  credential.open = claim.open;
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
  const admission = admitGuess(lockout, credential.guarded, reservedAt);
  const what = `Guess ${number} was admitted at ${iso(reservedAt)}`;
  if (admission.kind === "locked") {
    report(
      succeeded ? "success_while_locked" : "guess_while_locked",
      `${what}${succeeded ? " and succeeded" : ""}, in a lock until ${iso(admission.until)}.`,
    );
  } else if (admission.kind === "disabled") {
    report(
      succeeded ? "success_while_disabled" : "guess_while_disabled",
      `${what}${succeeded ? " and succeeded" : ""}, at a PIN that was disabled: ${admission.reason}.`,
    );
  }
  credential.guarded =
    admission.kind === "admitted" ? admission.guarded : forced(lockout, credential.guarded, reservedAt);
  credential.since = reservedAt;
  credential.open = [...credential.open, attempt];
  const { lockedUntil, disabledAt } = credential.guarded.counter;
  if (lockedUntil !== null) credential.locks = [...credential.locks, lockedUntil].slice(-LOCKS_KEPT);
  if (disabledAt !== null) credential.wasDisabled = true;
}

/** It was admitted against the rules, and counts all the same. */
function forced(lockout: LockoutSchedule, { counter, temporary }: Guarded, now: number): Guarded {
  const free = { ...counter, lockedUntil: null, disabledAt: null };
  const admission = admitGuess(lockout, { counter: free, temporary: null }, now);
  return { counter: admission.kind === "admitted" ? admission.guarded.counter : counter, temporary };
}

function compare(claim: Claim, { counter: expected, temporary }: Guarded, report: Report): void {
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
  compareTemporary(claim, temporary, report);
}

/** What is said of the temporary PIN that was guessed at; another may have taken its place since. */
function compareTemporary(claim: Claim, temporary: TemporaryPin | null, report: Report): void {
  if (temporary === null || claim.temporary?.expiresAt !== temporary.expiresAt) return;
  if (claim.temporary.spent === temporary.spent) return;
  report(
    "failures_wrong",
    `${claim.temporary.spent} guesses at the temporary PIN are claimed, and ${temporary.spent} were made.`,
  );
}

const claimed = (claim: Claim): Guarded["counter"] => ({
  reserved: claim.reserved,
  cleared: Math.max(0, claim.reserved - claim.failures),
  lockedUntil: claim.lockedUntil,
  disabledAt: claim.disabledAt,
});
