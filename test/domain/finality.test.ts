import { expect } from "chai";
import fc from "fast-check";
import { FALLBACK_DEPTH, finalBlock, seenAs } from "../../server/domain/finality.ts";

describe("The block up to which all is final", () => {
  it("is a depth below the head; with a depth of one, the head itself", () => {
    expect(finalBlock(1, { head: 100, finalized: null })).to.equal(100);
    expect(finalBlock(12, { head: 100, finalized: 99 })).to.equal(89);
  });

  it("is what the chain says, and never beyond its head", () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), (head, finalized) => {
        for (const rule of ["finalized", "auto"] as const) {
          expect(finalBlock(rule, { head, finalized })).to.equal(Math.min(head, finalized));
        }
      }),
    );
  });

  it("is unknown where the chain was to say so and does not, unless a depth may stand in", () => {
    expect(finalBlock("finalized", { head: 100, finalized: null })).to.equal(null);
    expect(finalBlock("auto", { head: 100, finalized: null })).to.equal(100 - FALLBACK_DEPTH + 1);
  });
});

describe("A block that we are in", () => {
  it("is only replaced when there is another: an endpoint that does not have it yet proves nothing", () => {
    expect(seenAs("0xa", "0xa")).to.equal("canonical");
    expect(seenAs("0xa", "0xb")).to.equal("replaced");
    expect(seenAs("0xa", null)).to.equal("unknown");
  });
});
