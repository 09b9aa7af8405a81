import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import {
  GOOD_PIN,
  WRONG_PIN,
  consentBody,
  giveConsent,
  newPhone,
  onboard,
  requestOtp,
} from "../helpers/customer.ts";
import { startService } from "../helpers/service.ts";
import type { TestService } from "../helpers/service.ts";

const withKey = (key: string) => ({ "idempotency-key": key });

describe("A request with an Idempotency-Key", () => {
  let dataDir: string;
  let api: TestService;
  const start = async () => {
    api = await startService({}, { dataDir });
  };
  before(async () => {
    dataDir = mkdtempSync(join(tmpdir(), "identity-ledger-"));
    await start();
  });
  after(async () => {
    await api.close();
    rmSync(dataDir, { recursive: true, force: true });
  });

  const wrongGuess = (phone: string, key: string, pin = WRONG_PIN) =>
    api.post("/api/pin/verify-pin", { pin, phoneNumber: phone }, withKey(key));

  it("that is repeated gets the first answer, and nothing is done or counted twice", async () => {
    const phone = newPhone();
    await onboard(api, phone);
    const first = await wrongGuess(phone, "verify-1");
    const second = await wrongGuess(phone, "verify-1");
    expect(second.status).to.equal(first.status);
    expect(second.body).to.deep.equal(first.body);
    expect(first.headers.get("idempotency-replayed")).to.equal(null);
    expect(second.headers.get("idempotency-replayed")).to.equal("true");
    expect((await wrongGuess(phone, "verify-2")).body.attemptsRemaining).to.equal(3);
  });

  it("holds for every operation", async () => {
    const phone = newPhone();
    const key = (name: string) => withKey(`${name}-${phone}`);
    const twice = async (path: string, body: object, name: string) => {
      const [first, second] = [await api.post(path, body, key(name)), await api.post(path, body, key(name))];
      expect(first.status, JSON.stringify(first.body)).to.be.lessThan(300);
      expect(second.body).to.deep.include({ eventId: first.body.eventId });
      expect(second.headers.get("idempotency-replayed")).to.equal("true");
      return second;
    };
    await twice("/api/otp/request", { phoneNumber: phone, purposes: ["consent", "pin_set"] }, "otp");
    const otp = api.otp(phone);
    const granted = await twice("/api/consents", consentBody(phone, otp), "consent");
    await twice("/api/pin/set", { pin: GOOD_PIN, phoneNumber: phone, otp }, "set");
    await twice("/api/pin/check-pin-exists", { phoneNumber: phone }, "check");
    await twice(
      "/api/pin/change-pin",
      { phoneNumber: phone, currentPin: GOOD_PIN, newPin: "560193" },
      "change",
    );
    const resetOtp = await requestOtp(api, phone, "pin_reset");
    await twice("/api/pin/reset", { pin: "730482", phoneNumber: phone, otp: resetOtp }, "reset");
    const { consentId } = granted.body;
    await twice("/api/consents/revoke", { phoneNumber: phone, consentId }, "revoke");
    await twice("/api/subjects/erase", { phoneNumber: phone }, "erase");
  });

  it("repeats a refusal that counted: a wrong code costs one try, however often it is sent", async () => {
    const phone = newPhone();
    const otp = await requestOtp(api, phone, "consent");
    const body = consentBody(phone, otp === "000000" ? "000001" : "000000");
    for (let i = 0; i < 10; i++) {
      const answer = await api.post("/api/consents", body, withKey("wrong-code"));
      expect(answer.body).to.include({ code: "FRA_POSSESSION_FACTOR_FAILED", reason: "otp_wrong" });
    }
    expect((await api.post("/api/consents", consentBody(phone, otp))).status).to.equal(201);
  });

  it("is remembered across a restart", async () => {
    const phone = newPhone();
    await onboard(api, phone);
    const first = await wrongGuess(phone, "restart-1");
    await api.close();
    await start();
    const second = await wrongGuess(phone, "restart-1");
    expect(second.headers.get("idempotency-replayed")).to.equal("true");
    expect(second.body).to.include({ valid: false, attemptsRemaining: 4, eventId: first.body.eventId });
    expect((await wrongGuess(phone, "restart-2")).body.attemptsRemaining).to.equal(3);
  });

  it("is 422 with another body, and 409 while the first is under way", async () => {
    const phone = newPhone();
    await onboard(api, phone);
    await wrongGuess(phone, "conflict");
    const other = await wrongGuess(phone, "conflict", GOOD_PIN);
    expect(other.body).to.include({ status: 422, code: "IDEMPOTENCY_CONFLICT" });

    const many = await Promise.all(Array.from({ length: 10 }, () => wrongGuess(phone, "in-flight")));
    const done = many.filter(({ status }) => status === 200);
    for (const { status, body } of many) {
      if (status !== 200) expect(body).to.include({ status: 409, code: "IDEMPOTENCY_IN_FLIGHT" });
    }
    expect(new Set(done.map(({ body }) => body.eventId as string)).size).to.equal(1);
  });

  it("may be tried again where nothing was done", async () => {
    const phone = newPhone();
    const { otp } = await giveConsent(api, phone);
    const body = { pin: GOOD_PIN, phoneNumber: phone, otp };
    const key = withKey("again");
    const typo = await api.post("/api/pin/set", { ...body, pin: "111111" }, key);
    expect(typo.body.code).to.equal("FRA_WEAK_PIN_REJECTED");
    expect((await api.post("/api/pin/set", body, key)).status).to.equal(200);
  });

  it("must be a sensible key, and leaves neither it nor the PIN in the database", async () => {
    const phone = newPhone();
    await onboard(api, phone);
    for (const key of ["", " ", "a b", "x".repeat(256)]) {
      const answer = await wrongGuess(phone, key);
      expect(answer.body.reason, JSON.stringify(key)).to.equal("invalid_idempotency_key");
    }
    await wrongGuess(phone, "canary-key-4711", "504837");
    const bytes = ["ledger.db", "ledger.db-wal"].map((name) =>
      readFileSync(join(dataDir, name)).toString("latin1"),
    );
    expect(bytes.join("")).not.to.contain("canary-key-4711");
    expect(bytes.join("").replace(/(0x)?[0-9a-f]{32,}/g, "…")).not.to.contain("504837");
  });
});
