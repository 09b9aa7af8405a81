import { expect } from "chai";
import { freshDigests, gasOfBatches } from "../../scripts/bench/gas.ts";
import { gasChain } from "../../scripts/bench/gas-chain.ts";
import type { GasChain } from "../../scripts/bench/gas-chain.ts";
import { storingEach } from "../../scripts/bench/gas-peers.ts";

describe("The benchmark of gas", function () {
  this.timeout(20_000);
  let chain: GasChain;

  before(async () => {
    chain = await gasChain();
  });
  after(() => chain.close());

  it("measures each granularity and batch at each size, and the size changes what it finds", async () => {
    const found = await gasOfBatches(chain, freshDigests(), [0, 3], [1, 2]);
    expect(found.map(({ kind, batch, size }) => `${kind} ${batch} at ${size}`)).to.have.members(
      ["digests", "subtrees"].flatMap((kind) =>
        [0, 3].flatMap((size) => [1, 2].map((n) => `${kind} ${n} at ${size}`)),
      ),
    );
    const gasAt = (size: number) =>
      found.find((one) => one.kind === "digests" && one.batch === 1 && one.size === size);
    expect(gasAt(3)?.gas).to.be.above(gasAt(0)?.gas ?? Infinity);
  });

  it("leaves the chain as it was, so that measurements do not depend on their order", async () => {
    const digests = freshDigests();
    const [first, again] = [
      await gasOfBatches(chain, digests, [5], [1]),
      await gasOfBatches(chain, freshDigests(), [5], [1]),
    ];
    const gas = ({ gas: used }: { gas: number }) => used;
    // Zero bytes in calldata are cheaper, and digests have few or many.
    expect(Math.abs(gas(first[0]!) - gas(again[0]!))).to.be.below(200);
  });

  it("compares with a contract that stores each digest, every one in a new slot", async () => {
    const [one, three] = await storingEach(chain, freshDigests(), [1, 3]);
    expect(one).to.include({ batch: 1, transactions: 1 });
    expect(three?.perEvent).to.be.within(22_100, one!.perEvent);
  });
});
