import { createHash } from "node:crypto";
import { expect } from "chai";
import {
  GOOD_PIN,
  WRONG_PIN,
  consentBody,
  newPhone,
  onboard,
  requestOtp,
  verify,
} from "../helpers/customer.ts";
import { startService } from "../helpers/service.ts";
import type { TestService } from "../helpers/service.ts";

const KEYS = {
  bank: "ilk_bank-key",
  next: "ilk_bank-next-key",
  office: "ilk_office-key",
  auditor: "ilk_auditor-key",
};
const entry = (client: string, scopes: string, key: string) =>
  `${client}:${scopes}:${createHash("sha256").update(key).digest("hex")}`;
const bearer = (key: string) => ({ authorization: `Bearer ${key}` });

describe("Where API keys are configured", () => {
  let api: TestService;
  before(async () => {
    api = await startService({
      API_KEYS: [
        entry("bank", "pin", KEYS.bank),
        entry("bank", "pin", KEYS.next),
        entry("office", "erase", KEYS.office),
        entry("auditor", "audit", KEYS.auditor),
      ].join(","),
    });
  });
  after(() => api.close());

  const check = (phone: string, headers = {}, more = {}) =>
    api.post("/api/pin/check-pin-exists", { phoneNumber: phone, ...more }, headers);

  it("a stranger may not ask whose PIN is what, and is told how to become known", async () => {
    const phone = newPhone();
    await onboard(api, phone);
    const consents = `/api/consents?phoneNumber=${encodeURIComponent(phone)}`;
    const change = { phoneNumber: phone, currentPin: GOOD_PIN, newPin: "560193" };
    for (const answer of [
      await check(phone),
      await verify(api, phone, GOOD_PIN),
      await api.post("/api/pin/change-pin", change),
      await api.get(consents),
      await api.post("/api/subjects/erase", { phoneNumber: phone }),
    ]) {
      expect(answer.body).to.include({ status: 401, code: "UNAUTHENTICATED", reason: "missing_key" });
      expect(answer.headers.get("www-authenticate")).to.equal("Bearer");
    }
    expect((await check(phone, bearer("ilk_guess"))).body).to.include({ status: 401, reason: "unknown_key" });
  });

  it("both keys of a client that is rotating work, each for its scopes only", async () => {
    const phone = newPhone();
    await onboard(api, phone);
    for (const key of [KEYS.bank, KEYS.next]) {
      expect((await verify(api, phone, GOOD_PIN, bearer(key))).body.valid).to.equal(true);
      const erase = await api.post("/api/subjects/erase", { phoneNumber: phone }, bearer(key));
      expect(erase.body).to.include({ status: 403, code: "FORBIDDEN", reason: "missing_scope" });
    }
    expect((await verify(api, phone, GOOD_PIN, bearer(KEYS.office))).status).to.equal(403);
    expect(
      (await api.post("/api/subjects/erase", { phoneNumber: phone }, bearer(KEYS.office))).status,
    ).to.equal(200);
  });

  it("a fresh code does instead of a key, once", async () => {
    const phone = newPhone();
    await onboard(api, phone);
    const otp = await requestOtp(api, phone, "pin_verify");
    const body = { pin: WRONG_PIN, phoneNumber: phone, otp };
    const first = await api.post("/api/pin/verify-pin", body);
    expect(first.body).to.include({ valid: false, attemptsRemaining: 4 });
    const { body: event } = await api.get(first.body.eventUrl, bearer(KEYS.auditor));
    expect(event.payload.factors).to.include({ possession: "verified", knowledge: "absent" });
    const second = await api.post("/api/pin/verify-pin", body);
    expect(second.body).to.include({ code: "FRA_POSSESSION_FACTOR_FAILED", reason: "otp_used" });
    expect((await verify(api, phone, WRONG_PIN, bearer(KEYS.bank))).body.attemptsRemaining).to.equal(3);
  });

  it("and required, a phone alone gets no code, consent or PIN, so that nobody has messages sent at our cost", async () => {
    const strict = await startService({ API_KEYS: entry("bank", "pin", KEYS.bank), REQUIRE_API_KEY: "true" });
    try {
      const phoneNumber = newPhone();
      const code = { phoneNumber, purposes: ["consent", "pin_set"] };
      for (const [url, body] of [
        ["/api/otp/request", code],
        ["/api/consents", consentBody(phoneNumber, "123456")],
        ["/api/pin/set", { pin: GOOD_PIN, phoneNumber, otp: "123456" }],
        ["/api/pin/reset", { pin: GOOD_PIN, phoneNumber, otp: "123456" }],
        ["/api/pin/verify-pin", { pin: GOOD_PIN, phoneNumber, otp: "123456" }],
      ] as const) {
        expect((await strict.post(url, body)).body, url).to.include({ status: 401, reason: "missing_key" });
      }
      expect((await strict.post("/api/otp/request", code, bearer(KEYS.bank))).status).to.equal(202);
    } finally {
      await strict.close();
    }
  });

  it("a stranger sees where an event is anchored, and nothing of what it says", async () => {
    const { body } = await onboard(api, newPhone());
    const stranger = await api.get(body.eventUrl);
    expect(stranger.body).to.include({ id: body.eventId, payload: null, payloadStatus: "withheld" });
    expect(stranger.body.digest).to.match(/^0x/);
    expect(stranger.body.anchor.txHash).to.equal(body.txHash);
    expect(JSON.stringify(stranger.body)).not.to.match(/subject|identityHash/i);
    const receipt = (headers = {}) => api.get(`${body.eventUrl}/receipt`, headers);
    expect((await receipt()).body).to.include({ status: 401, code: "UNAUTHENTICATED" });
    const office = bearer(KEYS.office);
    expect((await api.get(body.eventUrl, office)).body.payloadStatus).to.equal("withheld");
    expect((await receipt(office)).body).to.include({ status: 403, code: "FORBIDDEN" });
    for (const reader of [bearer(KEYS.bank), bearer(KEYS.auditor)]) {
      expect((await api.get(body.eventUrl, reader)).body.payloadStatus).to.equal("present");
      expect((await receipt(reader)).body.payload).to.contain("pin_set");
    }
  });

  it("a wrong code is refused before the PIN is looked at", async () => {
    const phone = newPhone();
    await onboard(api, phone);
    const otp = await requestOtp(api, phone, "pin_verify");
    const wrong = String((Number(otp) + 1) % 1_000_000).padStart(6, "0");
    for (const pin of [GOOD_PIN, WRONG_PIN]) {
      const answer = await api.post("/api/pin/verify-pin", { pin, phoneNumber: phone, otp: wrong });
      expect(answer.body).to.include({ code: "FRA_POSSESSION_FACTOR_FAILED", reason: "otp_wrong" });
    }
    expect((await verify(api, phone, WRONG_PIN, bearer(KEYS.bank))).body.attemptsRemaining).to.equal(4);
  });
});

describe("A caller who asks too much", () => {
  it("about one phone shuts out neither the bank nor, by an address spelled otherwise, the limit", async () => {
    const api = await startService({
      RATE_LIMIT_PHONE: "3",
      API_KEYS: [entry("bank", "pin", KEYS.bank), entry("next", "pin", KEYS.next)].join(","),
    });
    try {
      const phone = newPhone();
      const check = (headers = {}, path = "/api/pin/check-pin-exists") =>
        api.post(path, { phoneNumber: phone }, headers);
      for (let i = 0; i < 10; i++) expect((await check()).status).to.equal(401);
      for (let i = 0; i < 10; i++) {
        const purposes = ["pin_verify"];
        const { body } = await api.post("/api/otp/request", { phoneNumber: phone, purposes });
        if (i >= 3) expect(body).to.include({ status: 429, reason: "phone_limit" });
      }
      for (let i = 0; i < 3; i++) expect((await check(bearer(KEYS.bank))).status).to.equal(200);
      const spelledOtherwise = await check(bearer(KEYS.bank), "/%61pi/pin/check-pin-exists");
      expect(spelledOtherwise.body).to.include({ status: 429, reason: "phone_limit" });
      expect((await check(bearer(KEYS.next))).status).to.equal(200);
    } finally {
      await api.close();
    }
  });

  it("is refused by client and by phone, with the time to come back", async () => {
    const api = await startService({ RATE_LIMIT_CLIENT: "20", RATE_LIMIT_PHONE: "5" });
    try {
      const phone = newPhone();
      const answers = [];
      for (let i = 0; i < 25; i++) {
        answers.push(
          await api.post("/api/pin/check-pin-exists", { phoneNumber: i < 10 ? phone : newPhone() }),
        );
      }
      const reasons = answers.map(({ body }) => body.reason as string | undefined);
      expect(reasons.slice(0, 5)).to.deep.equal(Array(5).fill(undefined));
      expect(reasons.slice(5, 10)).to.deep.equal(Array(5).fill("phone_limit"));
      expect(reasons.slice(20)).to.deep.equal(Array(5).fill("client_limit"));
      for (const { status, headers } of answers.slice(20)) {
        expect(status).to.equal(429);
        expect(Number(headers.get("retry-after"))).to.be.within(1, 60);
        expect(headers.get("ratelimit-limit")).to.equal("20");
      }
      expect((await api.get("/health/live")).status).to.equal(200);
    } finally {
      await api.close();
    }
  });
});
