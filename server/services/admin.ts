/** What support may do about a customer's PIN (seed 004, FR-013 to FR-017). It never sees one, but for a temporary PIN once. */
import { disabledReason, guessesLeft } from "../domain/credential.ts";
import type { DisabledReason } from "../domain/credential.ts";
import { Refusal } from "../domain/errors.ts";
import type { EventType } from "../domain/events.ts";
import { failures, isLocked, unlock } from "../domain/lockout.ts";
import { counterFacts } from "../domain/open-attempts.ts";
import type { PhoneNumber } from "../domain/phone.ts";
import { parsePin } from "../domain/pin.ts";
import { POLICIES } from "../domain/policy.ts";
import type { PolicyId } from "../domain/policy.ts";
import { generatePin } from "../domain/temporary.ts";
import { isoInstant } from "../domain/time.ts";
import type {
  AdminActionEntry,
  Credential,
  PinHasher,
  Pseudonyms,
  RandomBytes,
  Store,
  Subject,
} from "../ports.ts";
import { authoriseThenBind } from "./authorise.ts";
import { NO_PIN, bindTo } from "./guess.ts";
import type { IdempotencyToken } from "./idempotency.ts";
import type { Appended } from "./ledger.ts";
import { NO_FACTORS } from "./otp.ts";
import type { Recorder, Unit } from "./recorder.ts";

/**
 * The policies that support may act upon. A customer of the FRA surface re-binds with phone and consent, and nobody can
 * stand in for either.
 */
export const SUPPORTED = ["session", "standard"] as const satisfies readonly PolicyId[];
export type SupportedPolicy = (typeof SUPPORTED)[number];

/** The administrator's account alias. */
export interface AdminCaller {
  readonly account: string;
}

export type Sought = { readonly phone: PhoneNumber } | { readonly account: string };

export interface PinStatus {
  readonly policy: PolicyId;
  readonly hasPin: boolean;
  readonly temporary: boolean;
  readonly temporaryExpiresAt: number | null;
  readonly failures: number;
  readonly attemptsLeft: number;
  readonly lockedUntil: number | null;
  readonly disabled: boolean;
}

export interface SubjectStatus {
  readonly identityHash: string;
  readonly pins: readonly PinStatus[];
}

export interface Acted extends SubjectStatus {
  readonly event: Appended;
}

export interface TemporarySet extends Acted {
  readonly expiresAt: number;
  readonly generated: boolean;
}

export interface AdminService {
  /** @throws {Refusal} NOT_FOUND */
  search(admin: AdminCaller, sought: Sought, token: IdempotencyToken | null): Promise<Acted>;
  /** Clears the PIN: the user must create a new one. Guessing starts anew. @throws {Refusal} NOT_FOUND */
  reset(admin: AdminCaller, target: Target, token: IdempotencyToken | null): Promise<Acted>;
  /** Ends the wait; failures stay counted. @throws {Refusal} NOT_FOUND, PIN_DISABLED */
  unlock(admin: AdminCaller, target: Target, token: IdempotencyToken | null): Promise<Acted>;
  /**
   * @param chosen null to have one generated
   * @param show told the generated PIN once it counts; it is in no outcome, and so in nothing that is stored or repeated
   * @throws {Refusal} NOT_FOUND, PIN_FORMAT_ERROR
   */
  setTemporary(
    admin: AdminCaller,
    identityHash: string,
    chosen: string | null,
    token: IdempotencyToken | null,
    show: (pin: string) => void,
  ): Promise<TemporarySet>;
  /** The latest first. */
  actions(before: number | null, limit: number): Promise<AdminActionEntry[]>;
}

export interface Target {
  readonly identityHash: string;
  readonly policy: SupportedPolicy;
}

export function createAdminService(deps: {
  readonly recorder: Recorder;
  readonly store: Store;
  readonly hasher: PinHasher;
  readonly pseudonyms: Pseudonyms;
  readonly randomBytes: RandomBytes;
  readonly temporaryMs: number;
}): AdminService {
  const { recorder, store, hasher, pseudonyms, randomBytes, temporaryMs } = deps;

  /** Complete, yet it names nobody: the administrator by a keyed pseudonym, the subject by its own. */
  const record = (
    unit: Unit,
    admin: AdminCaller,
    subject: Subject,
    type: EventType,
    policy: PolicyId,
    outcome: Readonly<Record<string, unknown>>,
  ) =>
    unit.append(subject, {
      type,
      policy,
      device: {},
      factors: NO_FACTORS,
      consentVerified: false,
      outcome: { ...outcome, administrator: pseudonyms.name("administrator", admin.account) },
    });

  async function statusOf({ tx, now }: Unit, { id, identityHash }: Subject): Promise<SubjectStatus> {
    const pins: PinStatus[] = [];
    for (const policy of Object.values(POLICIES)) {
      const credential = await tx.credentials.get(id, policy.id);
      if (credential !== null) pins.push(pinStatus(credential, now));
    }
    return { identityHash, pins };
  }

  async function held(unit: Unit, identityHash: string, policy: PolicyId) {
    const subject = await unit.tx.subjects.byIdentityHash(identityHash);
    if (subject === null) throw unknownSubject();
    const credential = await unit.tx.credentials.getForUpdate(subject.id, policy, unit.now);
    return { subject, credential };
  }

  /** One change of a credential, its event, and its line in the list that shows no more than that (FR-017). */
  const act = (
    admin: AdminCaller,
    { identityHash, policy }: Target,
    token: IdempotencyToken | null,
    type: "admin_reset" | "admin_unlock",
    change: (credential: Credential, now: number) => Credential,
  ) =>
    recorder.commit(async (unit) => {
      const { subject, credential } = await held(unit, identityHash, policy);
      const changed = change(credential, unit.now);
      await unit.tx.credentials.save(changed, unit.now);
      const event = await record(unit, admin, subject, type, policy, {
        result: "done",
        existed: credential.verifier !== null,
        wasLocked: isLocked(credential.counter, unit.now),
        ...counterFacts(changed.counter, changed.open),
      });
      await unit.tx.adminActions.append(ACTION_NAMES[type], event.timestamp);
      return unit.remember<Acted>({ ...(await statusOf(unit, subject)), event });
    }, token);

  return {
    search: (admin, sought, token) =>
      recorder.commit(async (unit) => {
        const alias = "phone" in sought ? pseudonyms.alias("phone", sought.phone) : sought.account;
        const subject = await unit.tx.subjects.byAlias(alias);
        if (subject === null) throw unknownSubject();
        const by = "phone" in sought ? "phone" : "account";
        const event = await record(unit, admin, subject, "admin_search", "session", { by });
        return unit.remember<Acted>({ ...(await statusOf(unit, subject)), event });
      }, token),

    reset: (admin, target, token) =>
      act(admin, target, token, "admin_reset", (credential) =>
        bindTo(credential, NO_PIN, { freshGuesses: true }),
      ),

    unlock: (admin, target, token) =>
      act(admin, target, token, "admin_unlock", (credential, now) => {
        const why = disabledReason(credential, now);
        if (why === null) return { ...credential, counter: unlock(credential.counter) };
        throw new Refusal("PIN_DISABLED", NOT_UNLOCKED[why], { reason: "unlock_not_possible" });
      }),

    async setTemporary(admin, identityHash, chosen, token, show) {
      const policy = POLICIES.session;
      const pin = chosen === null ? generatePin(4, randomBytes) : parsePin(policy, chosen);
      const set = await hasher.withSlot((slot) =>
        authoriseThenBind(recorder, token, {
          authorise: (unit) => held(unit, identityHash, policy.id),
          hash: () => slot.hash(pin),
          async bind(unit, { subject, credential }, verifier): Promise<TemporarySet> {
            const expiresAt = unit.now + temporaryMs;
            const bound = bindTo(
              credential,
              { ...NO_PIN, verifier, pinLength: pin.length },
              { freshGuesses: true, temporary: { expiresAt, spent: 0 } },
            );
            await unit.tx.credentials.save(bound, unit.now);
            const event = await record(unit, admin, subject, "admin_temporary_pin", policy.id, {
              result: "done",
              existed: credential.verifier !== null,
              generated: chosen === null,
              temporary: { expiresAt: isoInstant(expiresAt), spent: 0 },
              ...counterFacts(bound.counter, bound.open),
            });
            await unit.tx.adminActions.append(ACTION_NAMES.admin_temporary_pin, event.timestamp);
            return { ...(await statusOf(unit, subject)), expiresAt, generated: chosen === null, event };
          },
        }),
      );
      if (chosen === null) show(pin);
      return set;
    },

    actions: (before, limit) => store.read.adminActions.page(before, limit),
  };
}

const ACTION_NAMES = {
  admin_reset: "reset_pin",
  admin_unlock: "unlock",
  admin_temporary_pin: "set_temporary_pin",
} as const;

/** Said rather than done: an unlock that leaves the customer locked out would look like a help. */
const NOT_UNLOCKED: Readonly<Record<DisabledReason, string>> = {
  failures: "Too many wrong PINs: this PIN can be reset, not unlocked.",
  temporary_expired: "The temporary PIN has expired: set another, or reset the PIN.",
  temporary_spent: "The temporary PIN was entered wrongly too often: set another, or reset the PIN.",
};

const unknownSubject = () =>
  new Refusal("NOT_FOUND", "Nothing is known of this customer.", { reason: "unknown_subject" });

function pinStatus(credential: Credential, now: number): PinStatus {
  const { counter, temporary, policy } = credential;
  const hasPin = credential.verifier !== null;
  return {
    policy,
    hasPin,
    temporary: temporary !== null,
    temporaryExpiresAt: temporary?.expiresAt ?? null,
    failures: failures(counter),
    attemptsLeft: hasPin ? guessesLeft(POLICIES[policy].lockout, credential, now) : 0,
    lockedUntil: isLocked(counter, now) ? counter.lockedUntil : null,
    disabled: disabledReason(credential, now) !== null,
  };
}
