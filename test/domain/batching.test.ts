import { expect } from "chai";
import fc from "fast-check";
import { BATCH_LIMITS, planBatch } from "../../server/domain/batching.ts";
import type { BatchPlan, Position } from "../../server/domain/batching.ts";

const EVENTS = 2_000;
const CHANGES = 100;

interface Run {
  readonly granularity: "digests" | "subtrees";
  readonly reanchor: boolean;
  /** The size of the ledger each time a batch is planned; afterwards it stays. */
  readonly growth: readonly number[];
  /** The event of each consent change; every event may have up to three. */
  readonly changes: readonly number[];
}

const runs: fc.Arbitrary<Run> = fc
  .record({
    granularity: fc.constantFrom("digests" as const, "subtrees" as const),
    reanchor: fc.boolean(),
    growth: fc.array(fc.oneof(fc.nat(5), fc.nat(5_000)), { minLength: 1, maxLength: 5 }),
    density: fc.constantFrom(0, 0.01, 0.06, 0.5, 1, 3),
    salt: fc.nat(1_000),
  })
  .map(({ granularity, reanchor, growth, density, salt }) => {
    let size = 0;
    const sizes = growth.map((by) => (size += by));
    // Evenly spread but for a wobble: every so many events have a change, or each has up to three.
    const count = Math.min(1_000, Math.floor(size * density));
    const changes = Array.from({ length: count }, (_, i) =>
      Math.min(size - 1, Math.floor((i + ((i * salt) % 7) / 7) / density)),
    ).sort((a, b) => a - b);
    return { granularity, reanchor, growth: sizes, changes };
  });

/** Every batch until the chain knows all, with the size of the ledger when it was planned. */
function plansOf({ granularity, reanchor, growth, changes }: Run) {
  const plans: { from: Position; plan: BatchPlan; ledgerSize: number }[] = [];
  let from: Position = { size: 0, changes: 0 };
  for (let round = 0; round < 10_000; round++) {
    const ledgerSize = growth[round] ?? growth.at(-1)!;
    const written = changes.filter((index) => index < ledgerSize);
    const changeIndexes = written.slice(from.changes, from.changes + CHANGES + 1);
    const plan = planBatch(
      { from, ledgerSize, changeIndexes },
      { granularity, reanchor: reanchor && plans.length === 0 },
    );
    if (plan !== null) {
      plans.push({ from, plan, ledgerSize });
      from = plan.to;
    } else if (round >= growth.length) break;
  }
  return { plans, end: from };
}

const holds = (promise: (run: Run) => void) => fc.assert(fc.property(runs, promise), { numRuns: 300 });

describe("the plan of batches", () => {
  it("has the documented limits", () => {
    expect(BATCH_LIMITS).to.deep.equal({ events: EVENTS, consentChanges: CHANGES });
  });

  it("tells the chain every event and every change, once and in order, and then rests", () => {
    holds((run) => {
      const { plans, end } = plansOf(run);
      for (const { from, plan, ledgerSize } of plans) {
        // A batch begins where the last one ended, so going forward is neither skipping nor repeating.
        expect(plan.to.size).to.be.within(from.size, ledgerSize);
        expect(plan.to.changes).to.be.within(from.changes, run.changes.length);
      }
      expect(end).to.deep.equal({ size: run.growth.at(-1), changes: run.changes.length });
    });
  });

  it("makes progress with every batch", () => {
    holds((run) => {
      for (const { from, plan } of plansOf(run).plans) {
        expect(plan.to.size + plan.to.changes).to.be.above(from.size + from.changes);
      }
    });
  });

  it("keeps a batch within the limits, but for the events of a ledger that moves as a whole", () => {
    holds((run) => {
      for (const [i, { from, plan }] of plansOf(run).plans.entries()) {
        const moving = run.reanchor && i === 0;
        expect(plan.kind).to.equal(moving ? "subtrees" : run.granularity);
        expect(plan.to.changes - from.changes).to.be.at.most(CHANGES);
        if (!moving) expect(plan.to.size - from.size).to.be.at.most(EVENTS);
      }
    });
  });

  it("never sends a change before its event", () => {
    holds((run) => {
      for (const { plan } of plansOf(run).plans) {
        const latest = run.changes[plan.to.changes - 1];
        if (latest !== undefined) expect(latest).to.be.below(plan.to.size);
      }
    });
  });

  it("sends each change with its event; only after a move may some lag, and then no newer event passes them", () => {
    holds((run) => {
      for (const [i, { from, plan }] of plansOf(run).plans.entries()) {
        const unsent = run.changes.slice(plan.to.changes);
        const lagging = unsent.filter((index) => index < plan.to.size).length;
        if (!run.reanchor) expect(lagging, "changes that lag").to.equal(0);
        else if (i > 0 && plan.to.size > from.size) expect(lagging, "changes passed by").to.equal(0);
      }
    });
  });

  it("moves a whole ledger in one batch, however long it is", () => {
    const plan = planBatch(
      { from: { size: 0, changes: 0 }, ledgerSize: 1_000_000, changeIndexes: [] },
      { granularity: "digests", reanchor: true },
    );
    expect(plan).to.deep.equal({ kind: "subtrees", to: { size: 1_000_000, changes: 0 } });
  });

  it("sends an event with more changes than fit, the rest of them right after it and before any newer event", () => {
    const changes = [...Array.from({ length: 250 }, () => 3), 5];
    const { plans, end } = plansOf({ granularity: "digests", reanchor: false, growth: [6], changes });
    expect(plans.map(({ plan }) => plan.to)).to.deep.equal([
      { size: 3, changes: 0 },
      { size: 4, changes: 100 },
      { size: 4, changes: 200 },
      { size: 4, changes: 250 },
      { size: 6, changes: 251 },
    ]);
    expect(end).to.deep.equal({ size: 6, changes: 251 });
  });

  it("fills a batch up to its limits: 2,000 events, or the event before the 101st change", () => {
    const from = { size: 10, changes: 5 };
    const options = { granularity: "digests", reanchor: false } as const;
    const many = Array.from({ length: 101 }, (_, i) => 20 + i);
    const sizes = [[], many.slice(0, 100), many].map(
      (changeIndexes) => planBatch({ from, ledgerSize: 9_000, changeIndexes }, options)?.to,
    );
    expect(sizes).to.deep.equal([
      { size: 2_010, changes: 5 },
      { size: 2_010, changes: 105 },
      { size: 120, changes: 105 },
    ]);
  });
});
