/**
 * The console's cookie, as browsers send it: to every page's request for our host, wherever that page came from. The
 * adversary has a page of his own, perhaps on our host, and a visitor who is signed in here.
 */
import { expect } from "chai";
import { startService } from "../helpers/service.ts";
import type { TestService } from "../helpers/service.ts";

const HOST = "console.example:3001";
const OURS = `http://${HOST}`;

type Headers = Record<string, string>;

/** By inject: fetch would not let a test choose its Host. */
async function ask(
  { service }: TestService,
  method: "GET" | "HEAD" | "POST" | "DELETE",
  url: string,
  headers: Headers,
  payload?: object,
) {
  const answer = await service.app.inject({
    method,
    url,
    headers: { host: HOST, ...headers },
    ...(payload === undefined ? {} : { payload }),
  });
  const body = answer.payload === "" ? {} : answer.json();
  return { status: answer.statusCode, body, cookies: answer.cookies };
}

/** Signs in on our own page. */
async function signIn(api: TestService, account: string, headers: Headers = { origin: OURS }) {
  const { status, cookies } = await ask(api, "POST", "/console/session", headers, { account });
  expect(status).to.equal(204);
  const [kept] = cookies;
  return { kept, cookie: `${kept!.name}=${kept!.value}` };
}

const PIN = { pin: "7351", confirmation: "7351" };
const next = async (api: TestService, headers: Headers) =>
  (await ask(api, "GET", "/api/session", headers)).body.next;

/** Each is what some browser has sent for a page that is not ours. */
const ELSEWHERE: readonly (readonly [name: string, headers: Headers])[] = [
  ["another site", { origin: "https://evil.example" }],
  ["a page without an origin of its own", { origin: "null" }],
  ["a client that does not say", {}],
  ["another port of our host", { origin: "http://console.example:3002" }],
  ["our host's usual port", { origin: "http://console.example" }],
  ["a host that begins like ours", { origin: "http://console.example.evil:3001" }],
  ["a host that ends like ours", { origin: "http://evil-console.example:3001" }],
  ["a host below ours", { origin: "http://a.console.example:3001" }],
  ["ours as its user's name", { origin: "http://console.example:3001@evil.example" }],
  ["ours as its path", { origin: `http://evil.example/${HOST}` }],
  ["another scheme", { origin: `ftp://${HOST}` }],
  ["two origins", { origin: `${OURS} http://evil.example` }],
  ["nowhere", { origin: "" }],
  [
    "another site, by a proxy that nobody trusts",
    { origin: "http://evil.example", "x-forwarded-host": "evil.example" },
  ],
];

describe("The console's cookie", () => {
  let api: TestService;
  let shift = 0;
  before(async () => {
    api = await startService({}, { clock: { now: () => Date.now() + shift } });
  });
  after(() => api.close());

  it("is out of scripts' reach and of other sites' requests, and lasts as long as its token", async () => {
    const { kept } = await signIn(api, "alice");
    expect(kept).to.deep.include({ name: "console", httpOnly: true, sameSite: "Strict", path: "/" });
    expect(kept).not.to.have.any.keys("secure", "domain");
    expect(kept).to.have.property("maxAge", 3600);
  });

  it("speaks for who is signed in, where our own page asks, and where it only reads", async () => {
    const { cookie } = await signIn(api, "reader");
    expect(await next(api, { cookie })).to.equal("create_pin");
    expect(await next(api, { cookie, origin: OURS })).to.equal("create_pin");
    expect((await ask(api, "HEAD", "/api/session", { cookie })).status).to.equal(200);
    const created = await ask(api, "POST", "/api/session/pin", { cookie, origin: OURS }, PIN);
    expect(created.status).to.equal(200);
    expect(await next(api, { cookie })).to.equal("none");
  });

  for (const [name, headers] of ELSEWHERE) {
    it(`does nothing for ${name}`, async () => {
      const { cookie } = await signIn(api, `victim of ${name}`);
      const posted = await ask(api, "POST", "/api/session/pin", { cookie, ...headers }, PIN);
      expect(posted.body).to.include({ status: 403, code: "FORBIDDEN", reason: "other_origin" });
      expect(await next(api, { cookie }), "what came of it").to.equal("create_pin");
      for (const [method, url, body] of [
        ["POST", "/console/session", { account: "mallory" }],
        ["DELETE", "/console/session", undefined],
      ] as const) {
        const answer = await ask(api, method, url, { cookie, ...headers }, body);
        expect(answer.body, `${method} ${url}`).to.include({ status: 403, reason: "other_origin" });
        expect(answer.cookies, `${method} ${url}`).to.deep.equal([]);
      }
    });
  }

  it("is not even read for another site, should it come along", async () => {
    const { cookie } = await signIn(api, "read by others");
    const { body } = await ask(api, "GET", "/api/session", { cookie, origin: "https://evil.example" });
    expect(body).to.include({ status: 403, reason: "other_origin" });
  });

  it("stands back for an Authorization header, good or bad, from wherever that comes", async () => {
    const { cookie } = await signIn(api, "by cookie");
    const { authorization } = await api.signIn({ sub: "by header" });
    const origin = "https://app.example";
    const body = (await ask(api, "POST", "/api/session/pin", { cookie, authorization, origin }, PIN)).body;
    expect(body).to.have.property("eventId");
    expect(await next(api, { authorization })).to.equal("none");
    expect(await next(api, { cookie })).to.equal("create_pin");
    for (const bad of ["Bearer x", "Basic eDp4", ""]) {
      const answer = await ask(api, "GET", "/api/session", { cookie, authorization: bad });
      expect(answer.body, bad).to.include({ status: 401 });
    }
  });

  it("of another name or of a secure console means nothing here", async () => {
    const { kept } = await signIn(api, "named otherwise");
    for (const name of ["__Host-console", "Console", "session"]) {
      const { body } = await ask(api, "GET", "/api/session", { cookie: `${name}=${kept!.value}` });
      expect(body, name).to.include({ status: 401, reason: "missing_token" });
    }
  });

  it("ends by signing out", async () => {
    const { cookie } = await signIn(api, "leaver");
    const { status, cookies } = await ask(api, "DELETE", "/console/session", { cookie, origin: OURS });
    expect(status).to.equal(204);
    expect(cookies[0]).to.deep.include({ name: "console", value: "", path: "/", httpOnly: true });
    expect(cookies[0]!.expires!.getTime()).to.be.lessThan(Date.now());
  });

  it("of an expired token is 401, and goes when the page asks who is there", async () => {
    const { cookie } = await signIn(api, "late");
    expect((await ask(api, "GET", "/console/session", { cookie })).body).to.include({
      signedIn: true,
      name: "late",
    });
    shift = 2 * 60 * 60 * 1000;
    expect((await ask(api, "GET", "/api/session", { cookie })).body).to.include({
      status: 401,
      reason: "expired_token",
    });
    const { body, cookies } = await ask(api, "GET", "/console/session", { cookie });
    expect(body).to.deep.equal({ signedIn: false, name: null, admin: false });
    expect(cookies[0]).to.deep.include({ name: "console", value: "" });
  });

  it("that is no token of ours is as good as none", async () => {
    for (const value of ["x", "eyJhbGciOiJub25lIn0.e30.", "%00", "a".repeat(9_000)]) {
      const cookie = `console=${value}`;
      expect((await ask(api, "GET", "/api/session", { cookie })).body, value).to.include({ status: 401 });
      expect((await ask(api, "GET", "/console/session", { cookie })).body).to.include({ signedIn: false });
    }
  });
});

describe("The cookie of a console whose address is configured", () => {
  const url = "https://console.example";
  let api: TestService;
  before(async () => {
    api = await startService({ CONSOLE_URL: `${url}/`, TRUST_PROXY: "127.0.0.0/8" });
  });
  after(() => api.close());

  it("goes over TLS only, and no other host can have set it", async () => {
    const { kept } = await signIn(api, "alice", { origin: url });
    expect(kept).to.deep.include({
      name: "__Host-console",
      secure: true,
      httpOnly: true,
      sameSite: "Strict",
      path: "/",
    });
    expect(kept).not.to.have.property("domain");
  });

  it("is for pages of that address, whatever Host a proxy asks for, and for no page of another", async () => {
    const { cookie } = await signIn(api, "bob", { origin: url });
    for (const host of ["10.0.0.7:3001", "console.example", "evil.example"]) {
      const from = (headers: Headers) =>
        ask(api, "POST", "/api/session/pin/verify", { cookie, host, ...headers }, { pin: PIN.pin });
      expect((await from({ origin: url })).body, host).to.include({ code: "PIN_NOT_SET" });
      for (const headers of [
        {},
        { origin: "null" },
        { origin: `https://${host}`.replace("console.", "evil.") },
        { origin: "http://console.example" },
        { origin: "https://console.example:444" },
        { origin: "https://console.example.evil" },
        { origin: "https://evil.example", "x-forwarded-host": "evil.example" },
        { origin: "https://evil.example", forwarded: "host=evil.example;proto=https" },
      ]) {
        const { body } = await from(headers);
        expect(body, JSON.stringify([host, headers])).to.include({ status: 403, reason: "other_origin" });
      }
    }
  });
});

describe("Where there is no console", () => {
  it("its cookie speaks for nobody, and there is nothing to sign in to", async () => {
    const api = await startService({ CONSOLE: "false" });
    const { authorization } = await api.signIn({ sub: "alice" });
    const token = authorization.replace("Bearer ", "");
    for (const name of ["console", "__Host-console"]) {
      const cookie = `${name}=${token}`;
      const { body } = await ask(api, "GET", "/api/session", { cookie, origin: OURS });
      expect(body, name).to.include({ status: 401, reason: "missing_token" });
    }
    for (const [method, url] of [
      ["POST", "/console/session"],
      ["GET", "/console/session"],
      ["GET", "/console/config"],
      ["GET", "/console/sign-in"],
      ["GET", "/console/callback?code=1&state=1"],
    ] as const) {
      expect((await ask(api, method, url, { origin: OURS })).status, url).to.equal(404);
    }
    await api.close();
  });
});
