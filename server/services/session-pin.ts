/** Seed 004's PIN: every session of the application proves it once. It gates sessions, never API calls (FR-010). */
import { Refusal } from "../domain/errors.ts";
import type { EventType } from "../domain/events.ts";
import { counterFacts } from "../domain/open-attempts.ts";
import { parseNewPin, parsePin, requireConfirmation } from "../domain/pin.ts";
import type { Pin } from "../domain/pin.ts";
import { POLICIES } from "../domain/policy.ts";
import { isRecent, reauthenticationRequired } from "../domain/reauthentication.ts";
import { isProven, nextStep } from "../domain/session.ts";
import type { NextStep, SessionProof } from "../domain/session.ts";
import { isoInstant } from "../domain/time.ts";
import type {
  Clock,
  Credential,
  HashingSlot,
  PinHasher,
  Pseudonyms,
  RandomBytes,
  Reads,
  Store,
  Subject,
} from "../ports.ts";
import { accountDraft, findSubject, subjectByAccount } from "./accounts.ts";
import type { AccountCaller } from "./accounts.ts";
import { authoriseThenBind } from "./authorise.ts";
import { NO_PIN, bindTo } from "./guess.ts";
import { makeGuess } from "./guessing.ts";
import type { Guessed } from "./guessing.ts";
import type { IdempotencyToken } from "./idempotency.ts";
import type { Appended } from "./ledger.ts";
import type { Recorder, Unit } from "./recorder.ts";

const policy = POLICIES.session;

/** A PIN to be, entered twice (FR-002). */
export interface EnteredTwice {
  readonly pin: string;
  readonly confirmation: string;
}

export interface Bound {
  readonly result: "done";
  readonly step: NextStep;
  readonly event: Appended;
}

export type SessionGuess = Guessed & { readonly step: NextStep };

export interface SessionPin {
  status(caller: AccountCaller): Promise<NextStep>;
  /** The first PIN. @throws {Refusal} PIN_FORMAT_ERROR, VALIDATION_ERROR, PIN_ALREADY_SET */
  create(caller: AccountCaller, entered: EnteredTwice, token: IdempotencyToken | null): Promise<Bound>;
  /** @throws {Refusal} PIN_FORMAT_ERROR, PIN_NOT_SET */
  verify(caller: AccountCaller, pin: string, token: IdempotencyToken | null): Promise<SessionGuess>;
  /**
   * With the current PIN, a counted guess; without it only in a session that has just proven a temporary PIN.
   * @throws {Refusal} PIN_FORMAT_ERROR, VALIDATION_ERROR, PIN_UNCHANGED, PIN_NOT_SET, REAUTHENTICATION_REQUIRED
   */
  change(
    caller: AccountCaller,
    current: string | undefined,
    entered: EnteredTwice,
    token: IdempotencyToken | null,
  ): Promise<SessionGuess | Bound>;
  /** For whoever forgot it (FR-012): shortly after a full authentication. @throws {Refusal} as `change` */
  reset(caller: AccountCaller, entered: EnteredTwice, token: IdempotencyToken | null): Promise<Bound>;
  /** Logs out of the PIN layer: this session must prove itself anew. */
  end(caller: AccountCaller, token: IdempotencyToken | null): Promise<Bound>;
}

/** How a PIN came to be bound, for the event. */
interface Right {
  readonly subject: Subject;
  readonly credential: Credential;
  readonly authorisedBy: "none_needed" | "recent_authentication" | "temporary_pin";
}

export function createSessionPin(deps: {
  readonly recorder: Recorder;
  readonly store: Store;
  readonly clock: Clock;
  readonly hasher: PinHasher;
  readonly pseudonyms: Pseudonyms;
  readonly randomBytes: RandomBytes;
  /** Longest that a session counts as proven. */
  readonly sessionMs: number;
  /** How long ago a full authentication may be for a reset. */
  readonly recentMs: number;
}): SessionPin {
  const { recorder, store, clock, hasher, pseudonyms, sessionMs, recentMs } = deps;

  const sessionOf = ({ account, sessionId }: AccountCaller) => pseudonyms.name("session", account, sessionId);
  const subjectOf = (unit: Unit, caller: AccountCaller) => subjectByAccount(unit, caller, deps);

  async function proofOf(
    { sessions }: Pick<Reads, "sessions">,
    caller: AccountCaller,
    subject: Subject,
  ): Promise<SessionProof | null> {
    const session = await sessions.get(sessionOf(caller));
    return session?.subjectId === subject.id ? session : null;
  }

  async function held(unit: Unit, caller: AccountCaller) {
    const subject = await subjectOf(unit, caller);
    const credential = await unit.tx.credentials.getForUpdate(subject.id, policy.id, unit.now);
    return { subject, credential };
  }

  /** From here on this session has proven the PIN of that generation, and no other. */
  async function prove(unit: Unit, caller: AccountCaller, credential: Credential): Promise<NextStep> {
    const proof = { generation: credential.generation, expiresAt: unit.now + sessionMs };
    const session = { id: sessionOf(caller), subjectId: credential.subjectId, ...proof };
    await unit.tx.sessions.save(session, unit.now);
    return nextStep(stateOf(credential), proof, unit.now);
  }

  const facts = (caller: AccountCaller, verifiedSession: boolean) => ({
    session: sessionOf(caller),
    verifiedSession,
  });

  const bind = (
    caller: AccountCaller,
    pin: Pin,
    token: IdempotencyToken | null,
    kind: { readonly event: EventType; readonly authorise: (unit: Unit) => Promise<Right> },
  ) =>
    hasher.withSlot((slot) =>
      authoriseThenBind(recorder, token, {
        authorise: kind.authorise,
        async hash({ credential }) {
          await refuseTemporaryAgain(slot, credential, pin);
          return slot.hash(pin);
        },
        async bind(unit, { subject, credential, authorisedBy }, verifier): Promise<Bound> {
          const recent = authorisedBy === "recent_authentication";
          const stored = { ...NO_PIN, verifier, pinLength: pin.length };
          const bound = bindTo(credential, stored, { freshGuesses: recent });
          await unit.tx.credentials.save(bound, unit.now);
          const step = await prove(unit, caller, bound);
          const event = await unit.append(
            subject,
            accountDraft(caller, {
              type: kind.event,
              policy: policy.id,
              knowledge: true,
              outcome: {
                result: "done",
                authorisedBy,
                ...(recent && caller.authTime !== null ? { authTime: isoInstant(caller.authTime) } : {}),
                ...counterFacts(bound.counter, bound.open),
                ...facts(caller, true),
              },
            }),
          );
          return { result: "done", step, event };
        },
      }),
    );

  const guess = (
    caller: AccountCaller,
    pin: Pin,
    token: IdempotencyToken | null,
    then: { readonly event: EventType; readonly next: Pin | null },
  ): Promise<SessionGuess> =>
    hasher.withSlot((slot) =>
      makeGuess<null, { readonly step: NextStep }>(recorder, slot, {
        policy,
        secret: pin,
        token,
        async begin(unit) {
          const { subject, credential } = await held(unit, caller);
          if (credential.verifier === null) throw notSet();
          return { subject, context: null };
        },
        subject: (unit) => subjectOf(unit, caller),
        replace: replacing(then.next),
        async conclude(unit, { result, credential }, _judged, subject) {
          if (result === "valid") return { step: await prove(unit, caller, credential) };
          const proof = await proofOf(unit.tx, caller, subject);
          return { step: nextStep(stateOf(credential), proof, unit.now) };
        },
        draft: (_context, valid, outcome) =>
          accountDraft(caller, {
            type: then.event,
            policy: policy.id,
            knowledge: valid,
            outcome: {
              ...outcome,
              ...(valid && then.next !== null ? { authorisedBy: "current_pin" } : {}),
              ...facts(caller, valid),
            },
          }),
      }),
    );

  return {
    async status(caller) {
      const subject = await findSubject(store.read.subjects, caller, pseudonyms);
      const credential = subject === null ? null : await store.read.credentials.get(subject.id, policy.id);
      const proof = subject === null ? null : await proofOf(store.read, caller, subject);
      return nextStep(credential === null ? null : stateOf(credential), proof, clock.now());
    },

    async create(caller, entered, token) {
      const pin = chosen(entered);
      return bind(caller, pin, token, {
        event: "pin_set",
        async authorise(unit) {
          const { subject, credential } = await held(unit, caller);
          if (credential.verifier === null) return { subject, credential, authorisedBy: "none_needed" };
          throw new Refusal("PIN_ALREADY_SET", "A PIN is set already. Change or reset it.", {
            reason: "pin_already_set",
          });
        },
      });
    },

    async verify(caller, pin, token) {
      return guess(caller, parsePin(policy, pin), token, { event: "pin_verify", next: null });
    },

    async change(caller, currentText, entered, token) {
      const next = chosen(entered);
      if (currentText !== undefined) {
        const current = parsePin(policy, currentText);
        if (current === next) throw unchanged("The new PIN must differ from the current one.", "same_pin");
        return guess(caller, current, token, { event: "pin_change", next });
      }
      return bind(caller, next, token, {
        event: "pin_change",
        async authorise(unit) {
          const { subject, credential } = await held(unit, caller);
          if (credential.verifier === null) throw notSet();
          const proof = await proofOf(unit.tx, caller, subject);
          const step = nextStep(stateOf(credential), proof, unit.now);
          if (step.next === "change_temporary_pin") {
            return { subject, credential, authorisedBy: "temporary_pin" };
          }
          throw reauthenticationRequired(recentMs, "Send the current PIN.", "current_pin_required");
        },
      });
    },

    async reset(caller, entered, token) {
      const pin = chosen(entered);
      return bind(caller, pin, token, {
        event: "pin_reset",
        async authorise(unit) {
          const { subject, credential } = await held(unit, caller);
          if (credential.verifier === null) throw notSet();
          if (isRecent(caller.authTime, unit.now, recentMs)) {
            return { subject, credential, authorisedBy: "recent_authentication" };
          }
          throw reauthenticationRequired(recentMs, "Sign in again, then reset your PIN.");
        },
      });
    },

    end: (caller, token) =>
      recorder.commit(async (unit) => {
        const { subject, credential } = await held(unit, caller);
        const proof = await proofOf(unit.tx, caller, subject);
        await unit.tx.sessions.remove(sessionOf(caller));
        const event = await unit.append(
          subject,
          accountDraft(caller, {
            type: "session_end",
            policy: policy.id,
            outcome: {
              result: "done",
              session: sessionOf(caller),
              wasVerified: isProven(proof, credential, unit.now),
              verifiedSession: false,
            },
          }),
        );
        const step = nextStep(stateOf(credential), null, unit.now);
        return unit.remember<Bound>({ result: "done", step, event });
      }, token),
  };
}

const stateOf = (credential: Credential) => ({ ...credential, hasPin: credential.verifier !== null });

const replacing = (next: Pin | null) =>
  next === null
    ? null
    : async (slot: HashingSlot) => ({ ...NO_PIN, verifier: await slot.hash(next), pinLength: next.length });

/** Nothing is asked of anything stored before both entries are the same PIN. */
function chosen({ pin, confirmation }: EnteredTwice): Pin {
  const parsed = parseNewPin(policy, pin);
  requireConfirmation(pin, confirmation);
  return parsed;
}

/** Support knows the temporary PIN, expired or not: whoever kept it would share it. */
async function refuseTemporaryAgain(slot: HashingSlot, credential: Credential, pin: Pin): Promise<void> {
  if (credential.temporary === null) return;
  if (!(await slot.verify(credential.verifier, pin)).matches) return;
  throw unchanged("The temporary PIN cannot be your new one. Please choose another.", "temporary_pin_reused");
}

const unchanged = (sentence: string, reason: string) => new Refusal("PIN_UNCHANGED", sentence, { reason });

const notSet = () =>
  new Refusal("PIN_NOT_SET", "No PIN is set yet. Create one first.", { reason: "pin_not_set" });
