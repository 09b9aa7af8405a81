/** One-time passcodes: proof that the caller holds the phone. Pure; storage and sending live elsewhere. */
import { MINUTE } from "./time.ts";

export const OTP_PURPOSES = ["consent", "consent_revoke", "pin_set", "pin_reset", "pin_verify"] as const;
export type OtpPurpose = (typeof OTP_PURPOSES)[number];

export const OTP_POLICY = {
  digits: 6,
  lifetimeMs: 5 * MINUTE,
  /** Wrong codes a challenge survives. With {@link OTP_POLICY.requests} it bounds guessing to 25 in 10⁶ a window. */
  tries: 5,
  /** New challenges per phone: a fresh code resets the tries, and each one costs a text message. */
  requests: { limit: 5, windowMs: 15 * MINUTE },
} as const;

export interface OtpChallenge {
  readonly id: string;
  readonly expiresAt: number;
  readonly failedTries: number;
}

/** One challenge may serve several purposes, each of them once. */
export interface OtpGrant {
  readonly challenge: OtpChallenge;
  readonly purpose: OtpPurpose;
  readonly usedAt: number | null;
}

export type OtpJudgement =
  | { readonly kind: "proven"; readonly challengeId: string }
  | { readonly kind: "failed"; readonly reason: OtpFailure; readonly countsAsTry: boolean };

export type OtpFailure = "otp_not_requested" | "otp_used" | "otp_expired" | "otp_exhausted" | "otp_wrong";

/**
 * Judges a presented code against the phone's latest challenge for the purpose.
 * Only a comparison that was made counts as a try; an expired or spent challenge compares nothing.
 */
export function judgeOtp(grant: OtpGrant | null, codeMatches: boolean, now: number): OtpJudgement {
  const failed = (reason: OtpFailure, countsAsTry = false) =>
    ({ kind: "failed", reason, countsAsTry }) as const;
  if (grant === null) return failed("otp_not_requested");
  if (grant.usedAt !== null) return failed("otp_used");
  if (now >= grant.challenge.expiresAt) return failed("otp_expired");
  if (grant.challenge.failedTries >= OTP_POLICY.tries) return failed("otp_exhausted");
  if (!codeMatches) return failed("otp_wrong", true);
  return { kind: "proven", challengeId: grant.challenge.id };
}

/** Uniform over 000000…999999: rejection sampling of 32-bit words, because 2³² is no multiple of 10⁶. */
export function generateOtp(randomBytes: (length: number) => Uint8Array): string {
  const range = 10 ** OTP_POLICY.digits;
  const limit = 2 ** 32 - (2 ** 32 % range);
  for (;;) {
    const bytes = randomBytes(4);
    // Where the bytes are, not where their buffer begins: Node's Buffers share one, and slice() does not copy them.
    const word = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
    if (word < limit) return String(word % range).padStart(OTP_POLICY.digits, "0");
  }
}
