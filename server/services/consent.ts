import { consentState, contractAccepts, grantChange, inSeconds, revokeChange } from "../domain/consent.ts";
import type { Consent, ConsentPurpose } from "../domain/consent.ts";
import { Refusal } from "../domain/errors.ts";
import { maskPhoneNumber } from "../domain/phone.ts";
import type { PhoneNumber } from "../domain/phone.ts";
import { isoInstant } from "../domain/time.ts";
import { toHex } from "../ledger/index.ts";
import type { Pseudonyms, RandomBytes, Store, Subject } from "../ports.ts";
import type { IdempotencyToken } from "./idempotency.ts";
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
  /** Null: until revoked. */
  readonly expiresAt: number | null;
}

export interface ConsentChanged {
  readonly consent: Consent;
  readonly event: Appended;
}

export interface ConsentService {
  /** Records that the holder of the phone accepted the document. @throws {Refusal} POSSESSION_FACTOR_FAILED, VALIDATION_ERROR */
  grant(
    caller: Caller,
    otp: string,
    terms: ConsentTerms,
    token: IdempotencyToken | null,
  ): Promise<ConsentChanged>;
  /**
   * Ends a consent at once. @param otp proof of the phone, for callers without an API key
   * @throws {Refusal} POSSESSION_FACTOR_FAILED, NOT_FOUND, CONSENT_ALREADY_REVOKED
   */
  revoke(
    caller: Caller,
    consentId: string,
    otp: string | undefined,
    token: IdempotencyToken | null,
  ): Promise<ConsentChanged>;
  /** All consents of the phone's holder, oldest first. */
  list(phone: PhoneNumber): Promise<{ subject: Subject; consents: readonly Consent[] } | null>;
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
    async grant(caller, code, terms, token) {
      const { phone, device } = caller;
      const granted = await recorder.commit(async (unit): Promise<Refusal | ConsentChanged> => {
        const { tx, now } = unit;
        if (terms.expiresAt !== null && inSeconds(terms.expiresAt) <= inSeconds(now)) {
          throw new Refusal("VALIDATION_ERROR", "expiresAt must lie in the future, by whole seconds.", {
            reason: "already_expired",
          });
        }
        const proof = await otp.prove(unit, caller, "consent", code);
        if (!proof.proven) return unit.remember(proof.refusal);
        const subject = await subjectByPhone(tx, phone, { pseudonyms, randomBytes, now });
        const id = toHex(randomBytes(32));
        const { expiresAt, ...document } = terms;
        const event = await unit.append(subject, {
          type: "consent_grant",
          policy: "fra",
          phoneNumber: maskPhoneNumber(phone),
          device,
          factors: { ...NO_FACTORS, possession: "verified", presence: presenceOf(device) },
          consentVerified: true,
          outcome: {
            consentId: id,
            ...(await otp.shown(unit, proof)),
            ...document,
            expiresAt: expiresAt === null ? null : isoInstant(expiresAt),
          },
        });
        const consent: Consent = {
          id,
          subjectId: subject.id,
          ...terms,
          grantedAt: event.timestamp,
          revokedAt: null,
          eventId: event.id,
        };
        const change = grantChange(consent);
        if (!contractAccepts(change)) {
          throw new Refusal("VALIDATION_ERROR", "documentHash must be the SHA-256 of a text.", {
            reason: "invalid_document_hash",
          });
        }
        await otp.use(unit, proof);
        await tx.consents.insert(consent);
        await tx.consents.queueChange(event.index, change);
        return unit.remember({ consent, event });
      }, token);
      if (granted instanceof Refusal) throw granted;
      return granted;
    },

    async revoke(caller, consentId, code, token) {
      const { phone, device } = caller;
      const revoked = await recorder.commit(async (unit): Promise<Refusal | ConsentChanged> => {
        const { tx, now } = unit;
        const possession = await otp.proveOnce(unit, caller, "consent_revoke", code);
        if (possession instanceof Refusal) return unit.remember(possession);
        const subject = await tx.subjects.byAlias(pseudonyms.alias("phone", phone));
        const consents = subject === null ? [] : await tx.consents.bySubject(subject.id);
        const consent = consents.find(({ id }) => id === consentId);
        if (subject === null || consent === undefined) {
          throw new Refusal("NOT_FOUND", "This customer has given no such consent.", {
            reason: "unknown_consent",
          });
        }
        if (consentState(consent, now) === "revoked") {
          throw new Refusal("CONSENT_ALREADY_REVOKED", "This consent was revoked before.", {
            reason: "consent_already_revoked",
          });
        }
        const event = await unit.append(subject, {
          type: "consent_revoke",
          policy: "fra",
          phoneNumber: maskPhoneNumber(phone),
          device,
          factors: { ...NO_FACTORS, possession: possession.state, presence: presenceOf(device) },
          consentVerified: false,
          outcome: { consentId, purpose: consent.purpose, ...(await otp.shown(unit, possession.proof)) },
        });
        await tx.consents.setRevoked(consentId, event.timestamp);
        await tx.consents.queueChange(event.index, revokeChange(consent, event.timestamp));
        return unit.remember({ consent: { ...consent, revokedAt: event.timestamp }, event });
      }, token);
      if (revoked instanceof Refusal) throw revoked;
      return revoked;
    },

    async list(phone) {
      const subject = await store.read.subjects.byAlias(pseudonyms.alias("phone", phone));
      return subject === null ? null : { subject, consents: await store.read.consents.bySubject(subject.id) };
    },
  };
}
