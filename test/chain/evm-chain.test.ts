import { expect } from "chai";
import { ZeroHash } from "ethers";
import { consentManager } from "../../server/chain/abi.ts";
import { DEV_RELAYER } from "../../server/chain/dev-accounts.ts";
import { evmChain } from "../../server/chain/evm-chain.ts";
import { RpcError } from "../../server/chain/rpc.ts";
import type { JsonRpc } from "../../server/chain/rpc.ts";
import { ChainUnavailable } from "../../server/ports.ts";
import type { Chain } from "../../server/ports.ts";

const refuses = (code: number, message: string) => (method: string) => {
  throw new RpcError(method, { code, message });
};

const over = (call: (method: string, params: readonly unknown[]) => unknown): Chain =>
  evmChain({
    rpc: { call: async (method: string, params = []) => call(method, params) } as unknown as JsonRpc,
    contract: `0x${"c0".repeat(20)}`,
    relayerKey: DEV_RELAYER.privateKey,
  });

const failure = (asked: Promise<unknown>): Promise<unknown> =>
  asked.then(
    () => null,
    (error: unknown) => error,
  );

describe("A chain behind JSON-RPC", () => {
  it("has not answered a question over which its node errs: nothing is concluded, and it is asked again", async () => {
    const chain = over(refuses(-32_603, "internal error"));
    const questions: (keyof Chain)[] = ["identity", "codeHash", "treeHead", "blockNumber", "minedNonce"];
    for (const question of [...questions, "latestBlockTime", "relayerBalance"] as (
      "identity" | "treeHead"
    )[]) {
      expect(await failure(chain[question]()), question).to.be.instanceOf(ChainUnavailable);
    }
    expect(await failure(chain.receipt(ZeroHash))).to.be.instanceOf(ChainUnavailable);
    expect(await failure(chain.findAnchor(0, 1, 0))).to.be.instanceOf(ChainUnavailable);
    expect(await failure(chain.feeMarket())).to.be.instanceOf(ChainUnavailable);
  });

  it("is not believed to know no finalized block because it was asked too often", async () => {
    const unknown = over(refuses(-32_000, "finalized block not found"));
    expect(await unknown.finalizedBlock()).to.equal(null);
    const limited = over(refuses(-32_005, "daily request count exceeded, request rate limited"));
    expect(await failure(limited.finalizedBlock())).to.be.instanceOf(ChainUnavailable);
    expect(await failure(limited.broadcast({ raw: "0x", txHash: ZeroHash }))).to.be.instanceOf(
      ChainUnavailable,
    );
  });

  it("of several nodes, of which one does not have the tree's last root yet, holds no other history", async () => {
    const size = consentManager.encodeFunctionResult("size", [2]);
    const none = consentManager.encodeFunctionResult("rootAt", [ZeroHash]);
    const selector = consentManager.getFunction("size")?.selector;
    const behind = over((_, [call]) => ((call as { data: string }).data === selector ? size : none));
    expect(await failure(behind.treeHead())).to.be.instanceOf(ChainUnavailable);
  });
});
