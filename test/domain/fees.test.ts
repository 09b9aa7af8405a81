import { expect } from "chai";
import fc from "fast-check";
import { firstFees, needed, raisedFees, suffices } from "../../server/domain/fees.ts";
import type { FeeMarket, Fees } from "../../server/domain/fees.ts";

const wei = fc.bigInt({ min: 0n, max: 10n ** 12n });
const market: fc.Arbitrary<FeeMarket> = fc.record({ baseFee: fc.option(wei), price: wei });

const offered = (fees: Fees): bigint => (fees.type === 2 ? fees.maxFeePerGas : fees.gasPrice);
const tip = (fees: Fees): bigint => (fees.type === 2 ? fees.maxPriorityFeePerGas : fees.gasPrice);

/** geth's rule: both fields, strictly, and by a tenth at least. */
const replaces = (after: bigint, before: bigint): boolean => after > before && after * 10n >= before * 11n;

describe("The fees of a first attempt", () => {
  it("never exceed the cap, suffice for the next block, and offer no larger tip than the whole", () => {
    fc.assert(
      fc.property(market, wei, (now, cap) => {
        const fees = firstFees(now, cap);
        if (fees === null) {
          expect(needed(now) > cap).to.equal(true);
          return;
        }
        expect(offered(fees) <= cap).to.equal(true);
        expect(tip(fees) <= offered(fees)).to.equal(true);
        expect(suffices(fees, now)).to.equal(true);
        expect(fees.type).to.equal(now.baseFee === null ? 0 : 2);
      }),
    );
  });
});

describe("The fees of a replacement", () => {
  it("rise by a tenth and more in both fields, and stay below the cap, or there is none", () => {
    fc.assert(
      fc.property(market, fc.array(market, { minLength: 1, maxLength: 60 }), wei, (first, later, cap) => {
        let fees = firstFees(first, cap);
        if (fees === null) return;
        for (const now of later) {
          const raised: Fees | null = raisedFees(fees, now, cap);
          if (raised === null) {
            // There was no room: an eighth more, of the whole or of the tip, is over the cap.
            expect(offered(fees) * 9n + 16n > cap * 8n).to.equal(true);
            return;
          }
          expect(raised.type, "the kind that the pool knows").to.equal(fees.type);
          expect(replaces(offered(raised), offered(fees))).to.equal(true);
          expect(replaces(tip(raised), tip(fees))).to.equal(true);
          expect(tip(raised) <= offered(raised)).to.equal(true);
          expect(offered(raised) <= cap).to.equal(true);
          fees = raised;
        }
      }),
    );
  });

  it("follow the market where it has risen by more", () => {
    const before: Fees = { type: 2, maxFeePerGas: 100n, maxPriorityFeePerGas: 10n };
    expect(raisedFees(before, { baseFee: 500n, price: 20n }, 10_000n)).to.deep.equal({
      type: 2,
      maxFeePerGas: 1_020n,
      maxPriorityFeePerGas: 20n,
    });
    expect(raisedFees({ type: 0, gasPrice: 100n }, { baseFee: null, price: 300n }, 10_000n)).to.deep.equal({
      type: 0,
      gasPrice: 300n,
    });
  });

  it("go up to the cap and not a wei beyond, however much the market asks for", () => {
    const before: Fees = { type: 2, maxFeePerGas: 80n, maxPriorityFeePerGas: 8n };
    expect(raisedFees(before, { baseFee: 500n, price: 8n }, 90n)).to.deep.include({ maxFeePerGas: 90n });
    expect(raisedFees(before, { baseFee: 500n, price: 8n }, 89n)).to.equal(null);
  });
});
