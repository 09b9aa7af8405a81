import { expect } from "chai";
import Fastify from "fastify";
import type { FastifyInstance, RouteHandlerMethod } from "fastify";
import { exampleApp } from "../../scripts/example/app.ts";
import { askAtGate } from "../../server/client/session-gate.ts";
import { startService } from "../helpers/service.ts";
import type { TestService } from "../helpers/service.ts";

const PIN = "0012";
const WRONG = "7391";

describe("An application behind the session gate", () => {
  let ledger: TestService;
  let app: FastifyInstance;
  before(async () => {
    ledger = await startService();
    app = exampleApp(ledger.url);
  });
  after(async () => {
    await app.close();
    await ledger.close();
  });

  type Headers = Record<string, string>;
  const page = (headers: Headers = {}) => app.inject({ url: "/", headers });
  const api = (headers: Headers = {}) => app.inject({ url: "/api/balance", headers });
  const create = (headers: Headers) =>
    ledger.post("/api/session/pin", { pin: PIN, confirmation: PIN }, headers);
  const verify = (headers: Headers, pin: string) => ledger.post("/api/session/pin/verify", { pin }, headers);

  it("shows its page to a session that has created or entered the PIN, and to no other", async () => {
    const first = await ledger.signIn({ sub: "alice" });
    const shut = await page(first);
    expect(shut.statusCode).to.equal(403);
    expect(shut.headers["content-type"]).to.match(/^application\/problem\+json/);
    expect(shut.headers["cache-control"]).to.equal("no-store");
    expect(shut.json()).to.include({ status: 403, code: "SESSION_PIN_REQUIRED", next: "create_pin" });
    expect(shut.body).not.to.contain("accounts");

    expect((await create(first)).status).to.equal(200);
    const open = await page(first);
    expect(open.body).to.contain("Your accounts");
    expect(open.headers["cache-control"]).to.equal("no-store");

    const second = await ledger.signIn({ sub: "alice" });
    expect((await page(second)).json()).to.include({ status: 403, next: "enter_pin" });
    expect((await verify(second, WRONG)).body.valid).to.equal(false);
    expect((await page(second)).json()).to.include({ status: 403, next: "enter_pin" });
    expect((await verify(second, PIN)).body.valid).to.equal(true);
    expect((await page(second)).statusCode).to.equal(200);
    expect((await page(first)).statusCode).to.equal(200);
  });

  it("says how long a lock lasts, and lets nobody in meanwhile but by what was proven before", async () => {
    const proven = await ledger.signIn({ sub: "bob" });
    await create(proven);
    const guessing = await ledger.signIn({ sub: "bob" });
    for (let i = 0; i < 5; i++) await verify(guessing, WRONG);
    const locked = await page(guessing);
    expect(locked.json()).to.include({ status: 403, next: "locked", reason: "too_many_wrong_pins" });
    expect(Number(locked.headers["retry-after"])).to.be.within(1, 15 * 60);
    expect((await page(proven)).statusCode).to.equal(200);
    expect(locked.json().detail)
      .to.be.a("string")
      .and.match(/minute/);
  });

  it("tells whoever support gave a temporary PIN to choose another, before anything else", async () => {
    const carol = { sub: "carol" };
    await create(await ledger.signIn(carol));
    const admin = await ledger.signIn({ sub: "support", roles: ["admin"] });
    const found = await ledger.post("/api/admin/subjects/search", { account: "carol" }, admin);
    const address = `/api/admin/subjects/${found.body.subjectId as string}/temporary-pin`;
    const { body } = await ledger.post(address, {}, admin);
    const session = await ledger.signIn(carol);
    await verify(session, body.temporaryPin as string);
    const shut = (await page(session)).json();
    expect(shut).to.include({ status: 403, next: "change_temporary_pin" });
    expect(shut.detail).to.equal("Your PIN was reset by support. Please create a new PIN.");
    await ledger.post("/api/session/pin/change", { newPin: PIN, confirmation: PIN }, session);
    expect((await page(session)).statusCode).to.equal(200);
  });

  it("serves its API to whoever is signed in, whatever the PIN (FR-010, SC-007)", async () => {
    const headers = await ledger.signIn({ sub: "dave" });
    expect((await page(headers)).statusCode).to.equal(403);
    expect((await api(headers)).json()).to.deep.equal({ balance: "42.00" });
    await create(headers);
    const locked = await ledger.signIn({ sub: "dave" });
    for (let i = 0; i < 5; i++) await verify(locked, WRONG);
    expect((await page(locked)).json()).to.include({ next: "locked" });
    expect((await api(locked)).statusCode).to.equal(200);
    expect((await api()).statusCode).to.equal(401);
  });

  it("sends those who are not signed in away", async () => {
    for (const headers of [{}, { authorization: "Bearer x" }, { authorization: "Basic eDp5" }]) {
      const answer = await page(headers);
      expect(answer.json()).to.include({ status: 401, code: "UNAUTHENTICATED" });
      expect(answer.headers["www-authenticate"]).to.equal("Bearer");
    }
  });
});

describe("The session gate", () => {
  /** Answers as a ledger does not. */
  async function strange(handler: RouteHandlerMethod, timeoutMs = 5_000) {
    const server = Fastify();
    server.get("/api/session", handler);
    const url = await server.listen({ host: "127.0.0.1", port: 0 });
    const answer = await askAtGate({ url, timeoutMs }, "token");
    await server.close();
    return answer;
  }

  it("stays shut whatever the ledger does but say to open it", async () => {
    const step = { message: "", reason: null, lockedUntil: null, retryAfterSeconds: null };
    expect(await strange(() => ({ next: "none", ...step }))).to.equal(null);
    const unavailable = { status: 503 };
    expect(await strange((_, reply) => reply.status(500).send({}))).to.include(unavailable);
    expect(await strange((_, reply) => reply.status(429).send({ code: "X", detail: "" }))).to.include(
      unavailable,
    );
    expect(await strange((_, reply) => reply.type("text/html").send("<h1>none</h1>"))).to.include(
      unavailable,
    );
    expect(await strange((_, reply) => reply.status(204).send())).to.include(unavailable);
    expect(await strange(() => new Promise(() => {}), 50)).to.include(unavailable);
    expect(await askAtGate({ url: "http://127.0.0.1:9" }, "token")).to.include(unavailable);
    for (const next of ["None", "", "later", " none"]) {
      expect(await strange(() => ({ ...step, next }))).to.include({ status: 403 });
    }
    for (const body of [
      null,
      "none",
      true,
      [],
      {},
      { next: "none" },
      { next: ["none"], message: "" },
      { step: { next: "none" } },
    ]) {
      expect(
        await strange((_, reply) => reply.type("application/json").send(JSON.stringify(body))),
      ).to.include(unavailable);
    }
  });

  it("takes the token from where the application keeps it", async () => {
    expect(await askAtGate({ url: "http://127.0.0.1:9" }, null)).to.include({ status: 401 });
  });
});
