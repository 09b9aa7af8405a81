/** A real OpenID Connect provider on a loopback port, with login and consent pages of its own. Any password will do. */
import { randomBytes } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair } from "jose";
import { Provider } from "oidc-provider";
import type { Context, Token } from "oidc-provider";
import { CookieJar } from "./cookie-jar.ts";

/** `aud` of its access tokens that are meant for us; without `resource` they are opaque. */
export const RESOURCE = "https://ledger.example";
export const CLIENT = "console";
export const PUBLIC_CLIENT = "public-console";

export interface TestProvider {
  readonly issuer: string;
  readonly jwksUrl: string;
  readonly clientSecret: string;
  /** What it was asked, as method and path. */
  readonly requests: readonly string[];
  /** Nothing answers on its port, until it is back. */
  away(): Promise<void>;
  back(): Promise<void>;
  close(): Promise<void>;
}

/** What some accounts' access tokens say besides; undefined leaves out. */
const CLAIMS: Readonly<Record<string, Record<string, unknown>>> = {
  support: { roles: ["admin"] },
  timeless: { auth_time: undefined },
  bulky: { groups: Array.from({ length: 150 }, (_, i) => `a group of many words, number ${i}`) },
};

// It warns of all that is only fit for development.
for (const level of ["info", "warn"] as const) {
  const say = console[level].bind(console);
  console[level] = (...words: unknown[]) => {
    if (!String(words[0]).startsWith("oidc-provider ")) say(...words);
  };
}

export async function startProvider(
  redirectUri: string,
  { authMethods = ["client_secret_basic", "none"] }: { readonly authMethods?: readonly string[] } = {},
): Promise<TestProvider> {
  const requests: string[] = [];
  const server = createServer();
  const listen = (port: number) =>
    new Promise<void>((resolve) => server.listen(port, "localhost", () => resolve()));
  const stop = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  await listen(0);
  const { port } = server.address() as AddressInfo;
  const issuer = `http://localhost:${port}`;
  const clientSecret = randomBytes(24).toString("base64url");
  const answer = new Provider(issuer, {
    ...(await configuration()),
    clientAuthMethods: authMethods,
    clients: [
      { client_id: CLIENT, client_secret: clientSecret, token_endpoint_auth_method: authMethods[0] },
      { client_id: PUBLIC_CLIENT, token_endpoint_auth_method: "none" },
    ].map((client) => ({ ...client, redirect_uris: [redirectUri], grant_types: ["authorization_code"] })),
  }).callback();
  server.on("request", (request, response) => {
    requests.push(`${request.method} ${request.url?.replace(/\?.*/, "")}`);
    answer(request, response);
  });
  return {
    issuer,
    jwksUrl: `${issuer}/jwks`,
    clientSecret,
    requests,
    away: stop,
    back: () => listen(port),
    close: stop,
  };
}

async function configuration() {
  const { privateKey } = await generateKeyPair("RS256", { extractable: true });
  const key = { ...(await exportJWK(privateKey)), alg: "RS256", use: "sig", kid: "key-1" };
  return {
    jwks: { keys: [key] },
    cookies: { keys: [randomBytes(24).toString("hex")] },
    responseTypes: ["code"],
    findAccount: async (_: Context, accountId: string) => ({
      accountId,
      claims: async () => ({ sub: accountId }),
    }),
    features: {
      devInteractions: { enabled: true },
      rpInitiatedLogout: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: async (_: Context, audience: string) => ({
          audience,
          scope: "",
          accessTokenFormat: "jwt",
          accessTokenTTL: 900,
          jwt: { sign: { alg: "RS256" } },
        }),
      },
    },
    extraTokenClaims: async ({ oidc }: Context, { accountId, sessionUid }: Token) => ({
      sid: sessionUid,
      auth_time: oidc.entities.AuthorizationCode?.authTime,
      ...CLAIMS[accountId],
    }),
  };
}

/**
 * Goes through the provider's pages as a person would.
 * @param jar the person's cookies there: who has been there before is not asked again
 * @returns where the browser is sent back to
 */
export async function logIn(
  address: string,
  person: { readonly account: string; readonly consents?: boolean },
  jar = new CookieJar(),
): Promise<URL> {
  const { origin } = new URL(address);
  let response = await jar.fetch(address);
  for (let step = 0; step < 12; step++) {
    const location = response.headers.get("location");
    if (location !== null) {
      const next = new URL(location, origin);
      if (next.origin !== origin) return next;
      response = await jar.fetch(next.href);
      continue;
    }
    const page = await response.text();
    const [, form = ""] = /<form[^>]* action="([^"]+)"/.exec(page) ?? [];
    const [, cancel = ""] = /<a href="([^"]+)">\[ Cancel \]/.exec(page) ?? [];
    const isLogin = page.includes('name="login"');
    if (form === "")
      throw new Error(`the provider's page has no form: ${response.status} ${page.slice(0, 2_000)}`);
    if (!isLogin && person.consents === false) {
      response = await jar.fetch(cancel);
      continue;
    }
    const fields = isLogin
      ? { prompt: "login", login: person.account, password: "any" }
      : { prompt: "consent" };
    response = await jar.fetch(new URL(form, origin).href, {
      method: "POST",
      body: new URLSearchParams(fields),
    });
  }
  throw new Error("the provider's pages have no end");
}
