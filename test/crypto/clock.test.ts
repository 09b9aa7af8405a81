import { expect } from "chai";
import fc from "fast-check";
import { SteadyClock } from "../../server/crypto/clock.ts";

const START = Date.UTC(2026, 0, 1);
const YEAR = 365 * 24 * 3_600_000;

/** A machine whose wall clock and monotonic clock the test moves. */
function machine() {
  const at = { wall: START, monotonic: 5_000 };
  const clock = new SteadyClock(
    () => at.wall,
    () => at.monotonic,
  );
  return {
    clock,
    /** Time passes, and the wall clock is moved by `jump` besides. */
    pass: (ms: number, jump = 0) => {
      at.monotonic += ms;
      at.wall += ms + jump;
      return clock.now();
    },
    moveMonotonic: (ms: number) => {
      at.monotonic += ms;
    },
  };
}

describe("The steady clock", () => {
  it("starts with the wall clock and goes with it", () => {
    const { clock, pass } = machine();
    expect(clock.now()).to.equal(START);
    expect(pass(1)).to.equal(START + 1);
    expect(pass(90_000)).to.equal(START + 90_001);
  });

  for (const [name, jump] of [
    ["ahead, which would end every lock", YEAR],
    ["back, which would prolong every lock", -YEAR],
  ] as const) {
    it(`does not follow the wall clock when it is set a year ${name}`, () => {
      const { pass } = machine();
      expect(pass(10, jump)).to.equal(START + 10);
      expect(pass(60_000)).to.equal(START + 60_010);
      expect(pass(YEAR)).to.equal(START + 60_010 + YEAR);
    });

    it(`follows it again, slowly, when it is set right after a year ${name}`, () => {
      const { pass } = machine();
      pass(10, jump);
      pass(10, 400 - jump);
      expect(pass(100_000)).to.equal(START + 100_020 + 100);
      expect(pass(1_000_000)).to.equal(START + 1_100_020 + 400);
    });
  }

  it("cannot be walked through a lock by setting the wall clock ahead in small steps", () => {
    const { pass } = machine();
    let now = START;
    for (let step = 0; step < 1_000; step++) now = pass(10, 900);
    expect(now - START).to.be.within(10_000, 10_010);
  });

  it("follows drift, which would add up over months", () => {
    const { pass } = machine();
    let now = START;
    for (let hour = 0; hour < 1_000; hour++) now = pass(3_600_000, 200);
    expect(now).to.equal(START + 1_000 * 3_600_200);
  });

  it("goes slower, and not back, where the wall clock was set back a little", () => {
    const { pass } = machine();
    const before = pass(1_000);
    expect(pass(100, -500)).to.be.within(before + 99, before + 100);
    expect(pass(1_000_000)).to.equal(START + 1_001_100 - 500);
  });

  it("stands still rather than go back should even the monotonic clock fail", () => {
    const { clock, pass, moveMonotonic } = machine();
    const before = pass(1_000);
    moveMonotonic(-10_000);
    expect(clock.now()).to.be.at.least(before);
  });

  it("is whole milliseconds", () => {
    const { pass } = machine();
    expect(pass(0.7)).to.equal(START);
    expect(pass(0.7)).to.equal(START + 1);
  });

  it("never goes back, and jumps by no more than drift, whatever the wall clock does", () => {
    const step = fc.record({
      ms: fc.integer({ min: 0, max: 100_000 }),
      jump: fc.oneof(fc.integer({ min: -2_000, max: 2_000 }), fc.constantFrom(YEAR, -YEAR)),
    });
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const { pass } = machine();
        let last = START;
        for (const { ms, jump } of steps) {
          const now = pass(ms, jump);
          expect(now).to.be.at.least(last);
          expect(now).to.be.at.most(last + ms + 1_001);
          last = now;
        }
      }),
    );
  });
});
