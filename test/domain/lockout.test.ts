import { expect } from "chai";
import {
  NEW_COUNTER,
  admitAttempt,
  attemptsLeft,
  failures,
  isLocked,
  rebind,
  recordSuccess,
  waitAfter,
} from "../../server/domain/lockout.ts";
import type { GuessCounter, LockoutSchedule } from "../../server/domain/lockout.ts";
import { POLICIES } from "../../server/domain/policy.ts";
import { DAY, HOUR, MINUTE } from "../../server/domain/time.ts";
import { DOCUMENTED, POLICY_IDS } from "./schedules.ts";

const NOW = Date.UTC(2026, 0, 31);
const FRA = POLICIES.fra.lockout;

/** The counter after so many admitted attempts at one instant or, where locked, at the end of each lock. */
function reserve(schedule: LockoutSchedule, counter: GuessCounter, times: number, from = NOW): GuessCounter {
  let [state, now] = [counter, from];
  for (let i = 0; i < times; i++) {
    now = Math.max(now, state.lockedUntil ?? 0);
    const admission = admitAttempt(schedule, state, now);
    if (admission.kind !== "admitted") throw new Error(`attempt ${i + 1} is ${admission.kind}`);
    state = admission.counter;
  }
  return state;
}

/** How many wrong guesses someone makes before `until` who tries again at the end of every lock. */
function guessesBefore(schedule: LockoutSchedule, until: number): number {
  let [counter, now, guesses] = [NEW_COUNTER, 0, 0];
  while (now < until) {
    const admission = admitAttempt(schedule, counter, now);
    if (admission.kind === "disabled") break;
    if (admission.kind === "locked") {
      now = admission.until;
      continue;
    }
    counter = admission.counter;
    guesses++;
  }
  return guesses;
}

describe("the lockout schedules", () => {
  for (const id of POLICY_IDS) {
    it(`of ${id} are the documented ones, and within NIST's hundred failures in a row`, () => {
      const { lockout } = POLICIES[id];
      for (let failed = 0; failed <= 100; failed++) {
        expect(waitAfter(lockout, failed), `${failed} failures`).to.equal(DOCUMENTED[id].wait(failed));
      }
      expect(lockout.disableAt).to.equal(DOCUMENTED[id].cap).and.to.be.at.most(100);
    });
  }

  it("of fra: 5 failures cost 15 minutes, 10 an hour, and each 5 from 15 on a day", () => {
    const waits = [4, 5, 6, 9, 10, 11, 15, 16, 20, 45].map((failed) => waitAfter(FRA, failed));
    expect(waits).to.deep.equal([0, 15 * MINUTE, 0, 0, HOUR, 0, DAY, 0, DAY, DAY]);
  });

  it("leave a tireless guesser 15 guesses in the first day with fra, 28 with standard, and the cap in all", () => {
    const guesses = POLICY_IDS.map((id) =>
      [1, HOUR, DAY, Infinity].map((until) => guessesBefore(POLICIES[id].lockout, until)),
    );
    expect(guesses).to.deep.equal([
      [5, 10, 15, 50],
      [3, 5, 28, 100],
      [5, 20, 100, 100],
    ]);
  });
});

describe("a guess counter", () => {
  it("counts an attempt before its outcome is known, so a crash costs the guesser", () => {
    const admission = admitAttempt(FRA, NEW_COUNTER, NOW);
    expect(admission).to.deep.equal({
      kind: "admitted",
      attempt: 1,
      counter: { reserved: 1, cleared: 0, lockedUntil: null, disabledAt: null },
    });
    expect(failures(reserve(FRA, NEW_COUNTER, 3))).to.equal(3);
  });

  it("is locked up to, and not at, the instant it names", () => {
    const counter = reserve(FRA, NEW_COUNTER, 5);
    const until = NOW + 15 * MINUTE;
    expect(counter.lockedUntil).to.equal(until);
    expect(admitAttempt(FRA, counter, until - 1)).to.deep.equal({ kind: "locked", until });
    expect(isLocked(counter, until - 1)).to.equal(true);
    expect(isLocked(counter, until)).to.equal(false);
    expect(admitAttempt(FRA, counter, until).kind).to.equal("admitted");
  });

  it("stays locked when the clock is set back", () => {
    const counter = reserve(FRA, NEW_COUNTER, 5);
    expect(admitAttempt(FRA, counter, NOW - DAY).kind).to.equal("locked");
  });

  it("lets the attempt that brought the lock lift it by being right", () => {
    const counter = recordSuccess(FRA, reserve(FRA, NEW_COUNTER, 5), 5);
    expect(counter).to.deep.equal({ reserved: 5, cleared: 5, lockedUntil: null, disabledAt: null });
  });

  it("clears with a success what was reserved up to it, and nothing after", () => {
    const counter = reserve(FRA, NEW_COUNTER, 4);
    expect(failures(recordSuccess(FRA, counter, 1))).to.equal(3);
    expect(failures(recordSuccess(FRA, counter, 4))).to.equal(0);
  });

  it("takes no success that was in flight through a whole lock: it would skip the wait its rest deserves", () => {
    const { lockout } = POLICIES.session;
    const twice = reserve(lockout, NEW_COUNTER, 10);
    expect(recordSuccess(lockout, twice, 5)).to.deep.equal(twice);
    expect(failures(recordSuccess(lockout, twice, 6))).to.equal(4);
  });

  it("is not lifted out of a lock by a success older than one already recorded", () => {
    const twoRight = recordSuccess(FRA, reserve(FRA, NEW_COUNTER, 2), 2);
    const locked = reserve(FRA, twoRight, 5);
    expect(recordSuccess(FRA, locked, 1)).to.deep.equal(locked);
  });

  for (const id of POLICY_IDS) {
    it(`of ${id} is disabled at the cap, for ever, until a new secret is bound`, () => {
      const { lockout } = POLICIES[id];
      const { cap } = DOCUMENTED[id];
      expect(reserve(lockout, NEW_COUNTER, cap - 1).disabledAt).to.equal(null);
      const spent = reserve(lockout, NEW_COUNTER, cap);
      expect(spent.disabledAt).not.to.equal(null);
      expect(attemptsLeft(lockout, spent, NOW + 1_000 * DAY)).to.equal(0);
      expect(admitAttempt(lockout, spent, NOW + 1_000 * DAY)).to.deep.equal({ kind: "disabled" });
      expect(recordSuccess(lockout, spent, 0)).to.deep.equal(spent);
      expect(admitAttempt(lockout, rebind(spent), NOW)).to.have.property("kind", "admitted");
    });
  }

  it("counts the attempts left down to the cap, where no lock comes before it", () => {
    const schedule = { ...FRA, disableAt: 7 };
    const after = [0, 1, 4, 5, 6, 7].map((n) => reserve(schedule, NEW_COUNTER, n));
    const left = after.map((counter) => attemptsLeft(schedule, counter, NOW + DAY));
    expect(left).to.deep.equal([5, 4, 1, 2, 1, 0]);
  });

  it("goes on numbering after a new secret is bound", () => {
    const counter = rebind(reserve(FRA, NEW_COUNTER, 50));
    expect(counter).to.deep.equal({ reserved: 50, cleared: 50, lockedUntil: null, disabledAt: null });
    expect(admitAttempt(FRA, counter, NOW)).to.have.property("attempt", 51);
  });
});
