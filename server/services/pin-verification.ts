/** Proving knowledge of the PIN: to be let in (verify), or to choose another (change). */
import { Refusal } from "../domain/errors.ts";
import type { EventType, Factors } from "../domain/events.ts";
import { maskPhoneNumber } from "../domain/phone.ts";
import { parseNewPin, parsePin } from "../domain/pin.ts";
import type { Pin } from "../domain/pin.ts";
import { POLICIES } from "../domain/policy.ts";
import { verifierFormat } from "../domain/verifier.ts";
import type { VerifierFormat } from "../domain/verifier.ts";
import { NO_MATCH } from "../ports.ts";
import type { HashingSlot, Match, PinHasher, Pseudonyms, RandomBytes } from "../ports.ts";
import { evaluateGuess, reserveGuess, settleGuess } from "./guess.ts";
import type { GuessResult, Replacement, ReservedGuess } from "./guess.ts";
import type { IdempotencyToken } from "./idempotency.ts";
import type { Appended } from "./ledger.ts";
import { NO_FACTORS, presenceOf } from "./otp.ts";
import type { Caller, OtpService } from "./otp.ts";
import type { Recorder } from "./recorder.ts";
import { subjectByPhone } from "./subjects.ts";

const policy = POLICIES.fra;

/** A wrong PIN and a lock are answers, not errors. */
export interface Verification {
  readonly result: GuessResult;
  readonly attemptsLeft: number;
  readonly lockedUntil: number | null;
  readonly retryAfterMs: number;
  /** What the PIN was compared with; after a success with a legacy verifier it has been replaced. */
  readonly format: VerifierFormat;
  readonly event: Appended;
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

  async function guess(
    slot: HashingSlot,
    { caller, pin, otp: code, token, event, next }: Guess,
  ): Promise<Verification> {
    const reserved = await recorder.commit(async (unit) => {
      const possession = await otp.proveOnce(unit, caller, "pin_verify", code);
      if (possession instanceof Refusal) return unit.remember(possession);
      const subject = await subjectByPhone(unit.tx, caller.phone, { pseudonyms, randomBytes, now: unit.now });
      return { possession, guess: await reserveGuess(unit, policy, subject) };
    }, token);
    if (reserved instanceof Refusal) throw reserved;
    const { credential } = reserved.guess;

    const { match, replacement } = await hashed(slot, reserved.guess, pin, next).catch(
      async (fault: unknown) => {
        await recordFault(caller, reserved, event);
        throw fault;
      },
    );

    return recorder.commit(async (unit) => {
      // Asked again: while we hashed, the person may have been erased, and is a stranger now.
      const subject = await subjectByPhone(unit.tx, caller.phone, { pseudonyms, randomBytes, now: unit.now });
      const { outcome, ...settled } =
        subject.id === reserved.guess.subject.id
          ? await settleGuess(unit, reserved.guess, match, replacement)
          : await settleGuess(unit, await reserveGuess(unit, policy, subject), NO_MATCH, null);
      const factors: Factors = {
        knowledge: settled.result === "valid" ? "verified" : "absent",
        possession: reserved.possession,
        presence: presenceOf(caller.device),
      };
      const appended = await unit.append(subject, {
        type: event,
        policy: policy.id,
        phoneNumber: maskPhoneNumber(caller.phone),
        device: caller.device,
        factors,
        consentVerified: false,
        outcome,
      });
      return unit.remember({
        result: settled.result,
        attemptsLeft: settled.attemptsLeft,
        lockedUntil: settled.lockedUntil,
        retryAfterMs: settled.retryAfterMs,
        // Only a success tells what was there: a stranger's answer must not differ from a customer's.
        format:
          settled.result === "valid"
            ? verifierFormat(credential.verifier?.phc ?? null)
            : "argon2_fra_compliant",
        event: appended,
      });
    }, token);
  }

  /** Hashing failed, so nothing can be told or changed. The attempt stays counted, as after a crash, and is recorded. */
  async function recordFault(
    caller: Caller,
    { guess: { admission }, possession }: { guess: ReservedGuess; possession: Factors["possession"] },
    event: EventType,
  ): Promise<void> {
    await recorder.commit(async (unit) => {
      const subject = await subjectByPhone(unit.tx, caller.phone, { pseudonyms, randomBytes, now: unit.now });
      await unit.append(subject, {
        type: event,
        policy: policy.id,
        phoneNumber: maskPhoneNumber(caller.phone),
        device: caller.device,
        factors: { ...NO_FACTORS, possession, presence: presenceOf(caller.device) },
        consentVerified: false,
        outcome: {
          result: "error",
          ...(admission.kind === "admitted" ? { attempt: admission.attempt } : {}),
        },
      });
    });
  }

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
        const subject = await subjectByPhone(unit.tx, caller.phone, {
          pseudonyms,
          randomBytes,
          now: unit.now,
        });
        const credential = await unit.tx.credentials.get(subject.id, policy.id);
        const phc = credential?.verifier?.phc ?? null;
        const format = phc === null ? null : verifierFormat(phc);
        const event = await unit.append(subject, {
          type: "pin_check",
          policy: policy.id,
          phoneNumber: maskPhoneNumber(caller.phone),
          device: caller.device,
          factors: { ...NO_FACTORS, possession, presence: presenceOf(caller.device) },
          consentVerified: false,
          outcome: { exists: format !== null },
        });
        return unit.remember({ format, event });
      }, token);
      if (found instanceof Refusal) throw found;
      return found;
    },
  };
}

/** All that is hashed between the two transactions. */
async function hashed(slot: HashingSlot, guess: ReservedGuess, pin: Pin, next: Pin | null) {
  const match = await evaluateGuess(slot, guess, pin);
  return { match, replacement: match.matches ? await replacementFor(slot, match, pin, next) : null };
}

/** What to put in the verifier's place after a right guess: the PIN that was chosen, or the same one hashed as we do now. */
async function replacementFor(
  slot: HashingSlot,
  match: Match,
  pin: Pin,
  next: Pin | null,
): Promise<Replacement | null> {
  if (next !== null) return { kind: "another_pin", verifier: await slot.hash(next) };
  return match.stale ? { kind: "rehash", verifier: await slot.hash(pin) } : null;
}
