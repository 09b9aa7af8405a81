import { expect } from "chai";
import { auditor } from "../helpers/auditor.ts";
import { GOOD_PIN, WRONG_PIN, newPhone, onboard, verify } from "../helpers/customer.ts";
import { startService } from "../helpers/service.ts";
import type { TestService } from "../helpers/service.ts";

describe("Verifying a PIN", () => {
  let api: TestService;
  let now = Date.UTC(2026, 0, 1);
  before(async () => {
    api = await startService({ HASH_QUEUE: "600" }, { clock: { now: () => now } });
  });
  after(() => api.close());

  it("answers right and wrong with their own txHash and blockNumber", async () => {
    const phone = newPhone();
    await onboard(api, phone);
    const right = await verify(api, phone, GOOD_PIN);
    expect(right.status).to.equal(200);
    expect(right.body).to.include({ valid: true, message: "PIN verified successfully" });
    expect(right.body.compliance).to.include({
      knowledgeFactorVerified: true,
      verificationMethod: "argon2_fra_compliant",
      auditTrail: true,
    });
    const wrong = await verify(api, phone, WRONG_PIN);
    expect(wrong.status).to.equal(200);
    expect(wrong.body).to.include({ valid: false, attemptsRemaining: 4 });

    const audit = auditor(api.rpcUrl, api.contract);
    for (const { body } of [right, wrong]) {
      const receipt = await audit.provider.getTransactionReceipt(body.txHash!);
      expect(receipt).to.include({ status: 1, blockNumber: body.blockNumber });
      const verdict = await audit.verify((await api.get(`${body.eventUrl}/receipt`)).body);
      expect(verdict, JSON.stringify(verdict)).to.include({ ok: true, level: "chain" });
    }
    expect(right.body.txHash).not.to.equal(wrong.body.txHash);
    audit.close();
  });

  it("evaluates exactly five of 20 parallel wrong guesses, and refuses the rest with 423 and Retry-After", async () => {
    const phone = newPhone();
    await onboard(api, phone);
    const answers = await Promise.all(Array.from({ length: 20 }, () => verify(api, phone, WRONG_PIN)));
    const evaluated = answers.filter(({ status }) => status === 200);
    const locked = answers.filter(({ status }) => status === 423);
    expect(evaluated).to.have.length(5);
    expect(locked).to.have.length(15);
    for (const { body, headers } of locked) {
      expect(body).to.include({ code: "FRA_PIN_LOCKED", retryAfterSeconds: 900 });
      expect(headers.get("retry-after")).to.equal("900");
      expect(body.txHash).to.match(/^0x/);
    }
    const right = await verify(api, phone, GOOD_PIN);
    expect(right.status).to.equal(423);
    now += 15 * 60_000;
    expect((await verify(api, phone, GOOD_PIN)).body.valid).to.equal(true);
  });

  it("counts guesses against a stranger and answers them alike", async () => {
    const stranger = newPhone();
    for (let left = 4; left >= 0; left--) {
      const answer = await verify(api, stranger, WRONG_PIN);
      expect(answer.body).to.include({ valid: false, attemptsRemaining: left });
    }
    expect((await verify(api, stranger, WRONG_PIN)).status).to.equal(423);
  });

  it("forgets earlier failures after a success", async () => {
    const phone = newPhone();
    await onboard(api, phone);
    for (let i = 0; i < 4; i++) await verify(api, phone, WRONG_PIN);
    expect((await verify(api, phone, GOOD_PIN)).body.valid).to.equal(true);
    expect((await verify(api, phone, WRONG_PIN)).body.attemptsRemaining).to.equal(4);
  });

  it("disables the PIN at the fiftieth failure in a row", async () => {
    const phone = newPhone();
    await onboard(api, phone);
    let evaluated = 0;
    for (let tries = 0; tries < 200; tries++) {
      const { status, body } = await verify(api, phone, WRONG_PIN);
      if (status === 200) evaluated++;
      else if (body.code === "FRA_PIN_DISABLED") break;
      else now += 24 * 3_600_000;
    }
    expect(evaluated).to.equal(50);
    now += 365 * 24 * 3_600_000;
    expect((await verify(api, phone, GOOD_PIN)).body).to.include({ status: 423, code: "FRA_PIN_DISABLED" });
  });

  it("refuses a wrong format without counting it", async () => {
    const phone = newPhone();
    await onboard(api, phone);
    for (const pin of ["", "12345", "1234567", "12345a", "١٢٣٤٥٦"]) {
      expect((await verify(api, phone, pin)).body.code).to.equal("FRA_PIN_FORMAT_ERROR");
    }
    expect((await verify(api, phone, WRONG_PIN)).body.attemptsRemaining).to.equal(4);
  });

  it("refuses at once, uncharged, when no slot is free", async () => {
    const small = await startService({ HASH_QUEUE: "0", ARGON2_MEMORY_KIB: "32768" });
    try {
      const phone = newPhone();
      await onboard(small, phone);
      const answers = await Promise.all(Array.from({ length: 60 }, () => verify(small, phone, WRONG_PIN)));
      const refused = answers.filter(({ status }) => status === 503);
      expect(refused.length).to.be.greaterThan(0);
      for (const { body, headers } of refused) {
        expect(body.code).to.equal("OVERLOADED");
        expect(headers.get("retry-after")).to.equal("1");
      }
    } finally {
      await small.close();
    }
  });

  it("tells whether a PIN exists, with the phone masked", async () => {
    const phone = newPhone();
    const before = await api.post("/api/pin/check-pin-exists", { phoneNumber: phone });
    expect(before.body).to.include({
      exists: false,
      pinFormat: null,
      phoneNumber: `${phone.slice(0, -4)}****`,
    });
    await onboard(api, phone);
    const after = await api.post("/api/pin/check-pin-exists", { phoneNumber: phone });
    expect(after.body).to.include({ exists: true, pinFormat: "argon2_fra_compliant" });
    expect(after.body.txHash).to.match(/^0x/);
  });
});
