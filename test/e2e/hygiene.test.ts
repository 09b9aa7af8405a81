import { connect } from "node:net";
import { expect } from "chai";
import { GOOD_PIN, WRONG_PIN, newPhone, onboard, verify } from "../helpers/customer.ts";
import { request, startService } from "../helpers/service.ts";
import type { TestService } from "../helpers/service.ts";

/** All that the service says on one connection. */
async function conversation(api: TestService, sent: string): Promise<string> {
  const socket = connect(Number(new URL(api.url).port), "127.0.0.1");
  socket.write(sent);
  return new Promise((resolve) => {
    let text = "";
    socket.on("data", (chunk) => (text += chunk.toString()));
    socket.on("error", () => resolve(text));
    socket.on("close", () => resolve(text));
  });
}

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
      [await post("839271", "text/plain"), 415, "UNSUPPORTED_MEDIA_TYPE"],
      [await request(api.url, "GET", "/nowhere"), 404, "ROUTE_NOT_FOUND"],
    ] as const;
    for (const [answer, status, code] of cases) {
      expect(answer.body).to.include({ status, code });
      expect(answer.headers.get("content-type")).to.match(/^application\/problem\+json/);
    }
  });

  it("an address that is there for another method says for which", async () => {
    const id = "01890000-0000-7000-8000-000000000000";
    for (const [method, path, allow] of [
      ["GET", "/api/pin/set", "POST"],
      ["DELETE", `/api/ledger/events/${id}`, "GET, HEAD"],
    ] as const) {
      const answer = await request(api.url, method, path);
      expect(answer.body).to.include({ status: 405, code: "METHOD_NOT_ALLOWED" });
      expect(answer.headers.get("allow")?.split(", ").sort().join(", ")).to.equal(allow);
    }
  });

  it("what the router cannot read, or the docs cannot serve, is a problem too", async () => {
    const page = "/docs/static/index.css";
    const cases = [
      [await api.get("/%ZZ"), 400, "BAD_REQUEST"],
      [await api.get(`/api/ledger/events/${"x".repeat(101)}`), 414, "URI_TOO_LONG"],
      [await api.get(page, { range: "bytes=99999999-" }), 416, "RANGE_NOT_SATISFIABLE"],
      [await api.get(page, { "if-match": '"other"' }), 412, "PRECONDITION_FAILED"],
    ] as const;
    for (const [answer, status, code] of cases) {
      expect(answer.body).to.include({ status, code });
      expect(answer.body).to.include.keys("type", "title", "detail");
      expect(answer.headers.get("content-type")).to.match(/^application\/problem\+json/);
    }
  });

  it("what Node's parser cannot read is a problem as well", async () => {
    const start = "GET / HTTP/1.1\r\nhost: x\r\n";
    for (const [sent, status, code] of [
      ["nonsense\r\n\r\n", 400, "BAD_REQUEST"],
      [`${start}expect: much\r\nconnection: close\r\n\r\n`, 417, "EXPECTATION_FAILED"],
      [`${start}x: ${"x".repeat(20_000)}\r\n\r\n`, 431, "REQUEST_HEADER_FIELDS_TOO_LARGE"],
    ] as const) {
      const answer = await conversation(api, sent);
      expect(answer).to.match(new RegExp(`^HTTP/1.1 ${status} `));
      expect(answer).to.contain("content-type: application/problem+json");
      expect(answer).to.contain(`"code":"${code}"`);
    }
  });

  it("odd values of Prefer and Idempotency-Key mean what they meant: ignored, and refused", async () => {
    const check = (headers: Record<string, string>) =>
      api.post("/api/pin/check-pin-exists", { phoneNumber: newPhone() }, headers);
    expect((await check({ prefer: "wait=tomorrow, handling=strict" })).status).to.equal(200);
    expect((await check({ "idempotency-key": "x".repeat(256) })).body).to.include({
      status: 400,
      reason: "invalid_idempotency_key",
    });
  });

  it("an address that is spelled otherwise is the same address", async () => {
    const answer = await api.post("/%61pi/pin/check-pin-exists", { phoneNumber: newPhone() });
    expect(answer.status).to.equal(200);
    expect(answer.headers.get("cache-control")).to.equal("no-store");
  });

  it("a value that makes its own schema stumble is not valid", async () => {
    const answer = await api.post("/api/pin/set", { pin: { length: { toString: "x" } } });
    expect(answer.body).to.include({ status: 400, code: "FRA_VALIDATION_ERROR" });
  });

  it("the ways to pollute a prototype are refused", async () => {
    for (const body of ['{"__proto__":{"admin":true}}', '{"constructor":{"prototype":{"admin":true}}}']) {
      expect((await api.post("/api/pin/set", body)).status).to.equal(400);
    }
    expect(({} as { admin?: boolean }).admin).to.equal(undefined);
  });

  it("a connection that sends nothing more is closed", async () => {
    const unfinished =
      "POST /api/pin/set HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{";
    const answer = await conversation(api, unfinished);
    expect(answer).to.match(/^HTTP\/1.1 408 /);
    expect(answer).to.contain('"code":"REQUEST_TIMEOUT"');
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
