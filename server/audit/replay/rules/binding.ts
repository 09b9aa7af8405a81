/** A PIN is bound on the FRA surface: set, reset, or taken over from another system. */
import { consentState } from "../../../domain/consent.ts";
import { bindPin } from "../bind.ts";
import { iso } from "../event.ts";
import type { Report, ReplayEvent, Rule } from "../event.ts";
import { replayProof } from "../possession.ts";
import { credentialOf } from "../state.ts";
import type { SubjectState } from "../state.ts";

export const pinSet: Rule = (event, subject, report) => {
  const credential = credentialOf(subject, event.policy);
  if (credential.bound) report("pin_set_twice", "A PIN was set where there was one.");
  replayProof(event, subject, { purpose: "pin_set", required: true, earlier: false }, report);
  requireConsent(event, subject, report);
  bindPin(event, credential, { bound: true, freshGuesses: true }, report);
};

export const pinReset: Rule = (event, subject, report) => {
  const credential = credentialOf(subject, event.policy);
  if (!credential.bound) report("pin_reset_without_pin", "A PIN was reset where there was none.");
  replayProof(event, subject, { purpose: "pin_reset", required: true, earlier: false }, report);
  requireConsent(event, subject, report);
  bindPin(event, credential, { bound: true, freshGuesses: true }, report);
};

/** Nobody has proven anything, so guesses made so far still count. */
export const pinImported: Rule = (event, subject, report) => {
  const credential = credentialOf(subject, event.policy);
  if (credential.bound) report("pin_set_twice", "A PIN was imported where there was one.");
  bindPin(event, credential, { bound: true, freshGuesses: false }, report);
};

function requireConsent({ outcome, timestamp }: ReplayEvent, subject: SubjectState, report: Report): void {
  if (!outcome.has("consentId")) return report("consent_missing", "The PIN was bound without any consent.");
  const id = outcome.text("consentId");
  const consent = subject.consents.find(
    (candidate) => candidate.id === id && candidate.purpose === "pin_set",
  );
  if (consent === undefined) {
    report("consent_missing", `Consent ${id} was never given, or had been revoked.`);
  } else if (consentState(consent, timestamp) !== "active") {
    report("consent_missing", `Consent ${id} had expired at ${iso(consent.expiresAt)}.`);
  }
}
