import { expect } from "chai";
import { ChainRejected } from "../../server/ports.ts";
import { PASSING, kindOf } from "../../server/services/anchor-trouble.ts";

describe("A contract that expects another size", () => {
  const kind = (said: string) => kindOf(new ChainRejected(said));

  it("is asked through a node that is late, where it has less than we: that passes, and wakes nobody", () => {
    expect(kind("UnexpectedSize(10, 8)")).to.equal("chain_behind");
    expect(PASSING.has(kind("UnexpectedSize(10, 8)"))).to.equal(true);
  });

  it("is written to by somebody else, where it has more", () => {
    expect(kind("UnexpectedSize(8, 10)")).to.equal("rejected");
    expect(kind("UnexpectedSize(8)")).to.equal("rejected");
  });
});
