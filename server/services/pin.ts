/** Setting, verifying and looking up a PIN: the FRA policy's use of the engine. */
import { standingConsent } from "../domain/consent.ts";
import { Refusal } from "../domain/errors.ts";
import { admitAttempt, attemptsLeft, failures, rebind, recordSuccess } from "../domain/lockout.ts";
import type { Admission } from "../domain/lockout.ts";
import { maskPhoneNumber } from "../domain/phone.ts";
import { parseNewPin, parsePin } from "../domain/pin.ts";
import { POLICIES } from "../domain/policy.ts";
import { isoInstant } from "../domain/time.ts";
import type { Credential, PinHasher, Pseudonyms, RandomBytes, Subject } from "../ports.ts";
import type { Appended } from "./ledger.ts";
import { NO_FACTORS, presenceOf } from "./otp.ts";
import type { Caller, OtpProven, OtpService } from "./otp.ts";
import type { Recorder, Unit } from "./recorder.ts";
import { subjectByPhone } from "./subjects.ts";

const policy = POLICIES.fra;

export type Verification =
  | { readonly kind: "valid"; readonly event: Appended }
  | {
      readonly kind: "invalid";
      readonly attemptsLeft: number;
      readonly lockedUntil: number | null;
      readonly event: Appended;
    }
  | { readonly kind: "locked"; readonly retryAfterMs: number; readonly event: Appended }
  | { readonly kind: "disabled"; readonly event: Appended };

export interface PinService {
  /**
   * Binds a first PIN.
   * @throws {Refusal} PIN_FORMAT_ERROR, WEAK_PIN_REJECTED, then POSSESSION_FACTOR_FAILED, CONSENT_REQUIRED,
   *   PIN_ALREADY_SET: in this order, so that without the phone in hand nothing is learnt about its owner
   */
  set(caller: Caller, pin: string, otp: string): Promise<{ event: Appended }>;
  /** A wrong PIN and a lock are answers. @throws {Refusal} PIN_FORMAT_ERROR, OVERLOADED: both uncharged */
  verify(caller: Caller, pin: string): Promise<Verification>;
  exists(caller: Caller): Promise<{ exists: boolean; event: Appended }>;
}

export function createPinService(deps: {
  readonly recorder: Recorder;
  readonly otp: OtpService;
  readonly hasher: PinHasher;
  readonly pseudonyms: Pseudonyms;
  readonly randomBytes: RandomBytes;
}): PinService {
  const { recorder, otp, hasher, pseudonyms, randomBytes } = deps;
  const subjectOf = ({ tx, now }: Unit, { phone }: Caller) =>
    subjectByPhone(tx, phone, { pseudonyms, randomBytes, now });

  /** All that must hold before a PIN is set. Asked twice, because hashing takes long enough for it to change. */
  async function authoriseSet(unit: Unit, caller: Caller, code: string): Promise<Refusal | Authorised> {
    const proof = await otp.prove(unit, caller, "pin_set", code);
    if (!proof.proven) return proof.refusal;
    const subject = await subjectOf(unit, caller);
    const consent = standingConsent(await unit.tx.consents.bySubject(subject.id), "pin_set", unit.now);
    if (consent === null) {
      return new Refusal("CONSENT_REQUIRED", "The customer has not accepted the terms for setting a PIN.", {
        reason: "consent_missing",
      });
    }
    const credential = await unit.tx.credentials.getForUpdate(subject.id, policy.id, unit.now);
    if (credential.verifier !== null) {
      return new Refusal("PIN_ALREADY_SET", "A PIN is set already. Use change-pin to change it.", {
        reason: "pin_already_set",
      });
    }
    return { proof, subject, credential, consentId: consent.id };
  }

  return {
    set(caller, text, code) {
      const pin = parseNewPin(policy, text);
      return hasher.withSlot(async (slot) => {
        const early = await recorder.commit((unit) => authoriseSet(unit, caller, code));
        if (early instanceof Refusal) throw early;

        const verifier = await slot.hash(pin);

        const done = await recorder.commit(async (unit) => {
          const authorised = await authoriseSet(unit, caller, code);
          if (authorised instanceof Refusal) return authorised;
          const { subject, credential, proof, consentId } = authorised;
          await otp.use(unit, proof);
          await unit.tx.credentials.save(
            { ...credential, verifier, counter: rebind(credential.counter) },
            unit.now,
          );
          const event = await unit.append(subject, {
            type: "pin_set",
            policy: policy.id,
            phoneNumber: maskPhoneNumber(caller.phone),
            device: caller.device,
            factors: { knowledge: "verified", possession: "verified", presence: presenceOf(caller.device) },
            consentVerified: true,
            outcome: { consentId, challengeId: proof.challengeId },
          });
          return { event };
        });
        if (done instanceof Refusal) throw done;
        return done;
      });
    },

    verify(caller, text) {
      const pin = parsePin(policy, text);
      return hasher.withSlot(async (slot) => {
        const reserved = await recorder.commit(async (unit) => {
          const subject = await subjectOf(unit, caller);
          const credential = await unit.tx.credentials.getForUpdate(subject.id, policy.id, unit.now);
          const admission = admitAttempt(policy.lockout, credential.counter, unit.now);
          if (admission.kind === "admitted") {
            await unit.tx.credentials.save({ ...credential, counter: admission.counter }, unit.now);
          }
          return { subject, credential, admission, admittedAt: unit.now };
        });

        // A refused guess is hashed too, against nothing: locked, unknown and wrong take the same time.
        const { admission, credential } = reserved;
        const matches = await slot.verify(admission.kind === "admitted" ? credential.verifier : null, pin);

        return recorder.commit((unit) => concludeVerification(unit, caller, reserved, matches));
      });
    },

    async exists(caller) {
      return recorder.commit(async (unit) => {
        const subject = await subjectOf(unit, caller);
        const credential = await unit.tx.credentials.get(subject.id, policy.id);
        const exists = (credential?.verifier ?? null) !== null;
        const event = await unit.append(subject, {
          type: "pin_check",
          policy: policy.id,
          phoneNumber: maskPhoneNumber(caller.phone),
          device: caller.device,
          factors: { ...NO_FACTORS, presence: presenceOf(caller.device) },
          consentVerified: false,
          outcome: { exists },
        });
        return { exists, event };
      });
    },
  };
}

interface Authorised {
  readonly proof: OtpProven;
  readonly subject: Subject;
  readonly credential: Credential;
  readonly consentId: string;
}

/** What stood in the database when the attempt was reserved. */
interface Reserved {
  readonly subject: Subject;
  readonly credential: Credential;
  readonly admission: Admission;
  readonly admittedAt: number;
}

/** Settles the reserved attempt and writes the event, whatever the outcome. */
async function concludeVerification(
  unit: Unit,
  caller: Caller,
  { subject, credential: judged, admission, admittedAt }: Reserved,
  matches: boolean,
): Promise<Verification> {
  const { lockout } = policy;
  const credential = await unit.tx.credentials.getForUpdate(subject.id, policy.id, unit.now);
  // While we hashed, the PIN may have been replaced; matching the old one then proves nothing about the new.
  const valid = matches && credential.verifier?.phc === judged.verifier?.phc;

  let counter = credential.counter;
  if (valid && admission.kind === "admitted") {
    counter = recordSuccess(lockout, counter, admission.attempt);
    await unit.tx.credentials.save({ ...credential, counter }, unit.now);
  }
  const result = admission.kind === "admitted" ? (valid ? "valid" : "invalid") : admission.kind;
  const event = await unit.append(subject, {
    type: "pin_verify",
    policy: policy.id,
    phoneNumber: maskPhoneNumber(caller.phone),
    device: caller.device,
    factors: { ...NO_FACTORS, knowledge: valid ? "verified" : "absent", presence: presenceOf(caller.device) },
    consentVerified: false,
    outcome: {
      result,
      ...(admission.kind === "admitted"
        ? { attempt: admission.attempt, admittedAt: isoInstant(admittedAt) }
        : {}),
      failures: failures(counter),
      lockedUntil: counter.lockedUntil === null ? null : isoInstant(counter.lockedUntil),
    },
  });

  switch (result) {
    case "valid":
      return { kind: "valid", event };
    case "invalid":
      return {
        kind: "invalid",
        attemptsLeft: attemptsLeft(lockout, counter, unit.now),
        lockedUntil: counter.lockedUntil,
        event,
      };
    case "locked":
      return {
        kind: "locked",
        retryAfterMs: Math.max(0, (counter.lockedUntil ?? unit.now) - unit.now),
        event,
      };
    case "disabled":
      return { kind: "disabled", event };
  }
}
