import { expect } from "chai";
import fc from "fast-check";
import { admitGuess, guessesLeft, rebound, recordRightGuess } from "../../server/domain/credential.ts";
import type { CredentialState } from "../../server/domain/credential.ts";
import { Refusal } from "../../server/domain/errors.ts";
import { NEW_COUNTER, unlock } from "../../server/domain/lockout.ts";
import { POLICIES } from "../../server/domain/policy.ts";
import type { PolicyId } from "../../server/domain/policy.ts";
import { authoriseWithoutPin, isRecent } from "../../server/domain/reauthentication.ts";
import { nextStep } from "../../server/domain/session.ts";
import type { NextStep, SessionProof } from "../../server/domain/session.ts";
import { DOCUMENTED, POLICY_IDS } from "./schedules.ts";

const RECENT_MS = 300_000;
const SESSION_MS = 43_200_000;
const TEMPORARY_MS = 86_400_000;

const SESSIONS = ["one", "two"] as const;
type SessionName = (typeof SESSIONS)[number];

/** What users, support and time do; `right` is whether the PIN that is presented is the one that counts. */
export type Act =
  | {
      readonly act: "guess";
      readonly policy: PolicyId;
      readonly session: SessionName;
      readonly right: boolean;
    }
  | { readonly act: "set"; readonly policy: "standard" | "session"; readonly session: SessionName }
  | { readonly act: "remove" }
  | { readonly act: "reset by user"; readonly policy: "fra" | "session"; readonly session: SessionName }
  | { readonly act: "change temporary"; readonly session: SessionName }
  | { readonly act: "log out"; readonly session: SessionName }
  | { readonly act: "sign in" }
  | { readonly act: "reset by support"; readonly policy: "standard" | "session" }
  | { readonly act: "unlock"; readonly policy: "standard" | "session" }
  | { readonly act: "temporary" }
  | { readonly act: "siege"; readonly policy: PolicyId; readonly guesses: number }
  | { readonly act: "wait"; readonly ms: number };

const of = <K extends Act["act"]>(
  act: K,
  fields: {
    [F in Exclude<keyof Extract<Act, { act: K }>, "act">]: fc.Arbitrary<Extract<Act, { act: K }>[F]>;
  },
): fc.Arbitrary<Act> =>
  fc.record({ act: fc.constant(act), ...(fields as object) }) as unknown as fc.Arbitrary<Act>;

const session = fc.constantFrom(...SESSIONS);
const supported = fc.constantFrom("standard" as const, "session" as const);

export const acts: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 14,
    arbitrary: of("guess", {
      policy: fc.constantFrom(...POLICY_IDS, "session" as const),
      session,
      right: fc.oneof(
        { weight: 3, arbitrary: fc.constant(false) },
        { weight: 1, arbitrary: fc.constant(true) },
      ),
    }),
  },
  { weight: 3, arbitrary: of("set", { policy: supported, session }) },
  { weight: 1, arbitrary: of("remove", {}) },
  { weight: 1, arbitrary: of("reset by user", { policy: fc.constantFrom("fra", "session"), session }) },
  { weight: 3, arbitrary: of("change temporary", { session }) },
  { weight: 1, arbitrary: of("log out", { session }) },
  { weight: 1, arbitrary: of("sign in", {}) },
  { weight: 1, arbitrary: of("reset by support", { policy: supported }) },
  { weight: 2, arbitrary: of("unlock", { policy: supported }) },
  { weight: 2, arbitrary: of("temporary", {}) },
  {
    weight: 1,
    arbitrary: of("siege", {
      policy: fc.constantFrom(...POLICY_IDS),
      guesses: fc.integer({ min: 1, max: 110 }),
    }),
  },
  {
    weight: 8,
    arbitrary: of("wait", {
      ms: fc.constantFrom(
        0,
        1,
        60_000,
        299_999,
        300_000,
        899_999,
        900_000,
        3_600_000,
        43_200_000,
        86_400_000,
      ),
    }),
  },
);

/** What a bystander writes down, without the code under test. */
interface Notes {
  failed: number;
  lastGuess: number;
  unlocked: boolean;
  temporary: { readonly until: number; wrong: number } | null;
  bindings: number;
}

interface Held {
  state: CredentialState;
  hasPin: boolean;
  readonly notes: Notes;
}

/**
 * One person under all three policies. Every decision is the domain's; every check is made from notes of what was
 * evaluated, when, and by which session.
 */
export class AccountWorld {
  evaluated = 0;
  verifiedSessions = 0;
  #now = Date.UTC(2026, 0, 31);
  #authTime: number | null = null;
  readonly #held: Record<PolicyId, Held>;
  readonly #proofs = new Map<SessionName, SessionProof>();
  /** The binding that each session has shown the PIN of, and when. */
  readonly #shown = new Map<SessionName, { readonly binding: number; readonly at: number }>();

  constructor() {
    const fresh = (hasPin: boolean): Held => ({
      state: { counter: NEW_COUNTER, temporary: null, generation: 0 },
      hasPin,
      notes: { failed: 0, lastGuess: 0, unlocked: false, temporary: null, bindings: 0 },
    });
    this.#held = { fra: fresh(true), standard: fresh(false), session: fresh(false) };
  }

  do(act: Act): void {
    switch (act.act) {
      case "guess":
        this.#guess(act.policy, act.session, act.right);
        break;
      case "set":
        this.#set(act.policy, act.session);
        break;
      case "remove":
        this.#remove();
        break;
      case "reset by user":
        this.#resetByUser(act.policy, act.session);
        break;
      case "change temporary":
        this.#changeTemporary(act.session);
        break;
      case "log out":
        this.#proofs.delete(act.session);
        this.#shown.delete(act.session);
        break;
      case "sign in":
        this.#authTime = this.#now;
        break;
      case "reset by support":
        this.#bind(act.policy, { hasPin: false, fresh: true });
        break;
      case "unlock":
        this.#unlock(act.policy);
        break;
      case "temporary":
        this.#temporary();
        break;
      case "siege":
        for (let i = 0; i < act.guesses; i++) {
          this.#now += 86_400_000;
          this.#guess(act.policy, "one", false);
        }
        break;
      case "wait":
        this.#now += act.ms;
        break;
    }
    this.#check();
  }

  #guess(policy: PolicyId, by: SessionName, right: boolean): void {
    const held = this.#held[policy];
    if (!held.hasPin) return;
    const { notes } = held;
    const { lockout } = POLICIES[policy];
    const { wait, cap } = DOCUMENTED[policy];
    const admission = admitGuess(lockout, held.state, this.#now);

    const served = notes.unlocked || this.#now - notes.lastGuess >= wait(notes.failed);
    const alive =
      notes.temporary === null || (this.#now < notes.temporary.until && notes.temporary.wrong < 3);
    expect(admission.kind === "admitted", "let in if and only if nothing stands against it").to.equal(
      served && alive && notes.failed < cap,
    );
    if (admission.kind !== "admitted") return;

    this.evaluated++;
    held.state = { ...held.state, ...admission.guarded };
    notes.lastGuess = this.#now;
    notes.unlocked = false;
    if (!right) {
      notes.failed++;
      if (notes.temporary !== null) notes.temporary.wrong++;
      return;
    }
    held.state = { ...held.state, ...recordRightGuess(lockout, held.state, admission.attempt) };
    notes.failed = 0;
    if (policy === "session") this.#prove(by);
  }

  #set(policy: "standard" | "session", by: SessionName): void {
    const held = this.#held[policy];
    if (policy === "session") {
      if (held.hasPin) return;
      this.#bind(policy, { hasPin: true, fresh: false });
      return this.#prove(by);
    }
    const right = this.#withoutPin();
    if (right === null) return;
    this.#bind(policy, { hasPin: true, fresh: right });
  }

  #remove(): void {
    if (this.#held.standard.hasPin && this.#withoutPin() !== null) {
      this.#bind("standard", { hasPin: false, fresh: false });
    }
  }

  /** Null: refused. Else whether it rests on a recent authentication. */
  #withoutPin(): boolean | null {
    const { hasPin, state, notes } = this.#held.standard;
    const recent = isRecent(this.#authTime, this.#now, RECENT_MS);
    const right = authoriseWithoutPin({ hasPin, counter: state.counter }, recent, RECENT_MS);
    const signedIn = this.#authTime !== null && this.#now - this.#authTime < RECENT_MS;
    expect(right instanceof Refusal, "a token alone neither replaces a PIN nor revives one").to.equal(
      !signedIn && (hasPin || notes.failed >= DOCUMENTED.standard.cap),
    );
    return right instanceof Refusal ? null : right === "recent_authentication";
  }

  #resetByUser(policy: "fra" | "session", by: SessionName): void {
    if (!this.#held[policy].hasPin) return;
    if (policy === "session" && !isRecent(this.#authTime, this.#now, RECENT_MS)) return;
    this.#bind(policy, { hasPin: true, fresh: true });
    if (policy === "session") this.#prove(by);
  }

  #changeTemporary(by: SessionName): void {
    if (this.#next(by).next !== "change_temporary_pin") return;
    const { notes } = this.#held.session;
    expect(notes.temporary, "only a temporary PIN is changed without showing it again").not.to.equal(null);
    expect(this.#shown.get(by)?.binding, "this session has shown it").to.equal(notes.bindings);
    this.#bind("session", { hasPin: true, fresh: false });
    this.#prove(by);
  }

  #temporary(): void {
    const until = this.#now + TEMPORARY_MS;
    this.#bind("session", { hasPin: true, fresh: true, until });
  }

  #unlock(policy: "standard" | "session"): void {
    const held = this.#held[policy];
    if (held.state.counter.disabledAt !== null) return;
    held.state = { ...held.state, counter: unlock(held.state.counter) };
    held.notes.unlocked = true;
  }

  #bind(policy: PolicyId, change: { hasPin: boolean; fresh: boolean; until?: number }): void {
    const held = this.#held[policy];
    const temporary = change.until === undefined ? {} : { temporary: { expiresAt: change.until, spent: 0 } };
    held.state = rebound(held.state, { freshGuesses: change.fresh, ...temporary });
    held.hasPin = change.hasPin;
    held.notes.bindings++;
    held.notes.temporary = change.until === undefined ? null : { until: change.until, wrong: 0 };
    if (change.fresh) held.notes.failed = 0;
  }

  #prove(by: SessionName): void {
    const { state, notes } = this.#held.session;
    this.#proofs.set(by, { generation: state.generation, expiresAt: this.#now + SESSION_MS });
    this.#shown.set(by, { binding: notes.bindings, at: this.#now });
  }

  #next(by: SessionName): NextStep {
    const { state, hasPin } = this.#held.session;
    return nextStep({ ...state, hasPin }, this.#proofs.get(by) ?? null, this.#now);
  }

  /** What holds at every moment, whatever came before. */
  #check(): void {
    for (const policy of POLICY_IDS) {
      const { state, notes } = this.#held[policy];
      expect(notes.failed, `wrong guesses in a row under ${policy}`).to.be.at.most(DOCUMENTED[policy].cap);
      expect(state.generation, "every binding is told from the one before").to.equal(notes.bindings);
      const left = guessesLeft(POLICIES[policy].lockout, state, this.#now);
      expect(left).to.be.at.most(
        notes.temporary === null ? DOCUMENTED[policy].cap : 3 - notes.temporary.wrong,
      );
    }
    const { hasPin, notes } = this.#held.session;
    for (const name of SESSIONS) {
      const { next } = this.#next(name);
      const shown = this.#shown.get(name);
      const proven =
        shown !== undefined && shown.binding === notes.bindings && this.#now - shown.at < SESSION_MS;
      const expired = notes.temporary !== null && this.#now >= notes.temporary.until;
      expect(next === "create_pin", "asked to create a PIN if and only if there is none").to.equal(!hasPin);
      expect(next === "none", "let through if and only if this session showed this PIN").to.equal(
        hasPin && proven && notes.temporary === null,
      );
      expect(next === "change_temporary_pin").to.equal(
        hasPin && proven && notes.temporary !== null && !expired,
      );
      if (next === "none") this.verifiedSessions++;
    }
  }
}
