/**
 * `/console/sign-in` and `/console/callback`, as a browser goes through them. What went wrong is told by a code of ours;
 * what came from outside comes back nowhere.
 */
import { expect } from "chai";
import { SIGN_IN_FAILURES } from "../../server/domain/sign-in.ts";
import { CookieJar } from "../helpers/cookie-jar.ts";
import { CLIENT, RESOURCE, logIn, startProvider } from "../helpers/open-id.ts";
import type { TestProvider } from "../helpers/open-id.ts";
import { startService } from "../helpers/service.ts";
import type { TestService } from "../helpers/service.ts";

/** Browsers reach the service here; a test goes to where it listens instead. */
const CONSOLE = "https://pin.example.com";
const FLOW = "__Host-console-sign-in";
const SESSION = "__Host-console";

const variables = (idp: TestProvider, changes: Record<string, string> = {}) => ({
  JWT_ISSUER: idp.issuer,
  JWT_AUDIENCE: RESOURCE,
  JWT_JWKS_URL: idp.jwksUrl,
  CONSOLE_URL: CONSOLE,
  CONSOLE_CLIENT_ID: CLIENT,
  CONSOLE_CLIENT_SECRET: idp.clientSecret,
  CONSOLE_RESOURCE: RESOURCE,
  ...changes,
});

/** A person with a browser that keeps cookies of both places apart. */
class Visitor {
  readonly here = new CookieJar();
  readonly there = new CookieJar();
  readonly api: TestService;

  constructor(api: TestService) {
    this.api = api;
  }

  get(path: string): Promise<Response> {
    return this.here.fetch(this.api.url + path);
  }

  /** @returns where the provider's page is */
  async begin(query = ""): Promise<string> {
    const response = await this.get(`/console/sign-in${query}`);
    return response.headers.get("location")!;
  }

  /** @returns the path with which the provider sends people back */
  async comeBack(address: string, person: Parameters<typeof logIn>[1]): Promise<string> {
    const back = await logIn(address, person, this.there);
    expect(back.origin + back.pathname).to.equal(`${CONSOLE}/console/callback`);
    return back.pathname + back.search;
  }

  /** The whole way. */
  async signIn(account: string, query = ""): Promise<Response> {
    return this.get(await this.comeBack(await this.begin(query), { account }));
  }

  async session() {
    return (await this.api.get("/console/session", { cookie: this.here.header() })).body;
  }

  flow(): Record<string, unknown> {
    return JSON.parse(decodeURIComponent(this.here.get(FLOW)!)) as Record<string, unknown>;
  }

  changeFlow(changes: Record<string, unknown>): void {
    this.here.set(FLOW, encodeURIComponent(JSON.stringify({ ...this.flow(), ...changes })));
  }
}

/** Told in words, nobody signed in, and the flow over. */
async function expectRefused(visitor: Visitor, response: Response, location: string): Promise<void> {
  expect(response.status).to.equal(303);
  expect(response.headers.get("location")).to.equal(location);
  expect(await response.text()).to.equal("");
  expect(visitor.here.get(SESSION), "a session").to.equal(null);
  expect(visitor.here.get(FLOW), "a flow").to.equal(null);
}

const cookieLine = (response: Response, name: string): string =>
  response.headers.getSetCookie().find((line) => line.startsWith(`${name}=`)) ?? "";

describe("Signing in to the console by a provider", () => {
  let idp: TestProvider;
  let api: TestService;
  before(async () => {
    idp = await startProvider(`${CONSOLE}/console/callback`);
    api = await startService(variables(idp));
  });
  after(async () => {
    await api.close();
    await idp.close();
  });

  it("is what the pages are told of, and there is no other way in", async () => {
    expect((await api.get("/console/config")).body).to.include({ signIn: "openid" });
    const posted = await api.post("/console/session", { account: "mallory" }, { origin: CONSOLE });
    expect(posted.body).to.include({ status: 405 });
  });

  it("ends on the page that was asked for, with a session as long as the token", async () => {
    const visitor = new Visitor(api);
    const response = await visitor.signIn("alice", "?to=/console/admin/actions");
    expect(response.status).to.equal(303);
    expect(response.headers.get("location")).to.equal("/console/admin/actions");
    expect(response.headers.get("cache-control")).to.equal("no-store");
    expect(response.headers.get("referrer-policy")).to.equal("no-referrer");
    const line = cookieLine(response, SESSION);
    for (const attribute of ["Path=/", "HttpOnly", "Secure", "SameSite=Strict"]) {
      expect(line.split("; ")).to.include(attribute);
    }
    expect(line).not.to.contain("Domain");
    expect(Number(/Max-Age=(\d+)/.exec(line)![1])).to.be.within(880, 900);
    expect(visitor.here.get(FLOW)).to.equal(null);
    expect(await visitor.session()).to.deep.equal({ signedIn: true, name: "alice", admin: false });
    const { status, body } = await api.get("/api/session", { cookie: visitor.here.header() });
    expect({ status, next: body.next }).to.deep.equal({ status: 200, next: "create_pin" });
  });

  it("leads home where no page was asked for, and takes the provider's roles", async () => {
    const visitor = new Visitor(api);
    expect((await visitor.signIn("support")).headers.get("location")).to.equal("/console");
    expect(await visitor.session()).to.include({ name: "support", admin: true });
  });

  it("keeps what is under way out of scripts' reach, for ten minutes, and where no other host can set it", async () => {
    const line = cookieLine(await new Visitor(api).get("/console/sign-in"), FLOW);
    expect(line.split("; ").slice(1).sort()).to.deep.equal(
      ["HttpOnly", "Max-Age=600", "Path=/", "SameSite=Lax", "Secure"].sort(),
    );
  });

  it("asks the provider for a fresh login where a PIN is forgotten, and for no other", async () => {
    const visitor = new Visitor(api);
    await visitor.signIn("alice");
    const asked = async (query: string) =>
      Object.fromEntries(new URL(await visitor.begin(query)).searchParams) as Record<string, string>;
    expect(await asked("?fresh=1")).to.include({ prompt: "login", max_age: "0" });
    expect(await asked("")).not.to.have.any.keys("prompt", "max_age");
    const response = await visitor.signIn("alice", "?to=/console/forgot&fresh=1");
    expect(response.headers.get("location")).to.equal("/console/forgot");
  });

  it("does not take a login for fresh when the token does not say so, and leaves the session as it was", async () => {
    const visitor = new Visitor(api);
    await visitor.signIn("timeless");
    const before = visitor.here.get(SESSION);
    const response = await visitor.signIn("timeless", "?fresh=1");
    expect(response.headers.get("location")).to.equal("/console?signin=not_fresh");
    expect(visitor.here.get(SESSION)).to.equal(before).and.not.to.equal(null);
    // Begun as usual, and finished as though it had been for a fresh one: an old login stays an old one.
    const again = new Visitor(api);
    const back = await again.comeBack(await again.begin(), { account: "alice" });
    again.changeFlow({ fresh: true, startedAt: Date.now() + 60_000 });
    await expectRefused(again, await again.get(back), "/console?signin=not_fresh");
  });

  it("goes to no page but the console's own", async () => {
    const visitor = new Visitor(api);
    for (const to of [
      "https://evil.example",
      "//evil.example",
      "/\\evil.example",
      "\\\\evil.example",
      "/console//evil.example",
      "/console/\\evil.example",
      "/console/../evil",
      "/console/%2e%2e/evil",
      "/console/..",
      "/console@evil.example",
      "/console.evil.example",
      "/consoles",
      "/",
      "",
      "console",
      "javascript:alert(1)",
      "/console\r\nSet-Cookie: a=b",
      "/console/\tevil",
      "/console?x=1",
      "/console#x",
      `/console/${"x".repeat(200)}`,
    ]) {
      const response = await visitor.get(`/console/sign-in?to=${encodeURIComponent(to)}`);
      expect(response.status, to).to.equal(400);
      const text = await response.text();
      expect(text, to).to.contain("VALIDATION_ERROR").and.not.to.contain("evil");
      expect(visitor.here.get(FLOW), to).to.equal(null);
    }
    for (const query of ["?to=/console&to=/console/admin", "?fresh=yes", "?next=/console"]) {
      expect((await visitor.get(`/console/sign-in${query}`)).status, query).to.equal(400);
    }
    // Nor by a cookie that somebody has changed.
    const back = await visitor.comeBack(await visitor.begin(), { account: "alice" });
    visitor.changeFlow({ to: "//evil.example" });
    await expectRefused(visitor, await visitor.get(back), "/console?signin=expired");
  });

  it("is not finished in a browser that did not begin it, nor twice", async () => {
    const victim = new Visitor(api);
    const mallory = new Visitor(api);
    const back = await mallory.comeBack(await mallory.begin(), { account: "mallory" });
    await expectRefused(victim, await victim.get(back), "/console?signin=expired");
    await victim.begin("?to=/console/admin");
    await expectRefused(victim, await victim.get(back), "/console/admin?signin=mismatch");
    await mallory.get(back);
    const spent = mallory.here.get(SESSION);
    expect((await mallory.get(back)).headers.get("location")).to.equal("/console?signin=expired");
    expect(mallory.here.get(SESSION)).to.equal(spent);
  });

  it("refuses a flow of which any part was changed", async () => {
    const other = new Visitor(api);
    await other.begin();
    const { state, nonce, verifier } = other.flow();
    for (const [change, failure] of [
      [{ state }, "mismatch"],
      [{ nonce }, "mismatch"],
      [{ verifier }, "provider"],
      [{ state: 1 }, "expired"],
      [{ state: undefined }, "expired"],
      [{ more: "x" }, "expired"],
    ] as const) {
      const visitor = new Visitor(api);
      const back = await visitor.comeBack(await visitor.begin(), { account: "alice" });
      visitor.changeFlow(change);
      await expectRefused(visitor, await visitor.get(back), `/console?signin=${failure}`);
    }
    for (const value of ["x", "%7B%7D", "null", "%22%22", "[]"]) {
      const visitor = new Visitor(api);
      const back = await visitor.comeBack(await visitor.begin(), { account: "alice" });
      visitor.here.set(FLOW, value);
      await expectRefused(visitor, await visitor.get(back), "/console?signin=expired");
    }
  });

  it("takes a no for an answer, on the page that was left", async () => {
    const visitor = new Visitor(api);
    const address = await visitor.begin("?to=/console/admin");
    const back = await visitor.comeBack(address, { account: "alice", consents: false });
    await expectRefused(visitor, await visitor.get(back), "/console/admin?signin=denied");
  });

  it("repeats nothing of what it is sent", async () => {
    for (const query of [
      "error=canary&error_description=canary",
      "error=access_denied&error_description=canary&error_uri=https://canary.example",
      "code=canary",
      "code=canary&code=canary",
      "iss=https://canary.example&code=x",
      "canary=canary",
      "",
    ]) {
      const visitor = new Visitor(api);
      await visitor.begin();
      const response = await visitor.get(
        `/console/callback?state=${visitor.flow().state as string}&${query}`,
      );
      const said = JSON.stringify([...response.headers]) + (await response.text());
      expect(said, query)
        .to.match(/\/console\?signin=(denied|provider|mismatch)"/)
        .and.not.to.contain("canary");
    }
    expect(api.log.join("")).not.to.contain("canary");
  });

  it("refuses a token that no cookie can hold, and says so", async () => {
    const visitor = new Visitor(api);
    await expectRefused(visitor, await visitor.signIn("bulky"), "/console?signin=token_too_large");
    expect(api.log.join("")).to.match(/"level":40[^\n]*"failed":"token_too_large","why":"\d+ characters"/);
  });

  it("is for those who come, and not for what looks ahead", async () => {
    const visitor = new Visitor(api);
    const back = await visitor.comeBack(await visitor.begin(), { account: "alice" });
    for (const path of ["/console/sign-in", back]) {
      const response = await fetch(api.url + path, {
        method: "HEAD",
        redirect: "manual",
        headers: { cookie: visitor.here.header() },
      });
      expect(response.headers.getSetCookie(), path).to.deep.equal([]);
      expect(response.headers.get("location"), path).to.equal(null);
    }
    expect((await visitor.get(back)).headers.get("location")).to.equal("/console");
  });

  it("ends here by signing out, and tells where it ends at the provider", async () => {
    const visitor = new Visitor(api);
    await visitor.signIn("alice");
    const headers = { cookie: visitor.here.header(), origin: CONSOLE };
    const { status, body, headers: answered } = await api.delete("/console/session", headers);
    expect(status).to.equal(200);
    expect(body.signOutUrl).to.equal(`${idp.issuer}/session/end?client_id=${CLIENT}`);
    expect(answered.getSetCookie().join()).to.match(/^__Host-console=; .*Expires=Thu, 01 Jan 1970/);
  });

  it("leaves no code, token, secret or random text in the log", async () => {
    const visitor = new Visitor(api);
    const secrets: string[] = [idp.clientSecret];
    const back = await visitor.comeBack(await visitor.begin("?fresh=1"), { account: "canary-account" });
    const { state, nonce, verifier } = visitor.flow();
    secrets.push(state as string, nonce as string, verifier as string);
    secrets.push(new URLSearchParams(back.replace(/^[^?]*/, "")).get("code")!);
    const response = await visitor.get(back);
    expect(response.headers.get("location")).to.equal("/console");
    const token = visitor.here.get(SESSION)!;
    secrets.push(token, ...token.split("."), "canary-account");
    await api.get("/api/session", { cookie: visitor.here.header() });
    visitor.here.set(FLOW, encodeURIComponent(JSON.stringify({ state, nonce, verifier })));
    await visitor.get(back);
    const log = api.log.join("");
    expect(log).to.contain('"route":"/console/callback"').and.to.contain("a sign-in to the console failed");
    for (const secret of secrets) {
      expect(secret.length).to.be.greaterThan(8);
      expect(log).not.to.contain(secret);
    }
  });
});

describe("A provider that is not as configured", () => {
  let idp: TestProvider;
  before(async () => {
    idp = await startProvider(`${CONSOLE}/console/callback`);
  });
  after(() => idp.close());

  it("gives tokens for another audience, or opaque ones: they are refused, and the operator is told", async () => {
    for (const changes of [{ CONSOLE_RESOURCE: "https://other.example" }, { CONSOLE_RESOURCE: "" }]) {
      const api = await startService(variables(idp, changes));
      const visitor = new Visitor(api);
      await expectRefused(visitor, await visitor.signIn("alice"), "/console?signin=token");
      expect(api.log.join("")).to.match(/"level":40[^\n]*"failed":"token","why":"invalid_token"/);
      await api.close();
    }
  });

  it("that is away, or whose keys are, is told of in words, and asked again by the next who comes", async () => {
    const api = await startService(variables(idp));
    const visitor = new Visitor(api);
    await idp.away();
    await expectRefused(
      visitor,
      await visitor.get("/console/sign-in?to=/console/admin"),
      "/console/admin?signin=unavailable",
    );
    expect(api.log.join("")).to.match(/"level":40[^\n]*"failed":"unavailable","why":"ECONNREFUSED"/);
    const signOut = await api.delete("/console/session", { origin: CONSOLE });
    expect(signOut.status, "signing out works all the same").to.equal(204);
    await idp.back();
    const back = await visitor.comeBack(await visitor.begin(), { account: "alice" });
    await idp.away();
    await expectRefused(visitor, await visitor.get(back), "/console?signin=unavailable");
    await idp.back();
    expect((await visitor.signIn("alice")).headers.get("location")).to.equal("/console");
    await api.close();
  });

  it("is protected by each client's budget", async () => {
    const api = await startService(variables(idp, { RATE_LIMIT_CLIENT: "3" }));
    const visitor = new Visitor(api);
    for (let i = 0; i < 3; i++) expect((await visitor.get("/console/callback?code=x")).status).to.equal(303);
    for (const path of ["/console/callback", "/console/sign-in"]) {
      const response = await visitor.get(path);
      expect(response.status).to.equal(429);
      expect(await response.json()).to.include({ code: "TOO_MANY_REQUESTS", reason: "client_limit" });
    }
    await api.close();
  });
});

describe("An issuer without a client for the console", () => {
  it("lets nobody sign in, and the pages know", async () => {
    const idp = await startProvider(`${CONSOLE}/console/callback`);
    const none = { CONSOLE_CLIENT_ID: "", CONSOLE_CLIENT_SECRET: "", CONSOLE_RESOURCE: "" };
    const api = await startService(variables(idp, none));
    expect((await api.get("/console/config")).body).to.include({ signIn: null });
    for (const path of ["/console/sign-in", "/console/callback?code=x&state=x"]) {
      const response = await fetch(api.url + path, { redirect: "manual" });
      expect(response.headers.get("location"), path).to.equal(null);
      expect(response.headers.getSetCookie(), path).to.deep.equal([]);
    }
    await api.close();
    await idp.close();
  });
});

describe("What a failed sign-in may be called", () => {
  it("fits the address of a page as it is", () => {
    for (const failure of SIGN_IN_FAILURES) expect(failure).to.match(/^[a-z_]+$/);
  });
});
