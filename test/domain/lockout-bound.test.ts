import { expect } from "chai";
import fc from "fast-check";
import { Siege, steps } from "./siege.ts";
import { POLICY_IDS } from "./schedules.ts";

// fast-check prefers short arrays, and the cap is far away.
const programs = fc.array(steps, { maxLength: 120, size: "max" });

describe("whatever is tried, at whatever times, through crashes and restarts", () => {
  for (const id of POLICY_IDS) {
    it(`${id} evaluates no more guesses than its schedule allows`, () => {
      fc.assert(
        fc.property(programs, (program) => {
          const siege = new Siege(id);
          for (const step of program) siege.run(step);
        }),
        { numRuns: 120 },
      );
    });

    it(`${id} locks nobody out longer than its schedule says`, () => {
      fc.assert(
        fc.property(fc.array(fc.boolean(), { maxLength: 150, size: "max" }), (outcomes) => {
          const siege = new Siege(id);
          for (const right of outcomes) {
            // Refused a millisecond earlier, let in now.
            siege.run({ step: "wait", until: "unlock" });
            if (siege.disabled) break;
            expect(siege.guess(right, "now")).to.equal(true);
          }
        }),
      );
    });
  }

  it("the search finds the cap, locks, and successes that come late", () => {
    // A property that never meets what it is about proves nothing.
    const met = { disabled: 0, locked: 0, late: 0 };
    fc.assert(
      fc.property(programs, (program) => {
        const siege = new Siege("fra");
        for (const step of program) siege.run(step);
        if (siege.disabled) met.disabled++;
        met.locked += siege.refusals;
        met.late += siege.lateSuccesses;
      }),
      { numRuns: 100 },
    );
    expect(met.disabled).to.be.above(0);
    expect(met.locked).to.be.above(1_000);
    expect(met.late).to.be.above(50);
  });
});
