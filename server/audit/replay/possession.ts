/** Whether a proof of the phone was one: requested for its purpose, in time, unused, and not won by too many tries. */
import { isLocked, recordSuccess } from "../../domain/lockout.ts";
import { OTP_POLICY, judgeOtp } from "../../domain/otp.ts";
import type { OtpFailure, OtpPurpose } from "../../domain/otp.ts";
import { iso } from "./event.ts";
import type { ReplayEvent, Report } from "./event.ts";
import type { FindingCode } from "./finding.ts";
import type { ChallengeState, GrantState, SubjectState } from "./state.ts";

const CODES: Readonly<Record<OtpFailure, FindingCode>> = {
  otp_wrong: "otp_unknown",
  otp_used: "otp_used",
  otp_expired: "otp_expired",
  otp_exhausted: "otp_exhausted",
  otp_locked: "otp_locked",
};

interface Wanted {
  readonly purpose: OtpPurpose;
  readonly required: boolean;
  /** The code is judged when a guess is reserved, and its event comes later; elsewhere the two are one transaction. */
  readonly earlier: boolean;
}

/** Checks the proof that an event shows, and does what it does: the code is used, wrong ones before it are forgiven. */
export function replayProof(event: ReplayEvent, subject: SubjectState, wanted: Wanted, report: Report): void {
  const { outcome, factors } = event;
  const verified = factors.text("possession") === "verified";
  if (!outcome.has("challengeId")) {
    if (wanted.required) report("otp_missing", `The ${event.type} shows no proof of the phone.`);
    if (verified) report("factor_wrong", "Possession is said to be verified, and no code is named.");
    return;
  }
  if (!verified) report("factor_wrong", "A code was proven, and possession is not said to be verified.");
  const id = outcome.text("challengeId");
  const wrongCodes = outcome.count("wrongCodes");
  const at = outcome.instant("provenAt");
  const { purpose } = wanted;
  const what = `The code ${id} for ${purpose}`;

  if (wanted.earlier ? at > event.timestamp : at !== event.timestamp) {
    report("time_reversed", `${what} cannot have been judged at ${iso(at)}.`);
  }
  const { otpCounter } = subject;
  if (wrongCodes > otpCounter.reserved || (!wanted.earlier && wrongCodes < otpCounter.reserved)) {
    report(
      "otp_try_missing",
      `${wrongCodes} wrong codes are counted, and ${otpCounter.reserved} have events.`,
    );
  }
  // With fewer than we know of, the later ones came after the proof, and so may the lock have.
  if (wrongCodes === otpCounter.reserved && isLocked(otpCounter, at)) {
    report("otp_locked", `${what} was judged in a lock until ${iso(otpCounter.lockedUntil)}.`);
  }
  const found = findGrant(subject, id, purpose);
  if (found === null) {
    report("otp_unknown", `${what} was not requested.`);
    return;
  }
  const { challenge, grant } = found;
  const failedTries = challenge.tries.filter((attempt) => attempt <= wrongCodes).length;
  const { expiresAt } = challenge;
  const judgement = judgeOtp(
    { challenge: { id, expiresAt, failedTries }, purpose, usedAt: grant.usedAt },
    true,
    at,
  );
  if (judgement.kind === "failed") {
    report(CODES[judgement.reason], `${what} was no proof at ${iso(at)}: ${judgement.reason}.`);
  } else if (at < challenge.requestedAt) {
    report("otp_unknown", `${what} was requested only at ${iso(challenge.requestedAt)}.`);
  } else if (grant.replacedAt !== null && grant.replacedAt < at) {
    report("otp_replaced", `${what} was replaced at ${iso(grant.replacedAt)}.`);
  }
  grant.usedAt = at;
  subject.otpCounter = recordSuccess(OTP_POLICY.lockout, otpCounter, wrongCodes);
}

export function findGrant(
  subject: SubjectState,
  id: string,
  purpose: string,
): { readonly challenge: ChallengeState; readonly grant: GrantState } | null {
  const challenge = subject.challenges.find((candidate) => candidate.id === id);
  const grant = challenge?.grants.find((candidate) => candidate.purpose === purpose);
  return challenge === undefined || grant === undefined ? null : { challenge, grant };
}
