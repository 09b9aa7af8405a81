import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { DEV_RELAYER } from "../../server/chain/dev-accounts.ts";
import { startEmbeddedChain } from "../../server/chain/embedded.ts";
import type { EmbeddedChain } from "../../server/chain/embedded.ts";
import { auditor } from "../helpers/auditor.ts";
import { GOOD_PIN, newPhone, onboard, verify } from "../helpers/customer.ts";
import { eventually } from "../helpers/eventually.ts";
import { rpcProxy } from "../helpers/rpc-proxy.ts";
import type { RpcProxy } from "../helpers/rpc-proxy.ts";
import { startService } from "../helpers/service.ts";
import type { Answer, TestService } from "../helpers/service.ts";

const check = (api: TestService, phone: string, headers?: Record<string, string>): Promise<Answer> =>
  api.post("/api/pin/check-pin-exists", { phoneNumber: phone }, headers);

/** A pending answer's event, once it is on chain. */
const anchored = (api: TestService, eventUrl: string) =>
  eventually(async () => {
    const { body } = await api.get(eventUrl);
    return body.anchor.status === "final" ? body.anchor : null;
  }, `${eventUrl} is anchored`);

function expectPending({ status, body, headers }: Answer): void {
  expect(status).to.equal(202);
  expect(body).to.include({ txHash: null, blockNumber: null });
  expect(body.anchor).to.include({ status: "pending", txHash: null, blockNumber: null });
  expect(headers.get("location")).to.equal(body.eventUrl);
}

for (const granularity of ["digests", "subtrees"]) {
  describe(`200 concurrent operations, anchored as ${granularity},`, () => {
    it("land in far fewer than 200 transactions, each with a receipt that verifies on chain and off chain", async () => {
      const api = await startService({ ANCHOR_GRANULARITY: granularity, HASH_QUEUE: "200" });
      const audit = auditor(api.rpcUrl, api.contract);
      try {
        const answers = await Promise.all(
          Array.from({ length: 200 }, (_, i) =>
            i % 2 === 0 ? check(api, newPhone()) : verify(api, newPhone(), GOOD_PIN),
          ),
        );
        for (const { status } of answers) expect(status).to.equal(200);
        expect(new Set(answers.map(({ body }) => body.txHash)).size).to.be.lessThan(50);
        for (const { body } of answers) {
          const { body: receipt } = await api.get(`${body.eventUrl as string}/receipt`);
          const verdict = await audit.verify(receipt);
          expect(verdict, JSON.stringify(verdict)).to.include({ ok: true, level: "chain" });
          expect(await audit.includedOnChain(receipt)).to.equal(true);
        }
      } finally {
        audit.close();
        await api.close();
      }
    }).timeout(60_000);
  });
}

describe("An answer that does not wait for the chain", () => {
  it("is 202 with anchor.status pending and a URL that later shows the anchor: ANCHOR_WAIT_MS=0", async () => {
    const api = await startService({ ANCHOR_WAIT_MS: "0" });
    try {
      const answer = await check(api, newPhone());
      expectPending(answer);
      expect(await anchored(api, answer.body.eventUrl)).to.include({
        chainId: 31_337,
        contract: api.contract,
      });
    } finally {
      await api.close();
    }
  });

  it("is 202 where the client prefers so, and says which preference it honoured", async () => {
    const api = await startService();
    try {
      const answer = await check(api, newPhone(), { prefer: "respond-async" });
      expectPending(answer);
      expect(answer.headers.get("preference-applied")).to.equal("respond-async");
      await anchored(api, answer.body.eventUrl);
      const waited = await check(api, newPhone(), { prefer: "wait=7" });
      expect(waited.status).to.equal(200);
      expect(waited.headers.get("preference-applied")).to.equal("wait=7");
    } finally {
      await api.close();
    }
  });
});

describe("While the chain does not answer", () => {
  let chain: EmbeddedChain;
  let proxy: RpcProxy;
  before(async () => {
    chain = await startEmbeddedChain({ port: 0, startedAt: Date.UTC(2026, 0, 1) });
    proxy = await rpcProxy(chain.url);
  });
  after(async () => {
    await proxy.close();
    await chain.close();
  });

  it("operations go on with 202, readiness says why, and all is anchored in order when it is back", async () => {
    const api = await startService({
      CHAIN_RPC_URL: proxy.url,
      CONTRACT_ADDRESS: chain.contract,
      RELAYER_PRIVATE_KEY: DEV_RELAYER.privateKey,
      ANCHOR_WAIT_MS: "50",
    });
    const audit = auditor(chain.url, chain.contract);
    try {
      const phone = newPhone();
      await onboard(api, phone);
      proxy.up = false;
      const answers = [
        await verify(api, phone, GOOD_PIN),
        await verify(api, phone, GOOD_PIN),
        await check(api, phone),
      ];
      for (const answer of answers) expectPending(answer);
      expect(answers[0]!.body.valid).to.equal(true);
      const ready = await eventually(async () => {
        const { body } = await api.get("/health/ready");
        return body.checks.anchoring === "ok" ? null : body;
      }, "readiness says that the chain is away");
      expect(ready).to.include({ ready: true });
      expect(ready.checks.anchoring).to.match(/does not answer/);

      const { body: pending } = await api.get(`${answers[0]!.body.eventUrl as string}/receipt`);
      expect(pending.anchor.blockNumber).to.equal(null);

      proxy.up = true;
      for (const { body } of answers) {
        await anchored(api, body.eventUrl);
        const verdict = await audit.verify((await api.get(`${body.eventUrl as string}/receipt`)).body);
        expect(verdict, JSON.stringify(verdict)).to.include({ ok: true, level: "chain" });
      }
      await eventually(
        async () => (await api.get("/health/ready")).body.checks.anchoring === "ok",
        "readiness recovers",
      );
    } finally {
      audit.close();
      await api.close();
    }
  });

  it("a service that has been there before starts all the same, and anchors when it is back", async () => {
    const dataDir = mkdtempSync(join(tmpdir(), "identity-ledger-"));
    const own = await startEmbeddedChain({ port: 0, startedAt: Date.UTC(2026, 0, 2) });
    const door = await rpcProxy(own.url);
    const variables = {
      CHAIN_RPC_URL: door.url,
      CONTRACT_ADDRESS: own.contract,
      RELAYER_PRIVATE_KEY: DEV_RELAYER.privateKey,
      ANCHOR_WAIT_MS: "50",
    };
    try {
      const first = await startService(variables, { dataDir });
      await onboard(first, newPhone());
      await first.close();
      door.up = false;
      const second = await startService(variables, { dataDir });
      const answer = await check(second, newPhone());
      expectPending(answer);
      door.up = true;
      await anchored(second, answer.body.eventUrl);
      await second.close();
    } finally {
      await door.close();
      await own.close();
      rmSync(dataDir, { recursive: true, force: true });
    }
  });
});
