import { expect } from "chai";
import { DEV_RELAYER } from "../../server/chain/dev-accounts.ts";
import { startEmbeddedChain } from "../../server/chain/embedded.ts";
import { newPhone } from "../helpers/customer.ts";
import { rpcProxy } from "../helpers/rpc-proxy.ts";
import { startService } from "../helpers/service.ts";

describe("A shutdown", () => {
  it("does not wait for a chain that hangs: who waits for a block is answered 202, and the event is kept", async () => {
    const chain = await startEmbeddedChain({ port: 0, startedAt: Date.UTC(2026, 0, 1) });
    const proxy = await rpcProxy(chain.url);
    const api = await startService({
      CHAIN_RPC_URL: proxy.url,
      CONTRACT_ADDRESS: chain.contract,
      RELAYER_PRIVATE_KEY: DEV_RELAYER.privateKey,
    });
    try {
      proxy.hanging = true;
      const body = { phoneNumber: newPhone() };
      const waiting = api.post("/api/pin/check-pin-exists", body, { prefer: "wait=30" });
      // Committed, and waiting for its block.
      while (!api.log.some((line) => line.includes("event appended"))) await new Promise(setImmediate);
      const closed = api.close();
      const answer = await waiting;
      expect(answer.status).to.equal(202);
      expect(answer.body.eventId).to.be.a("string");
      await closed;
    } finally {
      await proxy.close();
      await chain.close();
    }
    // Far below the 30 seconds that the client would have waited and the 10 that a call to the chain may take.
  }).timeout(5_000);
});
