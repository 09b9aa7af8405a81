import { createPrivateKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { expect } from "chai";
import type { FastifyInstance } from "fastify";
import { principalOf } from "../../server/http/plugins/primary-auth.ts";
import { hostileTokens } from "../helpers/hostile-tokens.ts";
import { AUDIENCE, ISSUER, goodClaims, newKey, publishKeys, sign } from "../helpers/issuer.ts";
import type { JwksServer, SigningKey } from "../helpers/issuer.ts";
import { request, startService } from "../helpers/service.ts";
import type { TestService } from "../helpers/service.ts";

const USER_ROUTE = "/api/test/me";
const ADMIN_ROUTE = "/api/test/admin";

/** These stand for all such routes, and are not in the document. */
const hidden = { schema: { hide: true } };

function prepare(app: FastifyInstance): void {
  app.get(USER_ROUTE, { config: { auth: "user" }, ...hidden }, async (request) => principalOf(request));
  app.post(USER_ROUTE, { config: { auth: "user" }, ...hidden }, async () => ({}));
  app.get(ADMIN_ROUTE, { config: { auth: "admin" }, ...hidden }, async () => ({}));
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

/** The built-in issuer's key, as who can read the data folder has it. */
function devKey(dataDir: string): SigningKey {
  const { DEV_ISSUER_KEY } = JSON.parse(readFileSync(join(dataDir, "dev-issuer.json"), "utf8")) as {
    DEV_ISSUER_KEY: string;
  };
  const seed = Buffer.from(DEV_ISSUER_KEY, "base64");
  const der = Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), seed]);
  const privateKey = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
  const { x, kty, crv } = privateKey.export({ format: "jwk" });
  return {
    alg: "EdDSA",
    kid: "development",
    privateKey,
    publicJwk: { x, kty, crv } as SigningKey["publicJwk"],
  };
}

interface World {
  readonly api: TestService;
  readonly key: SigningKey;
  readonly claims: (changes?: Record<string, unknown>) => Record<string, unknown>;
  readonly close: () => Promise<void>;
}

async function builtIn(): Promise<World> {
  const api = await startService({}, { prepare });
  const names = { iss: "identity-ledger-development", aud: "identity-ledger" };
  const claims = (changes = {}) => goodClaims(Date.now(), { ...names, ...changes });
  return { api, key: devKey(api.dataDir), claims, close: () => api.close() };
}

const external = (url: string) => ({ JWT_ISSUER: ISSUER, JWT_AUDIENCE: AUDIENCE, JWT_JWKS_URL: url });

async function published(alg: string): Promise<World> {
  const key = await newKey(alg, "key-1");
  const jwks = await publishKeys([key.publicJwk]);
  const api = await startService(external(jwks.url), { prepare });
  const close = async () => {
    await api.close();
    await jwks.close();
  };
  return { api, key, claims: (changes = {}) => goodClaims(Date.now(), changes), close };
}

for (const [source, start] of [
  ["the built-in issuer", builtIn],
  ["an external issuer with a JWKS", () => published("RS256")],
] as const) {
  describe(`Access tokens of ${source}`, () => {
    let world: World;
    before(async () => {
      world = await start();
    });
    after(() => world.close());

    it("name the account and the session", async () => {
      const { api, key, claims } = world;
      const answer = await api.get(USER_ROUTE, bearer(await sign(key, claims())));
      expect(answer.body).to.include({ subject: "alice", sessionId: "session-1", isAdmin: false });
    });

    it("are refused with 401 in every hostile form, without a word about which check failed", async () => {
      const { api, key, claims } = world;
      const now = Date.now();
      for (const [name, token] of await hostileTokens(key, claims({ roles: ["admin"] }), now)) {
        for (const route of [USER_ROUTE, ADMIN_ROUTE]) {
          const { status, body, headers } = await api.get(route, bearer(token));
          expect(status, name).to.equal(401);
          expect(body.reason, name).to.be.oneOf(["invalid_token", "expired_token"]);
          expect(body.reason === "expired_token", name).to.equal(name === "expired");
          expect(headers.get("www-authenticate"), name).to.equal('Bearer error="invalid_token"');
        }
      }
    }).timeout(60_000);

    it("of a user are 403 for what is an administrator's, and of an administrator are not", async () => {
      const { api, key, claims } = world;
      for (const roles of [undefined, ["user"], "admin", ["Admin"], { admin: true }]) {
        const { body } = await api.get(ADMIN_ROUTE, bearer(await sign(key, claims({ roles }))));
        expect(body).to.include({ status: 403, code: "FORBIDDEN", reason: "missing_role" });
      }
      const admin = bearer(await sign(key, claims({ roles: ["user", "admin"] })));
      expect((await api.get(ADMIN_ROUTE, admin)).status).to.equal(200);
    });

    it("are in none of our log lines, nor is whom they name", async () => {
      const { api, key, claims } = world;
      const token = await sign(key, claims({ sub: "canary-sub", sid: "canary-sid" }));
      const expired = await sign(key, claims({ sub: "canary-sub", exp: 1 }));
      await api.get(USER_ROUTE, bearer(token));
      await api.get(`${USER_ROUTE}?access_token=${token}`);
      await api.get(USER_ROUTE, bearer(expired));
      await api.get(USER_ROUTE, bearer(`${token}x`));
      const log = api.log.join("");
      expect(log).to.contain("an access token was rejected");
      for (const canary of ["canary", "eyJ", "alice"]) expect(log, canary).not.to.contain(canary);
    });
  });
}

describe("Every operation that is documented for users", () => {
  let world: World;
  let operations: { readonly method: string; readonly path: string }[];
  before(async () => {
    world = await builtIn();
    type Paths = Record<string, Record<string, { security?: Record<string, unknown>[] }>>;
    const { paths } = (await world.api.get("/openapi.json")).body as { paths: Paths };
    operations = Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods)
        .filter(([, { security = [] }]) => security.some((one) => "bearerAuth" in one))
        .map(([method]) => ({
          method: method.toUpperCase(),
          path: path.replace("{id}", `0x${"0".repeat(64)}`),
        })),
    );
  });
  after(() => world.close());

  const ask = (method: string, path: string, headers: Record<string, string>) =>
    request(world.api.url, method, path, method === "GET" ? undefined : {}, headers);

  it("is 401 without a good token, before anything of the request is judged", async () => {
    const { key, claims } = world;
    expect(operations.map(({ path }) => path)).to.include.members([
      "/api/v1/pin",
      "/api/session",
      "/api/admin/actions",
    ]);
    const forged = await hostileTokens(key, claims({ roles: ["admin"] }), Date.now());
    const telling =
      /^(alg none|HS256 by the public key's PEM|a foreign key under our id|expired|typ "logout|sub "")/;
    const tokens = forged.filter(([name]) => telling.test(name));
    expect(tokens.length).to.be.greaterThan(5);
    for (const { method, path } of operations) {
      expect((await ask(method, path, {})).body, path).to.include({ status: 401, reason: "missing_token" });
      for (const [name, token] of tokens) {
        expect((await ask(method, path, bearer(token))).status, `${method} ${path}: ${name}`).to.equal(401);
      }
    }
  });

  it("is 403 for a user where it is an administrator's, and nowhere else", async () => {
    const user = bearer(await sign(world.key, world.claims({ roles: ["user", "Admin"], sub: "admin" })));
    for (const { method, path } of operations) {
      const { body } = await ask(method, path, user);
      const refused = body.status === 403 && body.reason === "missing_role";
      expect(refused, `${method} ${path}`).to.equal(path.startsWith("/api/admin/"));
    }
  });
});

describe("An Authorization header", () => {
  let world: World;
  before(async () => {
    world = await builtIn();
  });
  after(() => world.close());

  const conversation = async (headers: readonly string[]): Promise<string> => {
    const socket = connect(Number(new URL(world.api.url).port), "127.0.0.1");
    socket.write(
      [`GET ${USER_ROUTE} HTTP/1.1`, "host: x", "connection: close", ...headers, "", ""].join("\r\n"),
    );
    let text = "";
    for await (const chunk of socket) text += String(chunk);
    return text;
  };

  it("that comes twice names nobody, whichever of the two is good", async () => {
    const good = `authorization: Bearer ${await sign(world.key, world.claims())}`;
    expect(await conversation([good])).to.match(/^HTTP\/1.1 200 /);
    for (const two of [
      [good, good],
      [good, "Authorization: Bearer x"],
      ["authorization: Bearer x", good],
    ]) {
      expect(await conversation(two)).to.match(/^HTTP\/1.1 401 /);
    }
  });

  it("that is longer than any token is 401, and beyond what Node reads 431", async () => {
    expect(await conversation([`authorization: Bearer ${"x".repeat(12_000)}`])).to.match(/^HTTP\/1.1 401 /);
    expect(await conversation([`authorization: Bearer ${"x".repeat(20_000)}`])).to.match(/^HTTP\/1.1 431 /);
  });

  it("is asked for before the body is judged", async () => {
    const { body } = await world.api.post(USER_ROUTE, { any: "thing" });
    expect(body).to.include({ status: 401, reason: "missing_token" });
  });
});

describe("An external issuer", () => {
  let jwks: JwksServer;
  let api: TestService;
  const first = newKey("ES256", "key-1");
  const second = newKey("ES256", "key-2");

  before(async () => {
    jwks = await publishKeys([]);
    jwks.keys = null;
    api = await startService(external(jwks.url), { prepare });
  });
  after(async () => {
    await api.close();
    await jwks.close();
  });

  const status = async (key: Promise<SigningKey>) =>
    (await api.get(USER_ROUTE, bearer(await sign(await key, goodClaims(Date.now()))))).status;

  it("whose keys cannot be had makes a 503 and no 401, and says when to come back", async () => {
    const answer = await api.get(USER_ROUTE, bearer(await sign(await first, goodClaims(Date.now()))));
    expect(answer.body).to.include({
      status: 503,
      code: "AUTHENTICATION_UNAVAILABLE",
      reason: "keys_unavailable",
    });
    expect(answer.headers.get("retry-after")).to.equal("5");
    expect(api.log.join("")).to.contain("AUTHENTICATION_UNAVAILABLE");
  });

  it("that comes back is believed again, and that adds a key after a while, too", async () => {
    jwks.keys = [(await first).publicJwk];
    expect(await status(first)).to.equal(200);
    jwks.keys = [(await first).publicJwk, (await second).publicJwk];
    // Just fetched: an unknown id does not make us ask again at once, or every forger could.
    expect(await status(second)).to.equal(401);
    expect(await status(first)).to.equal(200);
    expect(jwks.requests).to.have.length(2);
  });

  it("leaves no built-in one beside it", async () => {
    expect((await api.post("/dev/token", { sub: "alice" })).body).to.include({ status: 404 });
    const document = (await api.get("/openapi.json")).body;
    expect(document.paths).not.to.have.property("/dev/token");
    expect(JSON.stringify(document.tags)).not.to.contain("Development");
  });
});

describe("The built-in issuer", () => {
  it("gives tokens to try things with, which hold over a restart", async () => {
    const one = await builtIn();
    const { body } = await one.api.post("/dev/token", {
      sub: "alice",
      phoneNumber: "+201234567890",
      roles: ["admin"],
      sid: "session-7",
      expiresIn: 60,
    });
    expect(body).to.include({ token_type: "Bearer", expires_in: 60 });
    const headers = bearer(body.access_token as string);
    const named = { subject: "alice", sessionId: "session-7", phone: "+201234567890", isAdmin: true };
    expect((await one.api.get(USER_ROUTE, headers)).body).to.include(named);
    const again = await startService({}, { prepare, dataDir: one.api.dataDir });
    expect((await again.get(USER_ROUTE, headers)).body).to.include(named);
    const other = await startService({}, { prepare });
    expect((await other.get(USER_ROUTE, headers)).status).to.equal(401);
    for (const service of [again, other, one]) await service.close();
  });

  it("gives each its own session and the present as its authentication, unless told", async () => {
    const { api, close } = await builtIn();
    const who = async (claims: { sub: string; authTime?: number | null }) =>
      (await api.get(USER_ROUTE, await api.signIn(claims))).body;
    const [a, b] = [await who({ sub: "alice" }), await who({ sub: "alice" })];
    expect(a.account).to.equal(b.account);
    expect(a.sessionId).not.to.equal(b.sessionId);
    expect(a.authTime).to.be.within(Date.now() - 10_000, Date.now());
    expect((await who({ sub: "alice", authTime: 1 })).authTime).to.equal(1_000);
    expect((await who({ sub: "alice", authTime: null })).authTime).to.equal(null);
    await close();
  });

  it("is documented, and told of at start", async () => {
    const { api, close } = await builtIn();
    expect((await api.get("/openapi.json")).body.paths).to.have.property("/dev/token");
    expect(api.log.join("")).to.contain("POST /dev/token");
    await close();
  });
});
