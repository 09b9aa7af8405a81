/** Whose access tokens are believed: JWT_* taken together. */
import { isIPv4 } from "node:net";
import type { Env } from "./env.ts";

export interface PrimaryAuthConfig {
  readonly issuer: string;
  readonly audience: string;
  readonly algorithms: readonly string[];
  readonly types: readonly string[];
  readonly adminRole: string;
  /** Where the key comes from: fetched, JWT_SECRET, or the built-in issuer's own. */
  readonly keys:
    | { readonly kind: "jwks"; readonly url: string }
    | { readonly kind: "secret" }
    | { readonly kind: "development" };
}

/** Algorithms whose public keys an issuer may publish (RFC 7518, section 3.1; RFC 9864). */
const ASYMMETRIC = ["EdDSA", "Ed25519", "ES256", "ES384", "ES512"].concat(
  ["RS256", "RS384", "RS512"],
  ["PS256", "PS384", "PS512"],
);
const DEFAULT_ASYMMETRIC = ["ES256", "EdDSA", "RS256", "PS256"];
/** HS384 and HS512 would need longer secrets (RFC 7518, section 3.2), and gain nothing. */
const SYMMETRIC = ["HS256"];

const LEAST_SECRET_BYTES = 32;
const DEVELOPMENT = { issuer: "identity-ledger-development", audience: "identity-ledger" };

const KEYS = ["JWT_JWKS_URL", "JWT_SECRET"] as const;
const NAMES = ["JWT_ISSUER", "JWT_AUDIENCE"] as const;

/** Whether the built-in issuer stands in: never in production, and never beside another. */
export const hasDevIssuer = (env: Env): boolean => env.PROFILE !== "production" && !isConfigured(env);

const isConfigured = (env: Env): boolean =>
  [...KEYS, ...NAMES, "JWT_ALGORITHMS" as const].some((name) => env[name] !== undefined);

/** Null: nobody is believed, and there are no endpoints for users. Adds to `problems` what does not fit together. */
export function primaryAuthConfig(env: Env, problems: string[]): PrimaryAuthConfig | null {
  const shared = { types: env.JWT_TYPES, adminRole: env.JWT_ADMIN_ROLE };
  if (!isConfigured(env)) {
    if (!hasDevIssuer(env)) return null;
    return { ...DEVELOPMENT, ...shared, algorithms: ["EdDSA"], keys: { kind: "development" } };
  }
  const { JWT_JWKS_URL: url, JWT_SECRET: secret, JWT_ISSUER: issuer, JWT_AUDIENCE: audience } = env;
  for (const name of NAMES) {
    if (env[name] === undefined) problems.push(`${name}: required where any other JWT_ variable is set`);
  }
  if ((url === undefined) === (secret === undefined)) {
    problems.push("JWT_JWKS_URL, JWT_SECRET: exactly one of them says where the issuer's key is");
  }
  // Were both families allowed at once, a public key could be passed off as a shared secret.
  const [allowed, usual] = secret === undefined ? [ASYMMETRIC, DEFAULT_ASYMMETRIC] : [SYMMETRIC, SYMMETRIC];
  const algorithms = env.JWT_ALGORITHMS ?? usual;
  if (!algorithms.every((algorithm) => allowed.includes(algorithm))) {
    problems.push(`JWT_ALGORITHMS: with the key that is configured, any of ${allowed.join(", ")}`);
  }
  if (url !== undefined && !isSafeUrl(url)) {
    problems.push("JWT_JWKS_URL: must be https (http only to this machine) and hold no password");
  }
  if (secret !== undefined && new TextEncoder().encode(secret).length < LEAST_SECRET_BYTES) {
    problems.push(`JWT_SECRET: needs at least ${LEAST_SECRET_BYTES} bytes (RFC 7518, section 3.2)`);
  }
  if (secret?.includes("-----BEGIN") === true) {
    problems.push("JWT_SECRET: looks like a PEM key, which may be public; publish it as a JWKS");
  }
  return {
    issuer: issuer ?? "",
    audience: audience ?? "",
    ...shared,
    algorithms,
    keys: url === undefined ? { kind: "secret" } : { kind: "jwks", url },
  };
}

/** Https, http only to this machine, and no password. Whoever can change what is fetched can be anybody. */
export function isSafeUrl(text: string): boolean {
  const { protocol, hostname, username, password } = new URL(text);
  if (username !== "" || password !== "") return false;
  const isLoopback =
    hostname === "localhost" || hostname === "[::1]" || (isIPv4(hostname) && hostname.startsWith("127."));
  return protocol === "https:" || isLoopback;
}
