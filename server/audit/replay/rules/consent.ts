import { CONSENT_PURPOSES } from "../../../domain/consent.ts";
import { iso } from "../event.ts";
import type { Rule } from "../event.ts";
import { replayProof } from "../possession.ts";

export const consentGranted: Rule = (event, subject, report) => {
  const { outcome, timestamp } = event;
  replayProof(event, subject, { purpose: "consent", required: true, earlier: false }, report);
  const id = outcome.text("consentId");
  const expiresAt = outcome.instantOrNull("expiresAt");
  if (subject.consents.some((consent) => consent.id === id)) {
    report("consent_repeated", `Consent ${id} was given before.`);
    return;
  }
  if (expiresAt !== null && expiresAt <= timestamp) {
    report("consent_repeated", `Consent ${id} had ended at ${iso(expiresAt)} when it was given.`);
  }
  const purpose = outcome.oneOf("purpose", ...CONSENT_PURPOSES);
  const consent = { id, purpose, grantedAt: timestamp, expiresAt, revokedAt: null };
  subject.consents = [...subject.consents, consent];
};

export const consentRevoked: Rule = (event, subject, report) => {
  const { outcome } = event;
  replayProof(event, subject, { purpose: "consent_revoke", required: false, earlier: false }, report);
  const id = outcome.text("consentId");
  if (!subject.consents.some((consent) => consent.id === id)) {
    report("consent_unknown", `Consent ${id} was never given, or revoked before.`);
  }
  // Forgotten, so that a customer who gives and takes consents for years costs no more memory than another.
  subject.consents = subject.consents.filter((consent) => consent.id !== id);
};
