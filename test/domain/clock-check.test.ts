import { expect } from "chai";
import fc from "fast-check";
import { judgeClock } from "../../server/domain/clock-check.ts";
import { DAY, HOUR } from "../../server/domain/time.ts";

const NOW = 1_750_000_000_000;
const YEAR = 365 * DAY;

describe("The wall clock at start", () => {
  it("is not believed when it is a year ahead of both the ledger and the chain", () => {
    expect(judgeClock({ wall: NOW + YEAR, ledger: NOW, chain: NOW - HOUR }).is).to.equal("ahead");
  });

  it("is believed when either confirms it: a quiet service on a live chain, a busy one on a chain that stands", () => {
    expect(judgeClock({ wall: NOW, ledger: NOW - YEAR, chain: NOW }).is).to.equal("fine");
    expect(judgeClock({ wall: NOW, ledger: NOW, chain: NOW - YEAR }).is).to.equal("fine");
  });

  it("is believed when there is nothing to hold it against", () => {
    expect(judgeClock({ wall: NOW, ledger: NOW - YEAR, chain: null }).is).to.equal("fine");
    expect(judgeClock({ wall: NOW, ledger: 0, chain: NOW - YEAR }).is).to.equal("fine");
  });

  it("that is behind the ledger only makes time stand: nothing is refused for it", () => {
    expect(judgeClock({ wall: NOW - YEAR, ledger: NOW, chain: NOW })).to.deep.equal({
      is: "behind",
      byMs: YEAR,
    });
  });

  it("is never found ahead by less than a day", () => {
    fc.assert(
      fc.property(fc.nat(DAY), fc.integer({ min: 1, max: NOW }), (ahead, ledger) => {
        expect(judgeClock({ wall: ledger + ahead, ledger, chain: 0 }).is).to.equal("fine");
      }),
    );
  });
});
