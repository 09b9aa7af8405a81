/** Seed 003's PIN: an account's second factor, set as digits or as a hash that the client made of them. */
import { guessesLeft } from "../domain/credential.ts";
import { Refusal } from "../domain/errors.ts";
import { counterFacts } from "../domain/open-attempts.ts";
import { parseNewPin, parsePinLength } from "../domain/pin.ts";
import type { Secret } from "../domain/pin.ts";
import { POLICIES } from "../domain/policy.ts";
import { authoriseWithoutPin, isRecent } from "../domain/reauthentication.ts";
import type { Authorisation } from "../domain/reauthentication.ts";
import { isoInstant } from "../domain/time.ts";
import type {
  ClientHashes,
  Clock,
  Credential,
  HashingSlot,
  PinHasher,
  Pseudonyms,
  RandomBytes,
  Store,
  Subject,
} from "../ports.ts";
import { accountDraft, findSubject, subjectByAccount } from "./accounts.ts";
import type { AccountCaller } from "./accounts.ts";
import { authoriseThenBind } from "./authorise.ts";
import { NO_PIN, bindTo } from "./guess.ts";
import type { StoredPin } from "./guess.ts";
import { makeGuess } from "./guessing.ts";
import type { Guessed } from "./guessing.ts";
import type { IdempotencyToken } from "./idempotency.ts";
import type { Appended } from "./ledger.ts";
import type { Recorder, Unit } from "./recorder.ts";

const policy = POLICIES.standard;

/** A PIN as it comes: one of the two. */
export interface PresentedPin {
  readonly pin?: string | undefined;
  readonly hash?: string | undefined;
}

export interface NewPin extends PresentedPin {
  readonly length?: number | undefined;
}

export interface StandardStatus {
  readonly hasPin: boolean;
  readonly clientParameters: string | null;
  readonly pinLength: number | null;
  readonly attemptsLeft: number;
  readonly lockedUntil: number | null;
  readonly disabled: boolean;
}

/** What a right guess, a wrong one or no guess at all came to; `done` where no guess was needed. */
export type Changed = Guessed | { readonly result: "done"; readonly event: Appended };

export interface StandardPin {
  status(caller: AccountCaller): Promise<StandardStatus>;
  /**
   * Sets the first PIN, or replaces one: with the current one (a counted guess), or shortly after a full authentication.
   * @throws {Refusal} PIN_FORMAT_ERROR, VALIDATION_ERROR, PIN_NOT_SET, REAUTHENTICATION_REQUIRED
   */
  set(
    caller: AccountCaller,
    pin: NewPin,
    current: PresentedPin,
    token: IdempotencyToken | null,
  ): Promise<Changed>;
  /** Where there is none, done already. @throws {Refusal} as `set` */
  remove(caller: AccountCaller, current: PresentedPin, token: IdempotencyToken | null): Promise<Changed>;
  /** @throws {Refusal} PIN_FORMAT_ERROR, VALIDATION_ERROR, PIN_NOT_SET */
  verify(caller: AccountCaller, pin: PresentedPin, token: IdempotencyToken | null): Promise<Guessed>;
}

interface Read {
  readonly secret: Secret;
  readonly parameters: string | null;
}

export function createStandardPin(deps: {
  readonly recorder: Recorder;
  readonly store: Store;
  readonly clock: Clock;
  readonly hasher: PinHasher;
  readonly clientHashes: ClientHashes;
  readonly pseudonyms: Pseudonyms;
  readonly randomBytes: RandomBytes;
  /** How long ago a full authentication may be to stand for the current PIN. */
  readonly recentMs: number;
}): StandardPin {
  const { recorder, store, clock, hasher, clientHashes, pseudonyms, recentMs } = deps;

  /** Exactly one of the two: with both it would be unclear which one counts. */
  function read({ pin, hash }: PresentedPin, names: { pin: string; hash: string }): Read {
    if ((pin === undefined) === (hash === undefined)) {
      throw new Refusal("VALIDATION_ERROR", `Send either ${names.pin} or ${names.hash}.`, {
        reason: pin === undefined ? "missing_field" : "two_pins",
      });
    }
    if (hash === undefined) return { secret: parseNewPin(policy, pin ?? ""), parameters: null };
    return clientHashes.read(hash);
  }

  const presented = (pin: PresentedPin) => read(pin, { pin: "pin", hash: "pin_hash" });

  function presentedCurrent(current: PresentedPin): Read | null {
    if (current.pin === undefined && current.hash === undefined) return null;
    return read(current, { pin: "current_pin", hash: "current_pin_hash" });
  }

  const subjectOf = (unit: Unit, caller: AccountCaller) => subjectByAccount(unit, caller, deps);

  /** A guess at the PIN that there is; what a right one does is the caller's. */
  const guess = (
    slot: HashingSlot,
    caller: AccountCaller,
    secret: Secret,
    token: IdempotencyToken | null,
    then: {
      readonly event: "pin_verify" | "pin_change" | "pin_delete";
      readonly replace: ((slot: HashingSlot) => Promise<StoredPin>) | null;
    },
  ) =>
    makeGuess<null, object>(recorder, slot, {
      policy,
      secret,
      token,
      async begin(unit) {
        const subject = await subjectOf(unit, caller);
        const credential = await unit.tx.credentials.getForUpdate(subject.id, policy.id, unit.now);
        if (credential.verifier === null) throw notSet();
        return { subject, context: null };
      },
      subject: (unit) => subjectOf(unit, caller),
      replace: then.replace,
      conclude: async () => ({}),
      draft: (_context, valid, outcome) =>
        accountDraft(caller, {
          type: then.event,
          policy: policy.id,
          knowledge: valid,
          outcome: {
            ...outcome,
            ...(valid && then.event !== "pin_verify" ? { authorisedBy: "current_pin" } : {}),
          },
        }),
    });

  /** Without the current PIN; `pin` null removes. */
  const rebind = (
    slot: HashingSlot | null,
    caller: AccountCaller,
    pin: { readonly secret: Secret; readonly stored: Omit<StoredPin, "verifier"> } | null,
    token: IdempotencyToken | null,
  ) =>
    authoriseThenBind(recorder, token, {
      async authorise(unit): Promise<Authorised> {
        const subject = await subjectOf(unit, caller);
        const credential = await unit.tx.credentials.getForUpdate(subject.id, policy.id, unit.now);
        const hasPin = credential.verifier !== null;
        // Removing what is not there is done, whoever asks.
        if (pin === null && !hasPin) return { subject, credential, hasPin, by: "none_needed" };
        const recent = isRecent(caller.authTime, unit.now, recentMs);
        const by = authoriseWithoutPin({ hasPin, counter: credential.counter }, recent, recentMs);
        // Thrown, and so not remembered for an Idempotency-Key: nothing was counted, and a fresh sign-in will do.
        if (by instanceof Refusal) throw by;
        return { subject, credential, hasPin, by };
      },
      hash: async () => (pin === null || slot === null ? null : slot.hash(pin.secret)),
      async bind(unit, { subject, credential, hasPin, by }, verifier) {
        const recent = by === "recent_authentication";
        // To be rid of a PIN is no proof of another: the counter waits for the PIN that is bound with one.
        const freshGuesses = recent && pin !== null;
        const stored = pin === null ? NO_PIN : { ...pin.stored, verifier };
        const bound = hasPin || pin !== null ? bindTo(credential, stored, { freshGuesses }) : credential;
        await unit.tx.credentials.save(bound, unit.now);
        const event = await unit.append(
          subject,
          accountDraft(caller, {
            type: pin === null ? "pin_delete" : hasPin ? "pin_change" : "pin_set",
            policy: policy.id,
            knowledge: pin !== null,
            outcome: {
              result: "done",
              existed: hasPin,
              authorisedBy: by,
              ...(recent && caller.authTime !== null ? { authTime: isoInstant(caller.authTime) } : {}),
              ...counterFacts(bound.counter, bound.open),
            },
          }),
        );
        return { result: "done" as const, event };
      },
    });

  return {
    async status(caller) {
      const subject = await findSubject(store.read.subjects, caller, pseudonyms);
      const credential = subject === null ? null : await store.read.credentials.get(subject.id, policy.id);
      return statusOf(credential, clock.now());
    },

    async set(caller, { length, ...given }, current, token) {
      if (length !== undefined) parsePinLength(policy, length);
      const { secret, parameters } = presented(given);
      const digits = given.pin?.length ?? length;
      if (digits === undefined) {
        throw new Refusal("VALIDATION_ERROR", "pin_length is needed with pin_hash.", {
          reason: "missing_field",
        });
      }
      if (length !== undefined && length !== digits) {
        throw new Refusal("PIN_FORMAT_ERROR", "pin_length is not the number of digits of the PIN.", {
          reason: "wrong_length",
        });
      }
      const stored = { pinLength: digits, clientParameters: parameters };
      const proof = presentedCurrent(current);
      return hasher.withSlot<Changed>((slot) =>
        proof === null
          ? rebind(slot, caller, { secret, stored }, token)
          : guess(slot, caller, proof.secret, token, {
              event: "pin_change",
              replace: async (held) => ({ ...stored, verifier: await held.hash(secret) }),
            }),
      );
    },

    async remove(caller, current, token) {
      const proof = presentedCurrent(current);
      if (proof === null) return rebind(null, caller, null, token);
      try {
        return await hasher.withSlot((slot) =>
          guess(slot, caller, proof.secret, token, { event: "pin_delete", replace: async () => NO_PIN }),
        );
      } catch (error) {
        // Done already, as it is for whoever sends no PIN.
        if (error instanceof Refusal && error.code === "PIN_NOT_SET")
          return rebind(null, caller, null, token);
        throw error;
      }
    },

    async verify(caller, given, token) {
      const { secret } = presented(given);
      return hasher.withSlot((slot) =>
        guess(slot, caller, secret, token, { event: "pin_verify", replace: null }),
      );
    },
  };
}

interface Authorised {
  readonly subject: Subject;
  readonly credential: Credential;
  readonly hasPin: boolean;
  readonly by: Authorisation;
}

const notSet = () => new Refusal("PIN_NOT_SET", "No PIN is set.", { reason: "pin_not_set" });

function statusOf(credential: Credential | null, now: number): StandardStatus {
  const hasPin = credential !== null && credential.verifier !== null;
  const lockedUntil = credential?.counter.lockedUntil ?? null;
  return {
    hasPin,
    clientParameters: credential?.clientParameters ?? null,
    pinLength: credential?.pinLength ?? null,
    attemptsLeft: hasPin ? guessesLeft(policy.lockout, credential, now) : 0,
    lockedUntil: lockedUntil !== null && now < lockedUntil ? lockedUntil : null,
    disabled: credential !== null && credential.counter.disabledAt !== null,
  };
}
