import { expect } from "chai";
import fc from "fast-check";
import {
  NEW_COUNTER,
  admitAttempt,
  attemptsLeft,
  failures,
  isLocked,
  rebind,
  recordSuccess,
} from "../../server/domain/lockout.ts";
import type { GuessCounter } from "../../server/domain/lockout.ts";
import { POLICIES } from "../../server/domain/policy.ts";
import type { PolicyId } from "../../server/domain/policy.ts";
import { DOCUMENTED } from "./schedules.ts";

export type Step =
  | { readonly step: "guess"; readonly right: boolean; readonly concludes: Concludes }
  | { readonly step: "burst"; readonly size: number; readonly right: readonly number[] }
  | { readonly step: "conclude"; readonly which: number }
  | { readonly step: "wait"; readonly until: number | "just before unlock" | "unlock" }
  | { readonly step: "siege"; readonly guesses: number }
  | { readonly step: "restart" }
  | { readonly step: "rebind" };

/** At once, some time later or, because the process crashed, not at all. */
type Concludes = "now" | "later" | "never";

export const steps: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      step: fc.constant("guess" as const),
      right: fc.boolean(),
      concludes: fc.constantFrom<Concludes>("now", "later", "never"),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      step: fc.constant("burst" as const),
      size: fc.integer({ min: 2, max: 60 }),
      right: fc.uniqueArray(fc.nat(10), { maxLength: 4 }),
    }),
  },
  { weight: 4, arbitrary: fc.record({ step: fc.constant("conclude" as const), which: fc.nat(100) }) },
  {
    weight: 6,
    arbitrary: fc.record({
      step: fc.constant("wait" as const),
      until: fc.constantFrom<number | "just before unlock" | "unlock">(
        ...[0, 1, 300_000, 900_000, 3_600_000, 86_400_000],
        ...(["just before unlock", "unlock", "unlock"] as const),
      ),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ step: fc.constant("siege" as const), guesses: fc.integer({ min: 1, max: 110 }) }),
  },
  { weight: 1, arbitrary: fc.constant({ step: "restart" as const }) },
  { weight: 1, arbitrary: fc.constant({ step: "rebind" as const }) },
);

/**
 * Drives one counter and checks each step against a ledger of its own: the instants at which guesses were evaluated,
 * and how many of them, in order of admission, the last success covers. From these and the documented waits follows
 * what the schedule allows; nothing of the counter under test enters the bound.
 */
export class Siege {
  refusals = 0;
  lateSuccesses = 0;
  #counter: GuessCounter = NEW_COUNTER;
  #now = Date.UTC(2026, 0, 31);
  /** When each guess was evaluated, in order of admission. */
  readonly #evaluated: number[] = [];
  #covered = 0;
  /** The right ones only: that a guess was wrong changes nothing, for it was counted from the start. */
  #inFlight: number[] = [];
  readonly #id: PolicyId;

  constructor(id: PolicyId) {
    this.#id = id;
  }

  get disabled(): boolean {
    return this.#counter.disabledAt !== null;
  }

  run(step: Step): void {
    switch (step.step) {
      case "guess":
        this.guess(step.right, step.concludes);
        break;
      case "burst":
        for (let i = 0; i < step.size; i++) this.guess(step.right.includes(i), "later");
        break;
      case "conclude":
        this.#conclude(step.which);
        break;
      case "wait":
        this.#wait(step.until);
        break;
      case "siege":
        for (let i = 0; i < step.guesses; i++) {
          this.#wait("unlock");
          this.guess(false, "now");
        }
        break;
      case "restart":
        this.#counter = JSON.parse(JSON.stringify(this.#counter)) as GuessCounter;
        this.#inFlight = [];
        break;
      case "rebind":
        this.#counter = rebind(this.#counter);
        this.#covered = this.#evaluated.length;
        break;
    }
    this.#checkAttemptsLeft();
  }

  /** Whether the guess was let in. */
  guess(right: boolean, concludes: Concludes): boolean {
    const admission = admitAttempt(POLICIES[this.#id].lockout, this.#counter, this.#now);
    if (admission.kind !== "admitted") {
      this.refusals++;
      return false;
    }
    this.#checkAllowed();
    this.#evaluated.push(this.#now);
    expect(admission.attempt, "attempts are numbered in order").to.equal(this.#evaluated.length);
    this.#counter = admission.counter;
    if (concludes === "never" || !right) return true;
    this.#inFlight.push(admission.attempt);
    if (concludes === "now") this.#conclude(this.#inFlight.length - 1);
    return true;
  }

  /** One more guess is about to be evaluated: those since the last success have been paid for in full. */
  #checkAllowed(): void {
    const { wait, cap } = DOCUMENTED[this.#id];
    const since = this.#evaluated.slice(this.#covered);
    expect(since.length, "guesses evaluated since the last success").to.be.below(cap);
    let due = 0;
    for (let failed = 1; failed <= since.length; failed++) due += wait(failed);
    const waited = this.#now - (since[0] ?? this.#now);
    expect(waited, `time spent on ${since.length} guesses`).to.be.at.least(due);
  }

  #conclude(which: number): void {
    const [attempt] = this.#inFlight.splice(which % Math.max(1, this.#inFlight.length), 1);
    if (attempt === undefined) return;
    const rest = this.#evaluated.length - attempt;
    if (rest > 0) this.lateSuccesses++;
    const before = failures(this.#counter);
    this.#counter = recordSuccess(POLICIES[this.#id].lockout, this.#counter, attempt);
    const older = attempt <= this.#covered;
    this.#covered = Math.max(this.#covered, attempt);
    // After so many later failures there has been a lock: the success is too old to clear what it covers.
    const tooLate = DOCUMENTED[this.#id].wait(Math.min(rest, 5)) > 0;
    expect(failures(this.#counter), "what a success leaves counted").to.equal(
      older || tooLate ? before : rest,
    );
  }

  #wait(until: number | "just before unlock" | "unlock"): void {
    if (typeof until === "number") {
      this.#now += until;
      return;
    }
    if (!isLocked(this.#counter, this.#now) || this.#counter.lockedUntil === null) return;
    this.#now = this.#counter.lockedUntil - 1;
    if (!this.disabled) expect(this.guess(false, "never"), "a guess before the lock ends").to.equal(false);
    if (until === "unlock") this.#now++;
  }

  /** What is announced is what trying gives: so many guesses at this instant, and not one more. */
  #checkAttemptsLeft(): void {
    const { lockout } = POLICIES[this.#id];
    let [counter, tried] = [this.#counter, 0];
    for (;;) {
      const admission = admitAttempt(lockout, counter, this.#now);
      if (admission.kind !== "admitted") break;
      counter = admission.counter;
      tried++;
    }
    expect(attemptsLeft(lockout, this.#counter, this.#now), "attempts left").to.equal(tried);
  }
}
