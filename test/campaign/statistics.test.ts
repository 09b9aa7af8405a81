import { expect } from "chai";
import fc from "fast-check";
import { endingsPerSecond, quantile, separation } from "../../scripts/campaign/statistics.ts";
import { seededRandom } from "../../scripts/campaign/random.ts";

describe("The campaigns' statistics", () => {
  const sample = fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 2, maxLength: 40 });

  it("give as AUC the share of pairs in which the second exceeds the first, ties counting half", () => {
    fc.assert(
      fc.property(sample, sample, (first, second) => {
        let wins = 0;
        for (const a of first) for (const b of second) wins += b > a ? 1 : b === a ? 0.5 : 0;
        // Not closeTo(): beside the contract's tests Hardhat replaces it by one for whole numbers.
        const off = separation(first, second).auc - wins / (first.length * second.length);
        expect(Math.abs(off)).to.be.below(1e-9);
      }),
    );
  });

  it("tell the rate of what ends in groups, wherever the groups are cut", () => {
    const positive = fc.integer({ min: 1, max: 20 });
    fc.assert(
      fc.property(positive, positive, fc.nat(1_000), (size, everyMs, from) => {
        const endings = Array.from({ length: 2_000 * size }, (_, i) => Math.floor(i / size) * everyMs);
        const rate = endingsPerSecond(endings, from + everyMs, from + 20 * everyMs);
        expect(Math.abs(rate - (size * 1000) / everyMs)).to.be.below(1e-6);
      }),
    );
  });

  it("have an interval that holds the truth about as often as it says", () => {
    const random = seededRandom(1);
    const draw = () => Array.from({ length: 60 }, () => random.next());
    let holding = 0;
    for (let trial = 0; trial < 400; trial++) {
      const { low, high } = separation(draw(), draw());
      if (low <= 0.5 && high >= 0.5) holding++;
    }
    expect(holding / 400).to.be.within(0.91, 0.98);
  });

  it("give as quantile one of the values", () => {
    expect([0, 0.5, 0.99, 1].map((q) => quantile([4, 1, 3, 2], q))).to.deep.equal([1, 2, 4, 4]);
    expect(quantile([], 0.5)).to.be.NaN;
  });
});
