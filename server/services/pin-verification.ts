/** Proving knowledge of the PIN: to be let in (verify), or to choose another (change). */
import { Refusal } from "../domain/errors.ts";
import type { EventType } from "../domain/events.ts";
import { maskPhoneNumber } from "../domain/phone.ts";
import { parseNewPin, parsePin } from "../domain/pin.ts";
import type { Pin } from "../domain/pin.ts";
import { POLICIES } from "../domain/policy.ts";
import { verifierFormat } from "../domain/verifier.ts";
import type { VerifierFormat } from "../domain/verifier.ts";
import type { HashingSlot, PinHasher, Pseudonyms, RandomBytes } from "../ports.ts";
import { NO_PIN } from "./guess.ts";
import { makeGuess } from "./guessing.ts";
import type { Guessed } from "./guessing.ts";
import type { IdempotencyToken } from "./idempotency.ts";
import type { Appended } from "./ledger.ts";
import { NO_FACTORS, presenceOf } from "./otp.ts";
import type { Caller, OtpService, Possession } from "./otp.ts";
import type { Recorder, Unit } from "./recorder.ts";
import { subjectByPhone, subjectByPhoneAgain } from "./subjects.ts";

const policy = POLICIES.fra;

export interface Verification extends Guessed {
  /** What the PIN was compared with; after a success with a legacy verifier it has been replaced. */
  readonly format: VerifierFormat;
}

export interface PinVerification {
  /**
   * @param otp proof of the phone, for callers who have no API key
   * @throws {Refusal} PIN_FORMAT_ERROR and OVERLOADED, uncharged; POSSESSION_FACTOR_FAILED
   */
  verify(
    caller: Caller,
    pin: string,
    otp: string | undefined,
    token: IdempotencyToken | null,
  ): Promise<Verification>;
  /** Counted like a verification; `valid` means changed. @throws {Refusal} as verify, and PIN_UNCHANGED, WEAK_PIN_REJECTED */
  change(
    caller: Caller,
    pins: { readonly current: string; readonly next: string },
    otp: string | undefined,
    token: IdempotencyToken | null,
  ): Promise<Verification>;
  exists(
    caller: Caller,
    otp: string | undefined,
    token: IdempotencyToken | null,
  ): Promise<{ format: VerifierFormat | null; event: Appended }>;
}

interface Guess {
  readonly caller: Caller;
  readonly pin: Pin;
  readonly otp: string | undefined;
  readonly token: IdempotencyToken | null;
  readonly event: EventType;
  /** The PIN to bind after a right guess. */
  readonly next: Pin | null;
}

export function createPinVerification(deps: {
  readonly recorder: Recorder;
  readonly otp: OtpService;
  readonly hasher: PinHasher;
  readonly pseudonyms: Pseudonyms;
  readonly randomBytes: RandomBytes;
}): PinVerification {
  const { recorder, otp, hasher, pseudonyms, randomBytes } = deps;

  const guess = (slot: HashingSlot, { caller, pin, otp: code, token, event, next }: Guess) =>
    makeGuess<Possession, { readonly format: VerifierFormat }>(recorder, slot, {
      policy,
      secret: pin,
      token,
      async begin(unit) {
        const possession = await otp.proveOnce(unit, caller, "pin_verify", code);
        if (possession instanceof Refusal) return possession;
        return { subject: await subjectOf(unit, caller), context: possession };
      },
      subject: ({ tx, now }) => subjectByPhoneAgain(tx, caller.phone, { pseudonyms, randomBytes, now }),
      replace: next === null ? null : async (held) => ({ ...NO_PIN, verifier: await held.hash(next) }),
      shown: (unit, { proof }) => otp.shown(unit, proof),
      // Only a success tells what was there: a stranger's answer must not differ from a customer's.
      conclude: async (_unit, { result }, judged) => ({
        format: result === "valid" ? verifierFormat(judged.verifier?.phc ?? null) : "argon2_fra_compliant",
      }),
      draft: (possession, valid, outcome) => ({
        type: event,
        policy: policy.id,
        phoneNumber: maskPhoneNumber(caller.phone),
        device: caller.device,
        factors: {
          knowledge: valid ? "verified" : "absent",
          possession: possession?.state ?? "absent",
          presence: presenceOf(caller.device),
        },
        consentVerified: false,
        outcome,
      }),
    });

  const subjectOf = ({ tx, now }: Unit, { phone }: Caller) =>
    subjectByPhone(tx, phone, { pseudonyms, randomBytes, now });

  return {
    verify(caller, text, code, token) {
      const pin = parsePin(policy, text);
      return hasher.withSlot((slot) =>
        guess(slot, { caller, pin, otp: code, token, event: "pin_verify", next: null }),
      );
    },

    change(caller, { current, next: nextText }, code, token) {
      const pin = parsePin(policy, current);
      const next = parseNewPin(policy, nextText, { phoneNumber: caller.phone });
      if (pin === next) {
        throw new Refusal("PIN_UNCHANGED", "The new PIN must differ from the current one.", {
          reason: "same_pin",
        });
      }
      return hasher.withSlot((slot) =>
        guess(slot, { caller, pin, otp: code, token, event: "pin_change", next }),
      );
    },

    async exists(caller, code, token) {
      const found = await recorder.commit(async (unit) => {
        const possession = await otp.proveOnce(unit, caller, "pin_verify", code);
        if (possession instanceof Refusal) return unit.remember(possession);
        const subject = await subjectOf(unit, caller);
        const credential = await unit.tx.credentials.get(subject.id, policy.id);
        const phc = credential?.verifier?.phc ?? null;
        const format = phc === null ? null : verifierFormat(phc);
        const event = await unit.append(subject, {
          type: "pin_check",
          policy: policy.id,
          phoneNumber: maskPhoneNumber(caller.phone),
          device: caller.device,
          factors: { ...NO_FACTORS, possession: possession.state, presence: presenceOf(caller.device) },
          consentVerified: false,
          outcome: { exists: format !== null, ...(await otp.shown(unit, possession.proof)) },
        });
        return unit.remember({ format, event });
      }, token);
      if (found instanceof Refusal) throw found;
      return found;
    },
  };
}
