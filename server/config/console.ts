/** The web console and how people sign in to it: CONSOLE_* and JWT_ISSUER taken together. */
import type { Env } from "./env.ts";
import { isSafeUrl } from "./primary-auth.ts";

export interface ConsoleConfig {
  /** The origin that browsers reach us at, such as `https://pin.example.com`; null where nobody said. */
  readonly url: string | null;
  /** Whether browsers reach us over TLS. */
  readonly secure: boolean;
  /** Null: no sign-in by a provider. */
  readonly openId: OpenIdConfig | null;
}

export interface OpenIdConfig {
  /** By which its metadata is found, and which its tokens name: JWT_ISSUER. */
  readonly issuer: string;
  readonly clientId: string;
  /** Space-separated, with `openid`. */
  readonly scope: string;
  /** RFC 8707: whom the access token is to be for; null where the provider knows without being told. */
  readonly resource: string | null;
  readonly redirectUri: string;
}

/** Null: no console. Adds to `problems` what does not fit together. */
export function consoleConfig(env: Env, problems: string[]): ConsoleConfig | null {
  const production = env.PROFILE === "production";
  const { CONSOLE: wanted = !production, CONSOLE_URL: address } = env;
  if (!wanted) {
    if (env.CONSOLE_CLIENT_ID !== undefined && env.CONSOLE === undefined) {
      problems.push("CONSOLE_CLIENT_ID: in production there is a console only with CONSOLE=true");
    }
    return null;
  }
  if (production && address?.startsWith("https:") !== true) {
    problems.push(
      "CONSOLE_URL: the console in production needs the https:// address that browsers reach it at",
    );
  }
  const url = address === undefined ? null : new URL(address);
  if (url !== null && url.href !== `${url.origin}/`) {
    problems.push("CONSOLE_URL: scheme, host and port only: the console is at /console there");
  }
  return {
    url: url?.origin ?? null,
    secure: url?.protocol === "https:",
    openId: openIdConfig(env, url?.origin ?? null, problems),
  };
}

function openIdConfig(env: Env, origin: string | null, problems: string[]): OpenIdConfig | null {
  const { CONSOLE_CLIENT_ID: clientId, JWT_ISSUER: issuer = "" } = env;
  if (clientId === undefined) {
    for (const name of ["CONSOLE_CLIENT_SECRET", "CONSOLE_RESOURCE"] as const) {
      if (env[name] !== undefined) problems.push(`${name}: means nothing without CONSOLE_CLIENT_ID`);
    }
    return null;
  }
  if (origin === null)
    problems.push("CONSOLE_URL: required with CONSOLE_CLIENT_ID: the provider sends people back there");
  if (!isIssuer(issuer)) {
    problems.push(
      "JWT_ISSUER: with CONSOLE_CLIENT_ID it must be an https URL (http only to this machine) without query or password, at which the provider's metadata are found",
    );
  }
  return {
    issuer,
    clientId,
    scope: env.CONSOLE_SCOPE,
    resource: env.CONSOLE_RESOURCE ?? null,
    redirectUri: `${origin ?? ""}/console/callback`,
  };
}

/** OpenID Connect Discovery, section 3. */
function isIssuer(text: string): boolean {
  return /^https?:[^?#]+$/.test(text) && URL.canParse(text) && isSafeUrl(text);
}
