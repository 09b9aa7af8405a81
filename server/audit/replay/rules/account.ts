/** A PIN behind an account, bound or removed without the current one: by a recent full authentication, or a temporary PIN. */
import { isRecent } from "../../../domain/reauthentication.ts";
import { DAY } from "../../../domain/time.ts";
import { bindPin } from "../bind.ts";
import type { Report, ReplayEvent, Rule } from "../event.ts";
import { credentialOf } from "../state.ts";
import type { CredentialState } from "../state.ts";
import { pinReplaced } from "./guess.ts";

/** How recent an authentication must be is configured; no configuration calls it recent after a day. */
const RECENT_AT_MOST_MS = DAY;

type Authorisation = "none_needed" | "recent_authentication" | "temporary_pin";

export const accountPinSet: Rule = (event, subject, report) => {
  const credential = credentialOf(subject, event.policy);
  if (credential.bound) report("pin_set_twice", "A PIN was set where there was one.");
  bind(event, credential, true, report);
};

/** With the current PIN it is a guess; without, it needs another right. */
export const accountPinChanged: Rule = (event, subject, report, state) => {
  if (event.outcome.text("result") !== "done") return pinReplaced(true)(event, subject, report, state);
  const credential = credentialOf(subject, event.policy);
  if (!credential.bound) report("pin_reset_without_pin", "A PIN was changed where there was none.");
  bind(event, credential, true, report);
};

export const accountPinDeleted: Rule = (event, subject, report, state) => {
  if (event.outcome.text("result") !== "done") return pinReplaced(false)(event, subject, report, state);
  bind(event, credentialOf(subject, event.policy), false, report);
};

export const accountPinReset: Rule = (event, subject, report) => {
  const credential = credentialOf(subject, event.policy);
  if (!credential.bound) report("pin_reset_without_pin", "A PIN was reset where there was none.");
  bind(event, credential, true, report);
};

function bind(event: ReplayEvent, credential: CredentialState, binds: boolean, report: Report): void {
  const { outcome, type } = event;
  const by = outcome.oneOf("authorisedBy", "none_needed", "recent_authentication", "temporary_pin");
  if (outcome.has("existed") && outcome.flag("existed") !== credential.bound) {
    report("pin_check_wrong", `It says that there was ${credential.bound ? "no" : "a"} PIN.`);
  }
  const nothingToRemove = type === "pin_delete" && !credential.bound;
  if (!nothingToRemove) requireRight(event, credential, by, report);
  const recent = by === "recent_authentication";
  if (nothingToRemove) {
    // What is under way goes on.
    const { boundAfter } = credential;
    bindPin(event, credential, { bound: false, freshGuesses: false }, report);
    credential.boundAfter = boundAfter;
    return;
  }
  const freshGuesses = recent && binds;
  bindPin(event, credential, { bound: binds, freshGuesses }, report);
}

function requireRight(
  { outcome, timestamp, policy }: ReplayEvent,
  { bound, guarded, provers }: CredentialState,
  by: Authorisation,
  report: Report,
): void {
  switch (by) {
    case "none_needed":
      if (bound) report("right_missing", "A PIN was replaced or removed on the strength of nothing.");
      else if (
        policy === "standard" &&
        outcome.text("result") === "done" &&
        guarded.counter.disabledAt !== null
      )
        report("right_missing", "Its guesses were used up, and a PIN was bound without proof.");
      return;
    case "recent_authentication":
      if (!outcome.has("authTime") || !isRecent(outcome.instant("authTime"), timestamp, RECENT_AT_MOST_MS)) {
        report(
          "right_missing",
          "The authentication that it rests on is missing, in the future, or a day old.",
        );
      }
      return;
    case "temporary_pin":
      if (guarded.temporary === null || !provers.includes(outcome.text("session"))) {
        report("right_missing", "A temporary PIN was replaced in a session that had not proven it.");
      }
  }
}
