import { admitAttempt, failures } from "../../../domain/lockout.ts";
import { OTP_POLICY, OTP_PURPOSES, REQUESTS_COUNTED, fullWindows, judgeOtp } from "../../../domain/otp.ts";
import { iso } from "../event.ts";
import type { Rule } from "../event.ts";
import { findGrant } from "../possession.ts";

export const otpRequested: Rule = ({ outcome, timestamp }, subject, report) => {
  const latest = subject.challenges.map(({ requestedAt }) => requestedAt).reverse();
  for (const { limit, windowMs } of fullWindows(latest, timestamp)) {
    report("otp_too_many", `There were ${limit} codes in the ${windowMs / 60_000} minutes before this one.`);
  }
  const expiresAt = outcome.instant("expiresAt");
  if (expiresAt !== timestamp + OTP_POLICY.lifetimeMs) {
    report("otp_expired", `A code requested at ${iso(timestamp)} must not live until ${iso(expiresAt)}.`);
  }
  const id = outcome.text("challengeId");
  if (subject.challenges.some((challenge) => challenge.id === id)) {
    report("otp_used", `The code ${id} was requested before.`);
  }
  const purposes = [...new Set(outcome.texts("purposes"))];
  for (const { grants } of subject.challenges) {
    for (const grant of grants) {
      if (purposes.includes(grant.purpose)) grant.replacedAt ??= timestamp;
    }
  }
  const grants = purposes.map((purpose) => ({ purpose, usedAt: null, replacedAt: null }));
  const challenge = { id, requestedAt: timestamp, expiresAt, grants, tries: [] };
  subject.challenges = [...subject.challenges, challenge].slice(-REQUESTS_COUNTED);
};

/** A wrong code that counted: judged and recorded in one transaction, so its time is the event's. */
export const otpFailed: Rule = ({ outcome, timestamp }, subject, report) => {
  const id = outcome.text("challengeId");
  const purpose = outcome.oneOf("purpose", ...OTP_PURPOSES);
  const attempt = outcome.count("attempt");
  const known = subject.otpCounter.reserved;
  if (attempt !== known + 1) {
    report(
      "otp_try_missing",
      `This is wrong code number ${attempt}, and the one before was number ${known}.`,
    );
  }

  const admission = admitAttempt(OTP_POLICY.lockout, subject.otpCounter, timestamp);
  if (admission.kind !== "admitted") {
    report("otp_locked", `A code was judged in a lock until ${iso(subject.otpCounter.lockedUntil)}.`);
  } else if (attempt === known + 1) {
    const { lockedUntil } = admission.counter;
    if (outcome.count("failures") !== failures(admission.counter)) {
      report("failures_wrong", `There were ${failures(admission.counter)} wrong codes in a row.`);
    }
    if (outcome.instantOrNull("lockedUntil") !== lockedUntil) {
      report("lock_wrong", `By the schedule the lock for wrong codes ends: ${iso(lockedUntil)}.`);
    }
  }
  subject.otpCounter = {
    reserved: attempt,
    cleared: Math.max(0, attempt - outcome.count("failures")),
    lockedUntil: outcome.instantOrNull("lockedUntil"),
    disabledAt: null,
  };

  const found = findGrant(subject, id, purpose);
  if (found === null) {
    report("otp_unknown", `A code was tried for ${purpose} that was not requested: ${id}.`);
    return;
  }
  const { challenge, grant } = found;
  const judged = judgeOtp(
    {
      challenge: { id, expiresAt: challenge.expiresAt, failedTries: challenge.tries.length },
      purpose,
      usedAt: grant.usedAt,
    },
    false,
    timestamp,
  );
  if (judged.kind === "failed" && !judged.countsAsTry) {
    const code = timestamp >= challenge.expiresAt ? "otp_expired" : "otp_exhausted";
    report(
      grant.usedAt === null ? code : "otp_used",
      `No further try was due at ${id}: ${challenge.tries.length} were made.`,
    );
  }
  if (grant.replacedAt !== null) {
    report("otp_replaced", `The code ${id} was replaced at ${iso(grant.replacedAt)}.`);
  }
  challenge.tries = [...challenge.tries, attempt];
};
