/** A guess at a PIN: to be let in, to change it, or one of which nobody knows what came. */
import { recordSuccess } from "../../../domain/lockout.ts";
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
  judgedGuess(event, subject, report);
};

/** A right guess, and another PIN from then on: what was reserved before was a guess at the old one. */
export const pinChanged: Rule = (event, subject, report) => {
  const { succeeded, reserved } = judgedGuess(event, subject, report);
  if (succeeded) credentialOf(subject, event.policy).boundAfter = reserved;
};

export const attemptAbandoned: Rule = (event, subject, report) => {
  const step = { own: readAttempt(event.outcome), succeeded: false, apply: unchanged };
  replayCounter(event, credentialOf(subject, event.policy), step, report);
};

const unchanged = (counter: CredentialState["counter"]) => counter;

function judgedGuess(event: ReplayEvent, subject: SubjectState, report: Report) {
  const { outcome, policy } = event;
  const credential = credentialOf(subject, policy);
  const result = outcome.oneOf("result", ...RESULTS);
  const own = outcome.has("attempt") ? readAttempt(outcome) : null;
  const succeeded = result === "valid";

  if (succeeded !== (event.factors.text("knowledge") === "verified")) {
    report("factor_wrong", `The result is ${result}, and the knowledge factor says otherwise.`);
  }
  if (succeeded && own !== null) requirePin(own.attempt, credential, report);

  const { reserved } = replayCounter(
    event,
    credential,
    {
      own,
      succeeded,
      apply: (counter) =>
        succeeded && own !== null ? recordSuccess(POLICIES[policy].lockout, counter, own.attempt) : counter,
    },
    report,
  );
  if (own === null) requireLock(event, credential, result, report);
  replayProof(event, subject, { purpose: "pin_verify", required: false, earlier: true }, report);
  return { succeeded, reserved };
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
  { locks, wasDisabled }: CredentialState,
  result: (typeof RESULTS)[number],
  report: Report,
): void {
  if (!outcome.has("refusal")) {
    return report("guess_unnumbered", "A guess was neither counted nor refused.");
  }
  const refusal = outcome.oneOf("refusal", "locked", "disabled");
  const at = outcome.instant("refusedAt");
  const until = refusal === "locked" ? outcome.instant("refusedUntil") : Infinity;
  const founded = refusal === "locked" ? locks.includes(until) && at < until : wasDisabled;
  if (!founded || at > timestamp) {
    report("refusal_unfounded", `No guess was to be refused as ${refusal} at ${iso(at)}.`);
  }
  if (result !== refusal && result !== "error") {
    report("guess_unnumbered", `The guess was refused as ${refusal}, and its result is ${result}.`);
  }
}
