import { nextStepSentence } from "../domain/session.ts";
import type { NextStep } from "../domain/session.ts";
import { isoInstant } from "../domain/time.ts";
import { retryAfterSeconds } from "./problem.ts";

/** What the user must do next, as schemas/accounts.ts shows it. */
export function stepView(step: NextStep, now: number) {
  const until = step.next === "locked" ? step.until : null;
  return {
    next: step.next,
    message: nextStepSentence(step, now),
    reason: step.next === "locked" ? step.reason : null,
    lockedUntil: until === null ? null : isoInstant(until),
    retryAfterSeconds: until === null ? null : retryAfterSeconds(until - now),
  };
}
