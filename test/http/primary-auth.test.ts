import { randomBytes } from "node:crypto";
import { expect } from "chai";
import type { FastifyInstance } from "fastify";
import { pino } from "pino";
import { buildApp } from "../../server/app.ts";
import type { Services } from "../../server/app.ts";
import { devIssuer } from "../../server/crypto/dev-issuer.ts";
import { keyedPseudonyms } from "../../server/crypto/pseudonyms.ts";
import { tokenVerifier } from "../../server/crypto/token-verifier.ts";
import { principalOf } from "../../server/http/plugins/primary-auth.ts";
import { createClients } from "../../server/services/clients.ts";
import { createPrimaryAuth } from "../../server/services/primary-auth.ts";
import { AUDIENCE, ISSUER, goodClaims } from "../helpers/issuer.ts";

const names = { issuer: ISSUER, audience: AUDIENCE };
const issuer = devIssuer(randomBytes(32), names);
const pseudonyms = keyedPseudonyms(randomBytes(32), randomBytes(32));
const clock = { now: () => Date.UTC(2026, 0, 31, 12) };
const log: string[] = [];

const primaryAuth = createPrimaryAuth({
  verifier: tokenVerifier({ ...names, algorithms: ["EdDSA"], types: ["at+jwt"] }, issuer.keys),
  clock,
  pseudonyms,
  log: pino({ level: "debug" }, { write: (line: string) => void log.push(line) }),
  adminRole: "support",
});

/** The HTTP layer, with routes that say who they are for. */
async function app(
  options: { primaryAuth?: null; perUser?: number; perClient?: number; keys?: boolean } = {},
) {
  const keys = options.keys === true ? [{ id: "bank", scopes: new Set<never>(), hash: randomBytes(32) }] : [];
  const built = await buildApp(
    {
      binding: {},
      clients: createClients(keys),
      metrics: { served() {}, refused() {} },
      anchorer: { state: () => ({ trouble: null, backlog: 0 }) },
      pseudonyms,
      clock,
      primaryAuth: options.primaryAuth === undefined ? primaryAuth : null,
      devIssuer: null,
    } as unknown as Services,
    {
      logger: pino({ level: "silent" }),
      limits: { perClient: options.perClient ?? 0, perPhone: 0, perUser: options.perUser ?? 0 },
      anchor: { waitMs: 0, required: false, maxBacklog: 10 },
      controller: "",
    },
  );
  return built;
}

function addRoutes(built: FastifyInstance): FastifyInstance {
  built.get("/api/me", { config: { auth: "user", perUser: 2 } }, async (request) => principalOf(request));
  built.delete("/api/me", { config: { auth: "user", perUser: 1 } }, async () => ({}));
  built.get("/api/all", { config: { auth: "admin" } }, async (request) => principalOf(request));
  return built;
}

const token = async (changes: Record<string, unknown> = {}) => ({
  authorization: `Bearer ${await issuer.sign(goodClaims(clock.now(), changes))}`,
});

describe("A route for users", () => {
  let built: FastifyInstance;
  before(async () => {
    built = addRoutes(await app());
  });
  after(() => built.close());

  const get = (url: string, headers: Record<string, string> = {}) => built.inject({ url, headers });

  it("tells its handler who calls, under a pseudonym that only our key makes", async () => {
    const answer = await get("/api/me", await token({ roles: ["user"] }));
    const account = pseudonyms.account(ISSUER, "alice");
    expect(answer.json()).to.include({ subject: "alice", sessionId: "session-1", account, isAdmin: false });
    expect(pseudonyms.account("https://other.example", "alice")).not.to.equal(account);
    expect(keyedPseudonyms(randomBytes(32), randomBytes(32)).account(ISSUER, "alice")).not.to.equal(account);
    expect(pseudonyms.alias("phone", JSON.stringify([ISSUER, "alice"]))).not.to.equal(account);
  });

  it("says to those without a token what it wants, and to others that theirs is no good", async () => {
    const nothing = await get("/api/me");
    expect(nothing.json()).to.include({ status: 401, code: "UNAUTHENTICATED", reason: "missing_token" });
    expect(nothing.headers["www-authenticate"]).to.equal("Bearer");
    const expired = await get("/api/me", await token({ exp: 1 }));
    expect(expired.json()).to.include({ status: 401, code: "UNAUTHENTICATED", reason: "expired_token" });
    expect(expired.headers["www-authenticate"]).to.equal('Bearer error="invalid_token"');
    const invalid = await get("/api/me", await token({ sub: "" }));
    expect(invalid.json()).to.include({ status: 401, code: "UNAUTHENTICATED", reason: "invalid_token" });
    expect(invalid.headers["www-authenticate"]).to.equal('Bearer error="invalid_token"');
    expect(invalid.headers["content-type"]).to.match(/^application\/problem\+json/);
  });

  it("keeps why it refused for the log, which gets nothing of the token", async () => {
    log.length = 0;
    const refused = [{ sub: ["canary"] }, { iat: undefined }, { nbf: 9e9 }];
    const answers = [];
    for (const change of refused) answers.push((await get("/api/me", await token(change))).body);
    expect(new Set(answers).size, answers.join("\n")).to.equal(1);
    expect(log).to.have.length(3);
    for (const name of ["sub", "iat", "nbf"]) expect(log.join("")).to.contain(name);
    expect(log.join("")).not.to.match(/canary|alice|session-1|eyJ/);
  });

  it("that is for administrators refuses a user, and takes the configured role for one", async () => {
    for (const roles of [undefined, [], ["admin"], "support", ["Support"], ["supporter"]]) {
      const answer = await get("/api/all", await token({ roles }));
      expect(answer.json()).to.include({ status: 403, code: "FORBIDDEN", reason: "missing_role" });
      expect(answer.headers["www-authenticate"]).to.equal('Bearer error="insufficient_scope"');
    }
    expect((await get("/api/all")).statusCode).to.equal(401);
    expect((await get("/api/all", await token({ roles: ["support"] }))).json()).to.include({ isAdmin: true });
  });

  it("takes a token from nowhere but the header, and only one", async () => {
    const { authorization } = await token();
    const [, bare = ""] = authorization.split(" ");
    expect((await get(`/api/me?access_token=${bare}&token=${bare}`)).statusCode).to.equal(401);
    for (const value of [bare, `Basic ${bare}`, `Bearer: ${bare}`, `Bearer${bare}`, `Bearer ${bare} x`]) {
      expect((await get("/api/me", { authorization: value })).statusCode, value.slice(0, 12)).to.equal(401);
    }
    expect(
      (await get("/api/me", { cookie: `access_token=${bare}`, "x-authorization": authorization })).statusCode,
    ).to.equal(401);
    // RFC 9110, section 11.1: the scheme's case means nothing.
    for (const scheme of ["bearer", "BEARER", "Bearer "]) {
      expect((await get("/api/me", { authorization: `${scheme} ${bare}` })).statusCode, scheme).to.equal(200);
    }
  });

  it("takes a user's token also where API keys are configured, and no API key for a user", async () => {
    const keyed = addRoutes(await app({ keys: true }));
    expect((await keyed.inject({ url: "/api/me", headers: await token() })).statusCode).to.equal(200);
    const key = { authorization: "Bearer ilk_some-key" };
    expect((await keyed.inject({ url: "/api/me", headers: key })).json()).to.include({
      reason: "invalid_token",
    });
    await keyed.close();
  });

  it("cannot be there where nobody could be authenticated", async () => {
    const closed = await app({ primaryAuth: null });
    expect(() => addRoutes(closed)).to.throw(/needs primary authentication/);
    await closed.close();
  });
});

describe("What one user may ask in a minute", () => {
  it("is counted by route and account, and told with every answer", async () => {
    const built = addRoutes(await app({ perUser: 1 }));
    const ask = async (method: "GET" | "HEAD" | "DELETE", changes = {}) =>
      built.inject({ method, url: "/api/me", headers: await token(changes) });
    const first = await ask("GET");
    expect(first.headers).to.include({ "ratelimit-limit": "2", "ratelimit-remaining": "1" });
    expect(Number(first.headers["ratelimit-reset"])).to.be.within(1, 60);
    // Neither another session nor another method for the same thing is another user.
    expect((await ask("HEAD", { sid: "session-2" })).statusCode).to.equal(200);
    const third = await ask("GET", { sid: "session-3" });
    expect(third.json()).to.include({ status: 429, code: "TOO_MANY_REQUESTS", reason: "user_limit" });
    expect(Number(third.headers["retry-after"])).to.be.within(1, 60);
    expect(third.headers["ratelimit-remaining"]).to.equal("0");
    expect((await ask("DELETE")).statusCode).to.equal(200);
    expect((await ask("DELETE")).statusCode).to.equal(429);
    expect((await ask("GET", { sub: "bob" })).statusCode).to.equal(200);
    await built.close();
  });

  it("is not used up by strangers", async () => {
    const built = addRoutes(await app({ perUser: 1 }));
    const { authorization } = await token();
    const forged = { authorization: `${authorization.slice(0, -9)}AAAAAAAAA` };
    for (let i = 0; i < 10; i++) {
      expect((await built.inject({ url: "/api/me", headers: forged })).statusCode).to.equal(401);
    }
    expect((await built.inject({ url: "/api/me", headers: { authorization } })).statusCode).to.equal(200);
    await built.close();
  });

  it("is not all: forgeries count against the address that sends them", async () => {
    const built = addRoutes(await app({ perClient: 5 }));
    const statuses = [];
    for (let i = 0; i < 7; i++) statuses.push((await built.inject({ url: "/api/me" })).statusCode);
    expect(statuses).to.deep.equal([401, 401, 401, 401, 401, 429, 429]);
    await built.close();
  });

  it("can be multiplied, or not limited at all", async () => {
    for (const [perUser, allowed] of [
      [3, 6],
      [0, 20],
    ] as const) {
      const built = addRoutes(await app({ perUser }));
      const headers = await token();
      let passed = 0;
      for (let i = 0; i < 20; i++)
        if ((await built.inject({ url: "/api/me", headers })).statusCode === 200) passed++;
      expect(passed).to.equal(allowed);
      await built.close();
    }
  });
});
