/** Binding a PIN to a customer: the first one (set), or a new one for whoever forgot theirs (reset). */
import { standingConsent } from "../domain/consent.ts";
import { Refusal } from "../domain/errors.ts";
import type { EventType } from "../domain/events.ts";
import { counterFacts } from "../domain/open-attempts.ts";
import type { OtpPurpose } from "../domain/otp.ts";
import { maskPhoneNumber } from "../domain/phone.ts";
import { parseNewPin } from "../domain/pin.ts";
import { POLICIES } from "../domain/policy.ts";
import type { Credential, PinHasher, Pseudonyms, RandomBytes, Subject } from "../ports.ts";
import { authoriseThenBind } from "./authorise.ts";
import { NO_PIN, bindTo } from "./guess.ts";
import type { IdempotencyToken } from "./idempotency.ts";
import type { Appended } from "./ledger.ts";
import { presenceOf } from "./otp.ts";
import type { Caller, OtpProven, OtpService } from "./otp.ts";
import type { Recorder, Unit } from "./recorder.ts";
import { subjectByPhone } from "./subjects.ts";

const policy = POLICIES.fra;

export interface PinBound {
  readonly event: Appended;
}

/**
 * @throws {Refusal} PIN_FORMAT_ERROR, WEAK_PIN_REJECTED, then POSSESSION_FACTOR_FAILED, CONSENT_REQUIRED, and
 *   PIN_ALREADY_SET or PIN_NOT_SET: in this order, so that without the phone in hand nothing is learnt about its owner
 */
export interface PinBinding {
  readonly set: BindPin;
  /** Also heals a PIN that was disabled after too many failures. */
  readonly reset: BindPin;
}

export type BindPin = (
  caller: Caller,
  pin: string,
  otp: string,
  token: IdempotencyToken | null,
) => Promise<PinBound>;

/** What tells the two apart. */
interface Kind {
  readonly event: EventType & OtpPurpose;
  readonly obstacle: (credential: Credential) => Refusal | null;
}

const SET: Kind = {
  event: "pin_set",
  obstacle: ({ verifier }) =>
    verifier === null
      ? null
      : new Refusal("PIN_ALREADY_SET", "A PIN is set already. Use change-pin to change it.", {
          reason: "pin_already_set",
        }),
};

const RESET: Kind = {
  event: "pin_reset",
  obstacle: ({ verifier }) =>
    verifier === null
      ? new Refusal("PIN_NOT_SET", "No PIN is set yet. Use /api/pin/set.", { reason: "pin_not_set" })
      : null,
};

interface Authorised {
  readonly proof: OtpProven;
  readonly subject: Subject;
  readonly credential: Credential;
  readonly consentId: string;
}

export function createPinBinding(deps: {
  readonly recorder: Recorder;
  readonly otp: OtpService;
  readonly hasher: PinHasher;
  readonly pseudonyms: Pseudonyms;
  readonly randomBytes: RandomBytes;
}): PinBinding {
  const { recorder, otp, hasher, pseudonyms, randomBytes } = deps;

  /** All that must hold before a PIN is bound. Asked twice, because hashing takes long enough for it to change. */
  async function authorise(
    unit: Unit,
    kind: Kind,
    caller: Caller,
    code: string,
  ): Promise<Refusal | Authorised> {
    const proof = await otp.prove(unit, caller, kind.event, code);
    if (!proof.proven) return proof.refusal;
    const subject = await subjectByPhone(unit.tx, caller.phone, { pseudonyms, randomBytes, now: unit.now });
    const consent = standingConsent(await unit.tx.consents.bySubject(subject.id), "pin_set", unit.now);
    if (consent === null) {
      return new Refusal(
        "CONSENT_REQUIRED",
        "The customer's consent to using a PIN is missing or has ended.",
        {
          reason: "consent_missing",
        },
      );
    }
    const credential = await unit.tx.credentials.getForUpdate(subject.id, policy.id, unit.now);
    return kind.obstacle(credential) ?? { proof, subject, credential, consentId: consent.id };
  }

  const bind =
    (kind: Kind) => (caller: Caller, text: string, code: string, token: IdempotencyToken | null) => {
      const pin = parseNewPin(policy, text, { phoneNumber: caller.phone });
      return hasher.withSlot((slot) =>
        authoriseThenBind(recorder, token, {
          authorise: (unit) => authorise(unit, kind, caller, code),
          hash: () => slot.hash(pin),
          async bind(unit, { subject, credential, proof, consentId }, verifier): Promise<PinBound> {
            await otp.use(unit, proof);
            const bound = bindTo(credential, { ...NO_PIN, verifier }, { freshGuesses: true });
            await unit.tx.credentials.save(bound, unit.now);
            const event = await unit.append(subject, {
              type: kind.event,
              policy: policy.id,
              phoneNumber: maskPhoneNumber(caller.phone),
              device: caller.device,
              factors: {
                knowledge: "verified",
                possession: "verified",
                presence: presenceOf(caller.device),
              },
              consentVerified: true,
              outcome: {
                consentId,
                ...(await otp.shown(unit, proof)),
                ...counterFacts(bound.counter, bound.open),
              },
            });
            return { event };
          },
        }),
      );
    };

  return { set: bind(SET), reset: bind(RESET) };
}
