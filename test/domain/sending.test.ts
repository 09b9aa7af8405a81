import { expect } from "chai";
import fc from "fast-check";
import { nextMove, outcomeOf, reconcile } from "../../server/domain/sending.ts";
import type { Place, Standing } from "../../server/domain/sending.ts";

const patience = { bumpAfterMs: 30_000, spentMs: 3_000 };

const standing = (given: Partial<Standing> = {}): Standing => ({
  nonce: 7,
  ours: true,
  chainNonce: 7,
  spentForMs: 0,
  gapForMs: 0,
  fees: { type: 2, maxFeePerGas: 100n, maxPriorityFeePerGas: 10n },
  market: { baseFee: 50n, price: 10n },
  cap: 10_000n,
  sentForMs: 0,
  blocksSince: 0,
  refused: null,
  ...given,
});

const anyStanding: fc.Arbitrary<Standing> = fc
  .record({
    chainNonce: fc.nat(20),
    spentForMs: fc.nat(10_000),
    sentForMs: fc.nat(100_000),
    blocksSince: fc.nat(5),
    cap: fc.bigInt({ min: 0n, max: 1_000n }),
    refused: fc.constantFrom<Standing["refused"]>(null, "fee", "funds", "other"),
    ours: fc.boolean(),
  })
  .map(standing);

const receipt = fc.constantFrom(null, { status: "success" as const }, { status: "reverted" as const });

describe("What has become of a batch", () => {
  it("is told by the receipt of any attempt: one success counts, whatever the others came to", () => {
    fc.assert(
      fc.property(fc.array(receipt, { minLength: 1 }), fc.nat(5), (receipts, current) => {
        const outcome = outcomeOf(
          receipts.map((one) => ({ receipt: one })),
          current,
        );
        const success = receipts.findIndex((one) => one?.status === "success");
        if (success >= 0) expect(outcome).to.deep.equal({ is: "mined", attempt: success });
        else {
          const failed = receipts.slice(current).some((one) => one?.status === "reverted");
          expect(outcome.is).to.equal(failed ? "reverted" : "open");
        }
      }),
    );
  });
});

describe("What to do about a transaction that is in no block", () => {
  it("is never decided by what the node says of it: the same nonce is sent again, or replaced, and nothing else", () => {
    fc.assert(
      fc.property(anyStanding, (seen) => {
        const move = nextMove(seen, patience).do;
        if (!seen.ours) expect(move).to.equal("renonce");
        else if (seen.chainNonce > seen.nonce) {
          expect(move).to.equal(seen.spentForMs >= patience.spentMs ? "reconcile" : "send");
        } else expect(move).to.be.oneOf(["send", "raise", "hold"]);
      }),
    );
  });

  it("is to raise the fee once blocks have passed it over for long enough, or the node finds it too low", () => {
    const waited = { sentForMs: 30_000, blocksSince: 1 };
    expect(nextMove(standing(waited), patience).do).to.equal("raise");
    expect(nextMove(standing({ ...waited, sentForMs: 29_999 }), patience).do).to.equal("send");
    expect(nextMove(standing({ refused: "fee" }), patience).do).to.equal("raise");
  });

  it("is not to raise it while the chain stands still, nor for who cannot pay even this", () => {
    expect(nextMove(standing({ sentForMs: 1e9, blocksSince: 0 }), patience).do).to.equal("send");
    expect(nextMove(standing({ sentForMs: 1e9, blocksSince: 9, refused: "funds" }), patience).do).to.equal(
      "send",
    );
  });

  it("is to hold it where no replacement fits below the cap", () => {
    expect(nextMove(standing({ refused: "fee", cap: 100n }), patience)).to.deep.equal({ do: "hold" });
  });

  it("offers nothing over the cap, ever", () => {
    fc.assert(
      fc.property(anyStanding, (seen) => {
        const move = nextMove(seen, patience);
        if (move.do !== "raise" || move.fees.type !== 2) return;
        expect(move.fees.maxFeePerGas <= seen.cap).to.equal(true);
      }),
    );
  });
});

describe("A nonce that is spent without a success of ours", () => {
  const place: fc.Arbitrary<Place> = fc.record({
    fromSize: fc.constant(10),
    toSize: fc.constantFrom(10, 15),
    chainSize: fc.integer({ min: 8, max: 18 }),
    holdsOurRoot: fc.boolean(),
    spentBy: fc.constantFrom<Place["spentBy"]>("us", "vouched", "stranger"),
  });

  it("is given up only where the contract does not have the batch, and never for a stranger's sake", () => {
    fc.assert(
      fc.property(place, (seen) => {
        const verdict = reconcile(seen);
        if (verdict === "renonce") {
          expect(seen.chainSize).to.equal(seen.fromSize);
          expect(seen.spentBy).not.to.equal("stranger");
        }
        if (verdict === "adopt") {
          expect(seen.holdsOurRoot).to.equal(true);
          expect(seen.chainSize).to.be.at.least(seen.toSize);
        }
        if (verdict === "foreign") expect(seen.spentBy).to.equal("stranger");
      }),
    );
  });

  it("is found again by the contract's state, is a stranger's, or is on a chain that is not ours", () => {
    const seen = { fromSize: 10, toSize: 15, holdsOurRoot: false, spentBy: "stranger" as const };
    expect(reconcile({ ...seen, chainSize: 15, holdsOurRoot: true })).to.equal("adopt");
    expect(reconcile({ ...seen, chainSize: 15 })).to.equal("mismatch");
    expect(reconcile({ ...seen, chainSize: 10 })).to.equal("foreign");
    expect(reconcile({ ...seen, chainSize: 10, spentBy: "vouched" })).to.equal("renonce");
    expect(reconcile({ ...seen, chainSize: 9, spentBy: "us" })).to.equal("mismatch");
    expect(reconcile({ ...seen, chainSize: 12, spentBy: "us" })).to.equal("mismatch");
  });
});
