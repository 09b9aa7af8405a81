import { createServer } from "node:http";
import type { RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import { decodeJwt } from "jose";
import { openIdProvider } from "../../server/crypto/open-id.ts";
import type { OpenIdClient } from "../../server/crypto/open-id.ts";
import type { OpenIdBeginning, OpenIdProvider } from "../../server/ports.ts";
import { CookieJar } from "../helpers/cookie-jar.ts";
import { newKey, seconds, sign } from "../helpers/issuer.ts";
import { CLIENT, PUBLIC_CLIENT, RESOURCE, logIn, startProvider } from "../helpers/open-id.ts";
import type { TestProvider } from "../helpers/open-id.ts";

const REDIRECT = "https://pin.example.com/console/callback";

const clientOf = (
  { issuer, clientSecret }: TestProvider,
  changes: Partial<OpenIdClient> = {},
): OpenIdClient => ({
  issuer,
  clientId: CLIENT,
  clientSecret,
  redirectUri: REDIRECT,
  scope: "openid",
  resource: RESOURCE,
  ...changes,
});

async function begun(provider: OpenIdProvider, fresh = false): Promise<OpenIdBeginning> {
  const beginning = await provider.begin(fresh);
  if ("failed" in beginning) throw new Error(`${beginning.failed}: ${beginning.why}`);
  return beginning;
}

/** Alice signs in, and her browser is about to be sent back. */
async function loggedIn(provider: OpenIdProvider, options: { fresh?: boolean; jar?: CookieJar } = {}) {
  const { url, flow } = await begun(provider, options.fresh);
  const { searchParams } = await logIn(url, { account: "alice" }, options.jar);
  return { flow, answer: searchParams };
}

describe("Signing in by OpenID Connect", () => {
  let idp: TestProvider;
  before(async () => {
    idp = await startProvider(REDIRECT);
  });
  after(() => idp.close());

  it("asks for a code bound to this browser, and gets an access token for us", async () => {
    const provider = openIdProvider(clientOf(idp));
    const { url } = await begun(provider);
    expect(Object.fromEntries(new URL(url).searchParams)).to.include({
      response_type: "code",
      client_id: CLIENT,
      redirect_uri: REDIRECT,
      scope: "openid",
      resource: RESOURCE,
      code_challenge_method: "S256",
    });
    const { flow, answer } = await loggedIn(provider);
    const finished = await provider.finish(answer, flow);
    if ("failed" in finished) throw new Error(finished.why);
    expect(decodeJwt(finished.accessToken)).to.include({ iss: idp.issuer, aud: RESOURCE, sub: "alice" });
  });

  it("takes new random texts for each, and tells the provider none of its secrets", async () => {
    const provider = openIdProvider(clientOf(idp));
    const [one, two] = [await begun(provider), await begun(provider)];
    const texts = [one, two].flatMap(({ flow }) => [flow.state, flow.nonce, flow.verifier]);
    expect(new Set(texts).size).to.equal(6);
    for (const text of texts) expect(text).to.match(/^[\w-]{43,}$/);
    expect(one.url).to.contain(one.flow.state).and.to.contain(one.flow.nonce);
    expect(one.url).not.to.contain(one.flow.verifier).and.not.to.contain(idp.clientSecret);
  });

  it("asks the provider for its addresses once, however many sign in", async () => {
    const provider = openIdProvider(clientOf(idp));
    const asked = () =>
      idp.requests.filter((one) => one.endsWith("/.well-known/openid-configuration")).length;
    const before = asked();
    await Promise.all([begun(provider), begun(provider), begun(provider)]);
    await begun(provider);
    expect(asked() - before).to.equal(1);
  });

  it("serves clients without a secret, too", async () => {
    const provider = openIdProvider(clientOf(idp, { clientId: PUBLIC_CLIENT, clientSecret: null }));
    const { flow, answer } = await loggedIn(provider);
    expect(await provider.finish(answer, flow)).to.have.property("accessToken");
  });

  it("asks people again who they are where that must be fresh", async () => {
    const provider = openIdProvider(clientOf(idp));
    const jar = new CookieJar();
    await loggedIn(provider, { jar });
    const pages = () => idp.requests.filter((one) => one.startsWith("POST /interaction/")).length;
    const before = pages();
    await loggedIn(provider, { jar });
    expect(pages(), "who is known there is not asked").to.equal(before);
    await loggedIn(provider, { jar, fresh: true });
    expect(pages()).to.be.greaterThan(before);
  });

  it("knows where the provider's own session ends", async () => {
    const url = new URL((await openIdProvider(clientOf(idp)).signOutUrl())!);
    expect(url.origin).to.equal(idp.issuer);
    expect(Object.fromEntries(url.searchParams)).to.deep.equal({ client_id: CLIENT });
  });

  it("refuses an answer to another sign-in, whichever of its texts is another's, and spends no code on it", async () => {
    const provider = openIdProvider(clientOf(idp));
    const other = (await begun(provider)).flow;
    const asked = () => idp.requests.filter((one) => one === "POST /token").length;
    const { flow, answer } = await loggedIn(provider);
    const before = asked();
    for (const change of [{ state: other.state }, { state: "" }]) {
      expect(await provider.finish(answer, { ...flow, ...change })).to.include({
        failed: "mismatch",
        why: "state",
      });
    }
    const without = new URLSearchParams(answer);
    without.delete("state");
    expect(await provider.finish(without, flow)).to.include({ failed: "mismatch" });
    const twice = new URLSearchParams(answer);
    twice.append("state", other.state);
    expect(await provider.finish(twice, flow)).to.include({ failed: "provider" });
    const issuer = new URLSearchParams(answer);
    issuer.set("iss", "https://evil.example");
    expect(await provider.finish(issuer, flow), "RFC 9207").to.include({ failed: "provider" });
    expect(asked()).to.equal(before);
    expect(await provider.finish(answer, { ...flow, nonce: other.nonce })).to.include({
      failed: "mismatch",
      why: "OAUTH_JWT_CLAIM_COMPARISON_FAILED nonce",
    });
  });

  it("cannot be finished without the verifier that began it, nor twice, nor with a code that nobody gave out", async () => {
    const provider = openIdProvider(clientOf(idp));
    const stolen = await loggedIn(provider);
    const thief = (await begun(provider)).flow;
    const refused = { failed: "provider", why: "400 invalid_grant" };
    expect(await provider.finish(stolen.answer, { ...stolen.flow, verifier: thief.verifier })).to.include(
      refused,
    );
    const { flow, answer } = await loggedIn(provider);
    expect(await provider.finish(answer, flow)).to.have.property("accessToken");
    expect(await provider.finish(answer, flow)).to.include(refused);
    const invented = new URLSearchParams({ ...Object.fromEntries(answer), code: "x".repeat(43) });
    expect(await provider.finish(invented, flow)).to.include(refused);
  });

  it("tells apart a person's no, a provider that is busy, and one that objects, and repeats nothing of what they say", async () => {
    const provider = openIdProvider(clientOf(idp));
    const { url, flow } = await begun(provider);
    const { searchParams } = await logIn(url, { account: "alice", consents: false });
    expect(await provider.finish(searchParams, flow)).to.deep.equal({
      failed: "denied",
      why: "access_denied",
    });
    for (const [error, failed, why] of [
      ["temporarily_unavailable", "unavailable", "temporarily_unavailable"],
      ["server_error", "unavailable", "server_error"],
      ["invalid_scope", "provider", "invalid_scope"],
      ["<b>canary</b>", "provider", "another error"],
    ] as const) {
      const answer = { state: flow.state, iss: idp.issuer, error, error_description: "canary" };
      expect(await provider.finish(new URLSearchParams(answer), flow)).to.deep.equal({ failed, why });
    }
    for (const answer of [{}, { code: "" }, { response: "x" }, { code: "x", id_token: "x" }]) {
      const query = new URLSearchParams({ state: flow.state, iss: idp.issuer, ...answer });
      expect(await provider.finish(query, flow), query.toString()).to.include({ failed: "provider" });
    }
  });

  it("says that a client is not known or its secret is wrong, without saying the secret", async () => {
    for (const changes of [{ clientSecret: "s3cret" }, { clientId: PUBLIC_CLIENT, clientSecret: "s3cret" }]) {
      const provider = openIdProvider(clientOf(idp, changes));
      const { flow, answer } = await loggedIn(provider);
      const failure = await provider.finish(answer, flow);
      expect(failure).to.include({ failed: "provider" });
      expect(JSON.stringify(failure))
        .to.match(/401|invalid_client/)
        .and.not.to.contain("s3cret");
    }
  });
});

describe("A provider that takes secrets in the body only", () => {
  it("gets them there", async () => {
    const idp = await startProvider(REDIRECT, { authMethods: ["client_secret_post"] });
    const provider = openIdProvider(clientOf(idp));
    const { flow, answer } = await loggedIn(provider);
    expect(await provider.finish(answer, flow)).to.have.property("accessToken");
    await idp.close();
  });
});

/** Something that answers where a provider should. */
async function impostor(answer: RequestListener): Promise<{ issuer: string; close: () => Promise<void> }> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { issuer: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close };
}

describe("A provider that is not there", () => {
  it("is asked again by the next who signs in, and forgets nobody who was on the way", async () => {
    const idp = await startProvider(REDIRECT);
    const provider = openIdProvider(clientOf(idp));
    await idp.away();
    expect(await provider.begin(false)).to.deep.equal({ failed: "unavailable", why: "ECONNREFUSED" });
    expect(await provider.signOutUrl()).to.equal(null);
    await idp.back();
    const { flow, answer } = await loggedIn(provider);
    await idp.away();
    expect(await provider.finish(answer, flow)).to.include({ failed: "unavailable" });
    await idp.back();
    expect(await provider.finish(answer, flow)).to.have.property("accessToken");
    await idp.close();
  });

  for (const [name, failed, why, answer] of [
    ["answers 503", "unavailable", /503/, (_, response) => response.writeHead(503).end()],
    ["answers 404", "provider", /404/, (_, response) => response.writeHead(404).end()],
    ["redirects", "provider", /302/, (_, response) => response.writeHead(302, { location: "/x" }).end()],
    ["answers with a page", "provider", /NOT_JSON/, (_, response) => response.end("<html>canary</html>")],
    [
      "names another issuer",
      "provider",
      /COMPARISON|ISSUER/,
      (_, response) =>
        response.setHeader("content-type", "application/json").end('{"issuer":"https://canary.example"}'),
    ],
    ["hangs up", "unavailable", /SOCKET|ECONN/, (request) => request.destroy()],
  ] as readonly (readonly [string, string, RegExp, RequestListener])[]) {
    it(`or ${name}, is told of as what it is`, async () => {
      const { issuer, close } = await impostor(answer);
      const client = {
        issuer,
        clientId: "x",
        clientSecret: null,
        redirectUri: REDIRECT,
        scope: "openid",
        resource: null,
      };
      const failure = await openIdProvider(client).begin(false);
      expect(failure).to.include({ failed });
      expect(JSON.stringify(failure)).to.match(why).and.not.to.contain("canary");
      await close();
    });
  }

  it("or whose issuer differs by a slash, is another one", async () => {
    const { issuer, close } = await impostor((request, response) =>
      response
        .setHeader("content-type", "application/json")
        .end(JSON.stringify({ issuer: `http://${request.headers.host}` })),
    );
    const client = {
      clientId: "x",
      clientSecret: null,
      redirectUri: REDIRECT,
      scope: "openid",
      resource: null,
    };
    expect(await openIdProvider({ ...client, issuer: `${issuer}/` }).begin(false)).to.deep.equal({
      failed: "provider",
      why: "ANOTHER_ISSUER",
    });
    await close();
  });
});

describe("An ID token", () => {
  it("must be this provider's, for this client, and for now: by its key, although it comes straight from it", async () => {
    const [key, foreign] = [await newKey("RS256", "key-1"), await newKey("RS256", "key-1")];
    let idToken = "";
    const { issuer, close } = await impostor((request, response) => {
      const told: Record<string, object> = {
        "/.well-known/openid-configuration": {
          issuer,
          authorization_endpoint: `${issuer}/auth`,
          token_endpoint: `${issuer}/token`,
          jwks_uri: `${issuer}/jwks`,
        },
        "/jwks": { keys: [key.publicJwk] },
        "/token": { access_token: "opaque", token_type: "bearer", id_token: idToken },
      };
      response.setHeader("content-type", "application/json").end(JSON.stringify(told[request.url ?? ""]));
    });
    const provider = openIdProvider({
      issuer,
      clientId: "me",
      clientSecret: null,
      redirectUri: REDIRECT,
      scope: "openid",
      resource: null,
    });
    const { flow } = await begun(provider);
    const now = seconds(Date.now());
    const good = { iss: issuer, aud: "me", sub: "alice", iat: now, exp: now + 60, nonce: flow.nonce };
    const answer = new URLSearchParams({ state: flow.state, code: "x" });
    const finish = async (claims: Record<string, unknown>, by = key) => {
      idToken = await sign(by, claims);
      return provider.finish(answer, flow);
    };
    expect(await finish(good)).to.deep.equal({ accessToken: "opaque" });
    expect(await finish(good, foreign), "a foreign key").to.include({ failed: "provider" });
    const wrong = {
      "another issuer": [{ iss: "https://evil.example" }, "provider"],
      "another client": [{ aud: "you" }, "provider"],
      "another client beside": [{ aud: ["me", "you"] }, "provider"],
      expired: [{ exp: now - 3_600, iat: now - 7_200 }, "provider"],
      "no nonce": [{ nonce: undefined }, "provider"],
      "another nonce": [{ nonce: "x" }, "mismatch"],
    } as const;
    for (const [name, [change, failed]] of Object.entries(wrong)) {
      expect(await finish({ ...good, ...change }), name).to.include({ failed });
    }
    idToken = "";
    expect(await provider.finish(answer, flow), "none").to.include({ failed: "provider" });
    await close();
  });
});
