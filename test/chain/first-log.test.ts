import { expect } from "chai";
import * as fc from "fast-check";
import { answered } from "../../server/chain/answered.ts";
import { firstLog } from "../../server/chain/first-log.ts";
import { RpcError } from "../../server/chain/rpc.ts";
import { ChainUnavailable } from "../../server/ports.ts";

const FILTER = { address: `0x${"c0".repeat(20)}`, topics: [] };

/** A node at block `last`, with logs in those blocks, that looks through so many at once. */
function node(last: number, logs: readonly number[], most: number) {
  const asked: number[] = [];
  const look = (method: string, [filter]: readonly unknown[]): unknown => {
    if (method === "eth_blockNumber") return `0x${last.toString(16)}`;
    const { fromBlock, toBlock } = filter as { fromBlock: string; toBlock: string };
    const blocks = Number(toBlock) - Number(fromBlock) + 1;
    if (blocks > most) throw new RpcError(method, { code: -32_602, message: `at most ${most} blocks` });
    asked.push(blocks);
    return logs.filter((block) => block >= Number(fromBlock) && block <= Number(toBlock));
  };
  const call = <T>(method: string, params: readonly unknown[] = []) =>
    answered(async () => look(method, params) as T);
  return { call, asked };
}

describe("The first log that a filter fits", () => {
  it("is found in any block, however few an endpoint looks through at once, and none before the first asked for", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(3_000),
        fc.nat(3_000),
        fc.array(fc.nat(3_000), { maxLength: 3 }),
        fc.integer({ min: 1, max: 4_000 }),
        async (last, from, blocks, most) => {
          const logs = blocks.filter((block) => block <= last).sort((a, b) => a - b);
          const { call, asked } = node(last, logs, most);
          const expected = logs.find((block) => block >= from) ?? null;
          expect(await firstLog<number>({ call }, FILTER, from)).to.equal(expected);
          // Each time it is refused it asks for half as much: never for less than half of what would have been answered.
          expect(asked.length).to.be.at.most(1 + (2 * Math.max(0, last - from + 1)) / most);
        },
      ),
    );
  });

  it("is not known where an endpoint refuses a single block, or does not answer", async () => {
    const failure = (call: () => never) =>
      firstLog(
        {
          call: (method) => answered(async () => (method === "eth_blockNumber" ? ("0x9" as never) : call())),
        },
        FILTER,
        3,
      ).then(
        () => null,
        (error: unknown) => error,
      );
    const refuses = () => {
      throw new RpcError("eth_getLogs", { code: -32_603, message: "internal error" });
    };
    const silent = () => {
      throw new ChainUnavailable("no answer");
    };
    expect(await failure(refuses)).to.be.instanceOf(ChainUnavailable);
    expect(await failure(silent)).to.be.instanceOf(ChainUnavailable);
  });
});
