/** What support did. Each act names its administrator by a pseudonym, and must be there for what follows to be right. */
import { isLocked, unlock } from "../../../domain/lockout.ts";
import { bindPin } from "../bind.ts";
import { replayCounter } from "../counter.ts";
import type { ReplayEvent, Report, Rule } from "../event.ts";
import { credentialOf } from "../state.ts";
import type { CredentialState } from "../state.ts";

export const adminReset: Rule = (event, subject, report) => {
  const credential = credentialOf(subject, event.policy);
  // After the counter: guesses that were reserved since the event before may have locked it.
  const wasBound = credential.bound;
  bindPin(event, credential, { bound: false, freshGuesses: true }, report);
  requireTrueAccount(event, wasBound, report);
};

export const adminUnlock: Rule = (event, subject, report) => {
  const credential = credentialOf(subject, event.policy);
  let before: CredentialState["guarded"] = credential.guarded;
  const apply = (guarded: CredentialState["guarded"]) => {
    before = guarded;
    return { ...guarded, counter: unlock(guarded.counter) };
  };
  replayCounter(event, credential, { own: null, succeeded: false, apply }, report);
  requireTrueAccount(event, credential.bound, report);
  if (before.counter.disabledAt !== null) {
    report("right_missing", "A PIN that was disabled can be reset, not unlocked.");
  }
  if (event.outcome.flag("wasLocked") !== isLocked(before.counter, event.timestamp)) {
    report("lock_wrong", "Whether there was a lock to end is not as it says.");
  }
};

export const adminTemporaryPin: Rule = (event, subject, report) => {
  const credential = credentialOf(subject, event.policy);
  const wasBound = credential.bound;
  const expiresAt = event.outcome.fields("temporary").instant("expiresAt");
  if (expiresAt <= event.timestamp) report("right_missing", "The temporary PIN had ended when it was set.");
  const rebinding = { bound: true, freshGuesses: true, temporary: { expiresAt, spent: 0 } };
  bindPin(event, credential, rebinding, report);
  requireTrueAccount(event, wasBound, report);
};

function requireTrueAccount({ outcome }: ReplayEvent, bound: boolean, report: Report): void {
  if (outcome.text("administrator") === "") report("right_missing", "It names no administrator.");
  if (outcome.flag("existed") !== bound) {
    report("pin_check_wrong", `It says that there was ${bound ? "no" : "a"} PIN.`);
  }
}
