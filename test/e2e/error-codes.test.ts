import { join } from "node:path";
import Database from "better-sqlite3";
import { expect } from "chai";
import { DEV_RELAYER } from "../../server/chain/dev-accounts.ts";
import { startEmbeddedChain } from "../../server/chain/embedded.ts";
import { GOOD_PIN, newPhone, onboard, verify } from "../helpers/customer.ts";
import { eventually } from "../helpers/eventually.ts";
import { rpcProxy } from "../helpers/rpc-proxy.ts";
import { startService } from "../helpers/service.ts";
import type { TestService } from "../helpers/service.ts";

/** Works on the database behind the service's back. */
function sabotage(api: TestService, sql: string): void {
  const database = new Database(join(api.dataDir, "ledger.db"));
  database.exec(sql);
  database.close();
}

describe("Seed 002's error codes, provoked for real:", () => {
  let api: TestService;
  before(async () => {
    api = await startService();
  });
  after(() => api.close());

  const set = (body: object) => api.post("/api/pin/set", body);

  it("FRA_VALIDATION_ERROR, FRA_PIN_FORMAT_ERROR, FRA_WEAK_PIN_REJECTED, FRA_POSSESSION_FACTOR_FAILED", async () => {
    const phoneNumber = "+201234567890";
    // Seed 002's example requests, as written.
    const weak = await set({ pin: "123456", phoneNumber, otp: "123456" });
    expect(weak.body).to.include({ status: 400, code: "FRA_WEAK_PIN_REJECTED" });
    const short = await set({ pin: "12345", phoneNumber, otp: "123456" });
    expect(short.body).to.include({ status: 400, code: "FRA_PIN_FORMAT_ERROR" });
    const missing = await set({ phoneNumber });
    expect(missing.body).to.include({ status: 400, code: "FRA_VALIDATION_ERROR", reason: "missing_field" });
    const possession = await set({ pin: "123789", phoneNumber, otp: "567890" });
    expect(possession.body).to.include({ status: 400, code: "FRA_POSSESSION_FACTOR_FAILED" });
  });

  it("FRA_HASHING_ERROR, and no wrong PIN: the stored verifier is damaged", async () => {
    const phone = newPhone();
    await onboard(api, phone);
    sabotage(api, "update credentials set phc = replace(phc, 'v=19', 'v=99')");
    expect((await verify(api, phone, GOOD_PIN)).body).to.include({ status: 500, code: "FRA_HASHING_ERROR" });
    expect(api.log.join("")).to.contain("FRA_ENDPOINT_ERROR");
    expect(api.log.join("")).to.match(/"type":"pin_verify","result":"error"/);
  });

  it("FRA_VERIFICATION_ERROR: the database fails under a verification", async () => {
    const phone = newPhone();
    await onboard(api, phone);
    sabotage(api, "alter table credentials rename to credentials_gone");
    try {
      const answer = await verify(api, phone, GOOD_PIN);
      expect(answer.body).to.include({ status: 500, code: "FRA_VERIFICATION_ERROR" });
      expect(JSON.stringify(answer.body)).not.to.match(/credentials|sqlite/i);
    } finally {
      sabotage(api, "alter table credentials_gone rename to credentials");
    }
    expect((await verify(api, phone, GOOD_PIN)).body.valid).to.equal(true);
  });

  it("FRA_BLOCKCHAIN_STORAGE_ERROR: ANCHOR_REQUIRED=true, the chain is down, and nothing is done", async () => {
    const chain = await startEmbeddedChain({ port: 0, startedAt: Date.UTC(2026, 0, 1) });
    const proxy = await rpcProxy(chain.url);
    const strict = await startService({
      CHAIN_RPC_URL: proxy.url,
      CONTRACT_ADDRESS: chain.contract,
      RELAYER_PRIVATE_KEY: DEV_RELAYER.privateKey,
      ANCHOR_REQUIRED: "true",
    });
    try {
      const phone = newPhone();
      await onboard(strict, phone);
      proxy.up = false;
      await eventually(
        async () => (await strict.get("/health/ready")).status === 503,
        "the outage is noticed",
      );
      const answer = await verify(strict, phone, "000001");
      expect(answer.body).to.include({ status: 503, code: "FRA_BLOCKCHAIN_STORAGE_ERROR" });
      expect(answer.headers.get("retry-after")).to.equal("5");
      const token = await strict.signIn({ sub: "somebody" });
      const removal = await strict.delete("/api/v1/pin", token);
      expect(removal.body, "where no code is prefixed").to.include({
        status: 503,
        code: "BLOCKCHAIN_STORAGE_ERROR",
      });
      expect((await strict.get("/api/v1/pin", token)).status, "looking changes nothing").to.equal(200);
      proxy.up = true;
      await eventually(
        async () => (await strict.get("/health/ready")).status === 200,
        "the recovery is noticed",
      );
      expect((await verify(strict, phone, "000001")).body.attemptsRemaining).to.equal(4);
    } finally {
      await strict.close();
      await proxy.close();
      await chain.close();
    }
  });
});
