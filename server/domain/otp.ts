/** One-time passcodes: proof that the caller holds the phone. Pure; storage and sending live elsewhere. */
import type { LockoutSchedule } from "./lockout.ts";
import { DAY, HOUR, MINUTE } from "./time.ts";

export const OTP_PURPOSES = ["consent", "consent_revoke", "pin_set", "pin_reset", "pin_verify"] as const;
export type OtpPurpose = (typeof OTP_PURPOSES)[number];

export const OTP_POLICY = {
  digits: 6,
  lifetimeMs: 5 * MINUTE,
  /** Wrong codes a challenge survives. */
  tries: 5,
  /**
   * Wrong codes in a row for a phone, over all its challenges: a fresh code must not buy fresh guesses, or a reset would
   * be the weak way to a PIN. About five a day after the first twenty; nothing is disabled, because nobody could re-bind.
   */
  lockout: {
    steps: [
      { failures: 10, waitMs: HOUR },
      { failures: 20, waitMs: DAY },
    ],
    repeatEvery: 5,
    disableAt: Number.MAX_SAFE_INTEGER,
  },
  /** New challenges per phone, in each window: every one costs a text message. */
  requests: [
    { limit: 5, windowMs: 15 * MINUTE },
    { limit: 20, windowMs: DAY },
  ],
} as const satisfies { lockout: LockoutSchedule; [rule: string]: unknown };

/** As many of a phone's latest challenges as its limits look at. */
export const REQUESTS_COUNTED = Math.max(...OTP_POLICY.requests.map(({ limit }) => limit));

/**
 * The windows in which one more challenge would be too many, and from when on each has room again.
 *
 * @param latest when the phone's latest challenges were made, ms, the newest first; {@link REQUESTS_COUNTED} will do
 */
export function fullWindows(
  latest: readonly number[],
  now: number,
): { readonly limit: number; readonly windowMs: number; readonly until: number }[] {
  return OTP_POLICY.requests
    .map(({ limit, windowMs }) => ({ limit, windowMs, until: (latest[limit - 1] ?? -Infinity) + windowMs }))
    .filter(({ until }) => until > now);
}

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

export type OtpFailure = "otp_wrong" | "otp_used" | "otp_expired" | "otp_exhausted" | "otp_locked";

/**
 * Judges a presented code against the phone's latest challenge for the purpose.
 *
 * That a challenge was used or has expired is told only to whoever has its code: used for `pin_set`, say, would tell
 * anybody else that this phone has a PIN. Without a challenge the answer is therefore "wrong" too. Only a comparison
 * that could have succeeded counts as a try.
 */
export function judgeOtp(grant: OtpGrant | null, codeMatches: boolean, now: number): OtpJudgement {
  const failed = (reason: OtpFailure, countsAsTry = false) =>
    ({ kind: "failed", reason, countsAsTry }) as const;
  if (grant === null) return failed("otp_wrong");
  const { challenge, usedAt } = grant;
  const open = usedAt === null && now < challenge.expiresAt;
  // Open and exhausted: no secret either, since it takes five wrong codes to bring it about.
  if (open && challenge.failedTries >= OTP_POLICY.tries) return failed("otp_exhausted");
  if (!codeMatches) return failed("otp_wrong", open);
  if (usedAt !== null) return failed("otp_used");
  if (!open) return failed("otp_expired");
  return { kind: "proven", challengeId: challenge.id };
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
