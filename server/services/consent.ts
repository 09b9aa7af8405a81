import { grantChange } from "../domain/consent.ts";
import type { Consent, ConsentPurpose } from "../domain/consent.ts";
import { maskPhoneNumber } from "../domain/phone.ts";
import type { PhoneNumber } from "../domain/phone.ts";
import { toHex } from "../ledger/index.ts";
import type { Pseudonyms, RandomBytes, Store } from "../ports.ts";
import type { Appended } from "./ledger.ts";
import { NO_FACTORS, presenceOf } from "./otp.ts";
import type { Caller, OtpService } from "./otp.ts";
import type { Recorder } from "./recorder.ts";
import { subjectByPhone } from "./subjects.ts";

export interface ConsentTerms {
  readonly purpose: ConsentPurpose;
  readonly documentVersion: string;
  /** SHA-256 of the accepted text, 0x hex. */
  readonly documentHash: string;
}

export interface ConsentService {
  /** Records that the holder of the phone accepted the document. @throws {Refusal} POSSESSION_FACTOR_FAILED */
  grant(caller: Caller, otp: string, terms: ConsentTerms): Promise<{ consent: Consent; event: Appended }>;
  /** All consents of the phone's holder, oldest first. */
  list(phone: PhoneNumber): Promise<readonly Consent[]>;
}

export function createConsentService(deps: {
  readonly recorder: Recorder;
  readonly store: Store;
  readonly otp: OtpService;
  readonly pseudonyms: Pseudonyms;
  readonly randomBytes: RandomBytes;
}): ConsentService {
  const { recorder, store, otp, pseudonyms, randomBytes } = deps;

  return {
    async grant(caller, code, terms) {
      const { phone, device } = caller;
      const granted = await recorder.commit(async (unit) => {
        const { tx, now } = unit;
        const proof = await otp.prove(unit, caller, "consent", code);
        if (!proof.proven) return proof.refusal;
        const subject = await subjectByPhone(tx, phone, { pseudonyms, randomBytes, now });
        const id = toHex(randomBytes(32));
        const event = await unit.append(subject, {
          type: "consent_grant",
          policy: "fra",
          phoneNumber: maskPhoneNumber(phone),
          device,
          factors: { ...NO_FACTORS, possession: "verified", presence: presenceOf(device) },
          consentVerified: true,
          outcome: { consentId: id, challengeId: proof.challengeId, ...terms },
        });
        const consent: Consent = {
          id,
          subjectId: subject.id,
          ...terms,
          grantedAt: event.timestamp,
          expiresAt: null,
          revokedAt: null,
          eventId: event.id,
        };
        await otp.use(unit, proof);
        await tx.consents.insert(consent);
        await tx.consents.queueChange(event.index, grantChange(consent));
        return { consent, event };
      });
      if (granted instanceof Error) throw granted;
      return granted;
    },

    async list(phone) {
      const subject = await store.read.subjects.byAlias(pseudonyms.alias("phone", phone));
      return subject === null ? [] : store.read.consents.bySubject(subject.id);
    },
  };
}
