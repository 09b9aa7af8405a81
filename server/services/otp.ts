import { timingSafeEqual } from "node:crypto";
import type { DeviceMetadata } from "../domain/device.ts";
import { Refusal } from "../domain/errors.ts";
import type { Factors } from "../domain/events.ts";
import { admitAttempt, failures, recordSuccess } from "../domain/lockout.ts";
import { OTP_POLICY, REQUESTS_COUNTED, fullWindows, generateOtp, judgeOtp } from "../domain/otp.ts";
import type { OtpFailure, OtpPurpose } from "../domain/otp.ts";
import { maskPhoneNumber } from "../domain/phone.ts";
import type { PhoneNumber } from "../domain/phone.ts";
import { isoInstant } from "../domain/time.ts";
import type { OtpTransport, Pseudonyms, RandomBytes } from "../ports.ts";
import type { IdempotencyToken } from "./idempotency.ts";
import type { Appended } from "./ledger.ts";
import type { Recorder, Unit } from "./recorder.ts";
import { subjectByPhone } from "./subjects.ts";

export interface Caller {
  readonly phone: PhoneNumber;
  readonly device: DeviceMetadata;
}

export interface OtpService {
  request(
    caller: Caller,
    purposes: readonly OtpPurpose[],
    token: IdempotencyToken | null,
  ): Promise<{
    readonly challengeId: string;
    readonly expiresAt: number;
    readonly event: Appended;
  }>;

  /**
   * Judges the code within the caller's transaction. A wrong code is counted and recorded there, so the transaction
   * must commit even then: the refusal comes back as a value, to be thrown afterwards. A right one is not used up
   * until {@link OtpService.use}, and makes up for wrong ones only when {@link OtpService.shown}.
   */
  prove(unit: Unit, caller: Caller, purpose: OtpPurpose, code: string): Promise<OtpProof>;
  use(unit: Unit, proof: OtpProven): Promise<void>;
  /**
   * Forgives the wrong codes that came before the proof, and returns what the event says of it. The event belongs into
   * the same transaction: no failure is forgiven without the ledger showing why.
   */
  shown(unit: Unit, proof: OtpProven | null): Promise<Readonly<Record<string, unknown>>>;

  /**
   * For operations where possession is optional: proves and uses up the code if there is one, and says what state the
   * factor is in. As with `prove`, the refusal is a value.
   */
  proveOnce(
    unit: Unit,
    caller: Caller,
    purpose: OtpPurpose,
    code: string | undefined,
  ): Promise<Refusal | Possession>;
}

export interface Possession {
  readonly state: Factors["possession"];
  readonly proof: OtpProven | null;
}

export interface OtpProven {
  readonly proven: true;
  readonly challengeId: string;
  readonly purpose: OtpPurpose;
  readonly phoneAlias: string;
  /** The number of the last wrong code before it. */
  readonly wrongCodes: number;
  readonly provenAt: number;
}
export type OtpProof = OtpProven | { readonly proven: false; readonly refusal: Refusal };

export const NO_FACTORS: Factors = { knowledge: "absent", possession: "absent", presence: "absent" };

/** What a client says of its device is its claim, and is recorded as one. */
export const presenceOf = (device: DeviceMetadata): Factors["presence"] =>
  device.deviceId === undefined ? "absent" : "asserted";

const SENTENCES: Readonly<Record<OtpFailure, string>> = {
  otp_wrong: "The code is not right for this purpose. Check it, or request a new one.",
  otp_used: "This code has been used already. Request a new one.",
  otp_expired: "The code has expired. Request a new one.",
  otp_exhausted: "Too many wrong codes. Request a new one.",
  otp_locked: "Too many wrong codes for this phone. Try again later.",
};

const failedBecause = (reason: OtpFailure, retryAfterMs?: number): OtpProof => ({
  proven: false,
  refusal: new Refusal("POSSESSION_FACTOR_FAILED", SENTENCES[reason], {
    reason,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  }),
});

export function createOtpService(deps: {
  readonly recorder: Recorder;
  readonly pseudonyms: Pseudonyms;
  readonly randomBytes: RandomBytes;
  readonly transport: OtpTransport;
  readonly newId: () => string;
}): OtpService {
  const { recorder, pseudonyms, randomBytes, transport, newId } = deps;

  const service: OtpService = {
    async request(caller, purposes, token) {
      const { phone, device } = caller;
      const phoneAlias = pseudonyms.alias("phone", phone);
      const code = generateOtp(randomBytes);
      const challengeId = newId();
      const issued = await recorder.commit(async (unit) => {
        const { tx, now } = unit;
        const full = fullWindows(await tx.otps.latestTimes(phoneAlias, REQUESTS_COUNTED), now);
        if (full.length > 0) {
          throw new Refusal("TOO_MANY_REQUESTS", "Too many codes were requested for this number.", {
            reason: "otp_requests",
            retryAfterMs: Math.max(...full.map(({ until }) => until)) - now,
          });
        }
        const subject = await subjectByPhone(tx, phone, { pseudonyms, randomBytes, now });
        const expiresAt = now + OTP_POLICY.lifetimeMs;
        const codeMac = pseudonyms.otpMac(challengeId, code);
        await tx.otps.create({ id: challengeId, phoneAlias, purposes, codeMac, createdAt: now, expiresAt });
        const event = await unit.append(subject, {
          type: "otp_request",
          policy: "fra",
          phoneNumber: maskPhoneNumber(phone),
          device,
          factors: { ...NO_FACTORS, presence: presenceOf(device) },
          consentVerified: false,
          outcome: { challengeId, purposes: [...purposes], expiresAt: isoInstant(expiresAt) },
        });
        return { challengeId, expiresAt, event };
      });
      // After the commit: a code that arrives must be one that we know. One that does not can be requested again.
      try {
        await transport.send({ phoneNumber: phone, code, purposes });
      } catch (cause) {
        throw new Refusal("OTP_DELIVERY_FAILED", "The code could not be sent. Please request another.", {
          cause,
        });
      }
      // Remembered only now: had sending failed, a repeated request should try again.
      return recorder.commit((unit) => unit.remember(issued), token);
    },

    async prove(unit, { phone, device }, purpose, code) {
      const { tx, now } = unit;
      const phoneAlias = pseudonyms.alias("phone", phone);
      const counter = await tx.otps.counterForUpdate(phoneAlias);
      // Counted before it is compared; nothing is saved of an attempt that could not have succeeded.
      const admission = admitAttempt(OTP_POLICY.lockout, counter, now);
      if (admission.kind !== "admitted") {
        return failedBecause("otp_locked", admission.kind === "locked" ? admission.until - now : undefined);
      }
      const grant = await tx.otps.latestForUpdate(phoneAlias, purpose);
      const matches =
        grant !== null && timingSafeEqual(grant.codeMac, pseudonyms.otpMac(grant.challenge.id, code));
      const judgement = judgeOtp(grant, matches, now);
      if (judgement.kind === "proven") {
        const { challengeId } = judgement;
        const wrongCodes = counter.reserved;
        return { proven: true, challengeId, purpose, phoneAlias, wrongCodes, provenAt: now };
      }
      const { reason } = judgement;
      if (judgement.countsAsTry && grant !== null) {
        await tx.otps.countTry(grant.challenge.id);
        await tx.otps.saveCounter(phoneAlias, admission.counter);
        const subject = await subjectByPhone(tx, phone, { pseudonyms, randomBytes, now });
        const { lockedUntil } = admission.counter;
        await unit.append(subject, {
          type: "otp_failure",
          policy: "fra",
          phoneNumber: maskPhoneNumber(phone),
          device,
          factors: { ...NO_FACTORS, presence: presenceOf(device) },
          consentVerified: false,
          outcome: {
            challengeId: grant.challenge.id,
            purpose,
            reason,
            attempt: admission.attempt,
            failures: failures(admission.counter),
            lockedUntil: lockedUntil === null ? null : isoInstant(lockedUntil),
          },
        });
      }
      return failedBecause(reason);
    },

    use: ({ tx, now }, proof) => tx.otps.use(proof.challengeId, proof.purpose, now),

    async shown({ tx }, proof) {
      if (proof === null) return {};
      const { phoneAlias, challengeId, wrongCodes, provenAt } = proof;
      const counter = await tx.otps.counterForUpdate(phoneAlias);
      await tx.otps.saveCounter(phoneAlias, recordSuccess(OTP_POLICY.lockout, counter, wrongCodes));
      return { challengeId, wrongCodes, provenAt: isoInstant(provenAt) };
    },

    async proveOnce(unit, caller, purpose, code) {
      if (code === undefined) return { state: "absent", proof: null };
      const proof = await service.prove(unit, caller, purpose, code);
      if (!proof.proven) return proof.refusal;
      await service.use(unit, proof);
      return { state: "verified", proof };
    },
  };
  return service;
}
