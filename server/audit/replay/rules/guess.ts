/** A guess at a PIN: to be let in, to change or remove it, or one of which nobody knows what came. */
import { recordRightGuess, rebound } from "../../../domain/credential.ts";
import type { Guarded } from "../../../domain/credential.ts";
import { POLICIES } from "../../../domain/policy.ts";
import { readAttempt } from "../attempts.ts";
import { replayCounter } from "../counter.ts";
import { iso } from "../event.ts";
import type { Report, ReplayEvent, Rule } from "../event.ts";
import { replayProof } from "../possession.ts";
import { credentialOf } from "../state.ts";
import type { CredentialState, SubjectState } from "../state.ts";

const RESULTS = ["valid", "invalid", "locked", "disabled", "error"] as const;

export const pinVerified: Rule = (event, subject, report) => {
  const credential = credentialOf(subject, event.policy);
  const succeeded = judgedGuess(event, subject, (guarded) => guarded, report);
  if (succeeded && credential.guarded.temporary !== null && event.outcome.has("session")) {
    credential.provers = [...new Set([...credential.provers, event.outcome.text("session")])];
  }
};

/** A right guess, and another PIN from then on, or none: what was reserved before was a guess at the old one. */
export const pinReplaced =
  (bound: boolean): Rule =>
  (event, subject, report) => {
    const credential = credentialOf(subject, event.policy);
    const replace = (guarded: Guarded) => rebound({ ...guarded, generation: 0 }, { freshGuesses: false });
    if (!judgedGuess(event, subject, replace, report)) return;
    credential.boundAfter = credential.guarded.counter.reserved;
    credential.bound = bound;
    credential.provers = [];
  };

export const attemptAbandoned: Rule = (event, subject, report) => {
  const step = { own: readAttempt(event.outcome), succeeded: false, apply: (guarded: Guarded) => guarded };
  replayCounter(event, credentialOf(subject, event.policy), step, report);
};

/** Whether the guess succeeded. */
function judgedGuess(
  event: ReplayEvent,
  subject: SubjectState,
  afterSuccess: (guarded: Guarded) => Guarded,
  report: Report,
): boolean {
  const { outcome, policy } = event;
  const credential = credentialOf(subject, policy);
  const result = outcome.oneOf("result", ...RESULTS);
  const own = outcome.has("attempt") ? readAttempt(outcome) : null;
  const succeeded = result === "valid";

  if (succeeded !== (event.factors.text("knowledge") === "verified")) {
    report("factor_wrong", `The result is ${result}, and the knowledge factor says otherwise.`);
  }
  if (succeeded && own !== null) requirePin(own.attempt, credential, report);
  const apply = (guarded: Guarded) =>
    succeeded && own !== null
      ? afterSuccess(recordRightGuess(POLICIES[policy].lockout, guarded, own.attempt))
      : guarded;
  replayCounter(event, credential, { own, succeeded, apply }, report);
  if (own === null) requireLock(event, credential, result, report);
  replayProof(event, subject, { purpose: "pin_verify", required: false, earlier: true }, report);
  return succeeded;
}

function requirePin(attempt: number, { bound, boundAfter }: CredentialState, report: Report): void {
  if (!bound) {
    report("success_without_pin", `Guess ${attempt} succeeded, and no PIN was set.`);
  } else if (attempt <= boundAfter) {
    report("success_of_old_pin", `Guess ${attempt} was made before the PIN was bound that it succeeded at.`);
  }
}

function requireLock(
  { outcome, timestamp }: ReplayEvent,
  { locks, wasDisabled, hadTemporary }: CredentialState,
  result: (typeof RESULTS)[number],
  report: Report,
): void {
  if (!outcome.has("refusal")) {
    return report("guess_unnumbered", "A guess was neither counted nor refused.");
  }
  const refusal = outcome.oneOf("refusal", "locked", "disabled");
  const at = outcome.instant("refusedAt");
  const until = refusal === "locked" ? outcome.instant("refusedUntil") : Infinity;
  const founded = refusal === "locked" ? locks.includes(until) && at < until : wasDisabled || hadTemporary;
  if (!founded || at > timestamp) {
    report("refusal_unfounded", `No guess was to be refused as ${refusal} at ${iso(at)}.`);
  }
  if (result !== refusal && result !== "error") {
    report("guess_unnumbered", `The guess was refused as ${refusal}, and its result is ${result}.`);
  }
}
