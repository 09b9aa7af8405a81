import { connect } from "node:net";
import { expect } from "chai";
import { GOOD_PIN, WRONG_PIN, newPhone, onboard, verify } from "../helpers/customer.ts";
import { request, startService } from "../helpers/service.ts";
import type { TestService } from "../helpers/service.ts";

describe("Over HTTP", () => {
  let api: TestService;
  before(async () => {
    api = await startService();
  });
  after(() => api.close());

  it("nothing about persons may be cached, and pages may do only what they must", async () => {
    const answer = await api.post("/api/pin/check-pin-exists", { phoneNumber: newPhone() });
    expect(answer.headers.get("cache-control")).to.equal("no-store");
    expect(answer.headers.get("x-content-type-options")).to.equal("nosniff");
    expect(answer.headers.get("content-security-policy")).to.contain("default-src 'self'");
    expect(answer.headers.get("content-security-policy")).not.to.contain("upgrade-insecure-requests");
    expect((await api.post("/api/pin/set", {})).headers.get("cache-control")).to.equal("no-store");
  });

  it("a body over 4 KiB, of another type, or broken is a problem with its own code", async () => {
    const post = (body: string, type = "application/json") =>
      request(api.url, "POST", "/api/pin/set", body, { "content-type": type });
    const cases = [
      [await post(JSON.stringify({ pin: "1".repeat(5_000) })), 413, "PAYLOAD_TOO_LARGE"],
      [await post("pin=839271", "application/x-www-form-urlencoded"), 415, "UNSUPPORTED_MEDIA_TYPE"],
      [await post("{", "application/json"), 400, "MALFORMED_BODY"],
      [await post("", "application/json"), 400, "MALFORMED_BODY"],
      [await post("null"), 400, "FRA_VALIDATION_ERROR"],
      [await request(api.url, "GET", "/api/pin/set"), 404, "ROUTE_NOT_FOUND"],
      [await request(api.url, "GET", "/nowhere"), 404, "ROUTE_NOT_FOUND"],
    ] as const;
    for (const [answer, status, code] of cases) {
      expect(answer.body).to.include({ status, code });
      expect(answer.headers.get("content-type")).to.match(/^application\/problem\+json/);
    }
  });

  it("the ways to pollute a prototype are refused", async () => {
    for (const body of ['{"__proto__":{"admin":true}}', '{"constructor":{"prototype":{"admin":true}}}']) {
      expect((await api.post("/api/pin/set", body)).status).to.equal(400);
    }
    expect(({} as { admin?: boolean }).admin).to.equal(undefined);
  });

  it("a connection that sends nothing more is closed", async () => {
    const { port } = new URL(api.url);
    const socket = connect(Number(port), "127.0.0.1");
    socket.write("POST /api/pin/set HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{");
    const answer = await new Promise<string>((resolve) => {
      let text = "";
      socket.on("data", (chunk) => (text += chunk.toString()));
      socket.on("close", () => resolve(text));
    });
    expect(answer).to.contain("408");
  }).timeout(60_000);

  it("metrics count what seed 002 asks for, and name nobody", async () => {
    const phone = newPhone();
    await onboard(api, phone);
    await verify(api, phone, GOOD_PIN);
    for (let i = 0; i < 5; i++) await verify(api, phone, WRONG_PIN);
    await api.post("/api/pin/set", { pin: "111111", phoneNumber: phone, otp: "000000" });
    const { body, status } = await api.get("/metrics");
    expect(status).to.equal(200);
    for (const line of [
      /events_total\{type="pin_set",result=""\} 1/,
      /events_total\{type="pin_verify",result="valid"\} 1/,
      /events_total\{type="pin_verify",result="invalid"\} 5/,
      /lockouts_total 1/,
      /refusals_total\{code="WEAK_PIN_REJECTED",reason="all_same_digits"\} 1/,
      /credentials\{format="\w+"\} 1/,
      /anchor_backlog \d/,
      /anchor_lag_seconds \d/,
      /anchor_gas_used [1-9]/,
      /relayer_balance_ether 9\d+/,
      /hash_slots 0/,
    ]) {
      expect(body).to.match(line);
    }
    expect(body).not.to.contain(phone.slice(1, -4));
  });

  it("log lines carry seed 002's markers", () => {
    const log = api.log.join("");
    for (const marker of [
      "FRA_DIGITAL_IDENTITY_LEDGER",
      "FRA_PIN_SET_SUCCESS",
      "FRA_AUTH_SUCCESS",
      "FRA_WEAK_PIN_REJECTED",
    ]) {
      expect(log).to.contain(`"marker":"${marker}"`);
    }
  });
});
