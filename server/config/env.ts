/** The environment as it comes: strings, checked one by one. What they add up to is config.ts. */
import { isIP } from "node:net";
import { z } from "zod";
import { parseWitnessKeys } from "../ledger/index.ts";

const integer = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d+$/, "expected a whole number")
    .transform(Number)
    .refine((value) => value >= least && value <= most, `expected ${least} to ${most}`);
const flag = z.enum(["true", "false"]).transform((value) => value === "true");
const address = z.string().regex(/^0x[0-9a-fA-F]{40}$/, "expected 0x and 40 hex digits");
const privateKey = z.string().regex(/^0x[0-9a-fA-F]{64}$/, "expected 0x and 64 hex digits");
const httpUrl = z.url({ protocol: /^https?$/, error: "expected an http(s) URL" });
export const base64Key = z.string().refine((text) => {
  const bytes = Buffer.from(text, "base64");
  return bytes.length === 32 && bytes.toString("base64") === text;
}, "expected the base64 of 32 bytes");

/** An address, or a network such as 10.0.0.0/8. One of /0 would let everybody choose an address. */
function isNetwork(text: string): boolean {
  const [, base = "", bits] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const most = { 4: 32, 6: 128 }[isIP(base)];
  return most !== undefined && (bits === undefined || (Number(bits) >= 1 && Number(bits) <= most));
}
const networks = z
  .string()
  .transform((text) => (text === "false" ? [] : text.split(",").map((one) => one.trim())))
  .refine((list) => list.every(isNetwork), "expected addresses or networks (10.0.0.0/8), comma-separated");

const list = z
  .string()
  .regex(/^[\w+.-]+(,[\w+.-]+)*$/, "expected a comma-separated list")
  .transform((text) => text.split(","));
/** Whether all are C2SP verifier keys of type 0x04, and of different witnesses. */
function areWitnessKeys(list: readonly string[]): boolean {
  try {
    return parseWitnessKeys(list).length > 0;
  } catch {
    return false;
  }
}
const witnessKeys = z
  .string()
  .transform((text) => text.split(",").map((one) => one.trim()))
  .refine(areWitnessKeys, "expected different C2SP verifier keys of type 4 (name+id+key), comma-separated");

/** One line per variable: `npm start -- --help` prints these. */
export const ENV = {
  HOST: z.string().min(1).default("127.0.0.1").describe("address the API listens on"),
  PORT: integer(0, 65_535).default(3001).describe("port of the API; 0 takes a free one"),
  TRUST_PROXY: networks
    .default([])
    .describe("load balancers, ADDRESS or ADDRESS/BITS list, whose X-Forwarded-For names the caller"),
  PROFILE: z
    .enum(["development", "production", "test"])
    .default("development")
    .describe("production refuses whatever is only fit for development"),
  LOG_LEVEL: z
    .enum(["trace", "debug", "info", "warn", "error", "silent"])
    .default("info")
    .describe("least level logged"),
  DATABASE_URL: z
    .string()
    .regex(/^(sqlite:.+|postgres(ql)?:\/\/.+)$/, "expected sqlite:PATH or postgres://…")
    .default("sqlite:./data/ledger.db")
    .describe("sqlite:PATH or postgres://…"),
  DATA_DIR: z.string().min(1).default("./data").describe("where generated secrets are kept (mode 0600)"),
  CHAIN_RPC_URL: httpUrl
    .optional()
    .describe("an EVM JSON-RPC endpoint; unset: an embedded development chain"),
  CHAIN_PORT: integer(0, 65_535).default(8545).describe("port on which the embedded chain answers auditors"),
  CONTRACT_ADDRESS: address.optional().describe("the ConsentManager; required with CHAIN_RPC_URL"),
  RELAYER_PRIVATE_KEY: privateKey.optional().describe("pays for anchors; required with CHAIN_RPC_URL"),
  CHAIN_TIMEOUT_MS: integer(100, 120_000)
    .default(10_000)
    .describe("how long one call to the endpoint may take"),
  PIN_PEPPERS: z
    .string()
    .regex(
      /^[\w-]+:[A-Za-z0-9+/=]+(,[\w-]+:[A-Za-z0-9+/=]+)*$/,
      "expected id:base64[,id:base64…], newest first",
    )
    .optional()
    .describe("id:base64 list, newest first; older ones still verify"),
  PSEUDONYM_KEY: base64Key.optional().describe("base64 of 32 bytes: keyed lookups of phones and codes"),
  LEDGER_SIGNING_KEY: base64Key.optional().describe("base64 of a 32-byte Ed25519 seed: signs checkpoints"),
  ARGON2_ENGINE: z.enum(["auto", "argon2", "node-rs"]).default("auto").describe("implementation of Argon2id"),
  ARGON2_MEMORY_KIB: integer(8, 262_144).default(65_536).describe("memory per hash"),
  ARGON2_TIME: integer(1, 16).default(3).describe("passes per hash"),
  ARGON2_PARALLELISM: integer(1, 16).default(1).describe("lanes per hash"),
  HASH_QUEUE: integer(0, 100_000).default(64).describe("operations that may wait for a core; beyond: 503"),
  ANCHOR_WAIT_MS: integer(0, 60_000)
    .default(5_000)
    .describe("how long an answer waits for its block; then 202"),
  ANCHOR_GRANULARITY: z
    .enum(["digests", "subtrees"])
    .default("digests")
    .describe("what a batch puts on chain"),
  ANCHOR_INTERVAL_MS: integer(0, 60_000)
    .default(100)
    .describe("how long a batch gathers while anchors follow one another; a lone event goes at once"),
  ANCHOR_REQUIRED: flag.default(false).describe("refuse operations while the chain is known to be down"),
  WITNESS_KEYS: witnessKeys
    .default([])
    .describe("witnesses whose cosignatures of checkpoints are taken, C2SP verifier key list"),
  ANCHOR_CONFIRMATIONS: z
    .union([z.enum(["auto", "finalized"]), integer(1, 10_000)], 'expected "auto", "finalized" or 1 to 10000')
    .optional()
    .describe(
      "when an anchor is final: finalized (the chain says so), a depth, or auto: finalized where the endpoint knows " +
        "it, else 12 [embedded chain: 1, others: auto]",
    ),
  ANCHOR_MAX_FEE_GWEI: integer(1, 1_000_000).default(500).describe("most that is ever offered per gas"),
  ANCHOR_BUMP_MS: integer(100, 3_600_000)
    .default(30_000)
    .describe("how long a transaction may be passed over before its fee is raised"),
  ANCHOR_MAX_BACKLOG: integer(1, 1_000_000_000)
    .default(1_000_000)
    .describe("events that may wait for the chain; beyond: 503"),
  ANCHOR_LEASE_MS: integer(100, 60_000)
    .default(3_000)
    .describe("silence after which another process on the same database takes over sending"),
  ANCHOR_SKIP_NONCE: integer(0, Number.MAX_SAFE_INTEGER)
    .optional()
    .describe("a nonce of the relayer that someone else used, on the operator's word (docs/operations.md)"),
  CLOCK_TRUSTED: flag
    .default(false)
    .describe("start although the clock is far ahead of the ledger and the chain (docs/operations.md)"),
  API_KEYS: z
    .string()
    .regex(
      /^[\w-]+:[a-z+]+:[0-9a-f]{64}(,[\w-]+:[a-z+]+:[0-9a-f]{64})*$/,
      "expected client:scope+scope:sha256[,…]; `npm run api-key` makes one",
    )
    .optional()
    .describe("client:scopes:sha256 list (npm run api-key); unset: anonymous, refused in production"),
  REQUIRE_API_KEY: flag
    .default(false)
    .describe(
      "every operation on a phone's PIN needs a key: neither the phone nor a code will do in its place",
    ),
  JWT_ISSUER: z
    .string()
    .min(1)
    .max(255)
    .optional()
    .describe(
      "`iss` of users' access tokens; no JWT_ variable: POST /dev/token issues them, not in production",
    ),
  JWT_AUDIENCE: z.string().min(1).max(255).optional().describe("`aud` that access tokens must have"),
  JWT_JWKS_URL: httpUrl.optional().describe("where the issuer publishes its keys; this or JWT_SECRET"),
  JWT_SECRET: z
    .string()
    .optional()
    .describe("secret shared with the issuer, as text of 32 bytes or more (HS256)"),
  JWT_ALGORITHMS: list
    .optional()
    .describe("signatures that are believed; unset: ES256,EdDSA,RS256,PS256, or HS256 with JWT_SECRET"),
  JWT_TYPES: list.default(["at+jwt", "JWT"]).describe("`typ` that access tokens may have"),
  JWT_ADMIN_ROLE: z
    .string()
    .min(1)
    .max(255)
    .default("admin")
    .describe("value in the claim `roles` that makes an administrator"),
  CONSOLE: flag.optional().describe("serve the web console at /console [true, in production false]"),
  CONSOLE_URL: httpUrl
    .optional()
    .describe(
      "where browsers reach this service, such as https://pin.example.com; https makes its cookie secure",
    ),
  CONSOLE_CLIENT_ID: z
    .string()
    .min(1)
    .max(255)
    .optional()
    .describe(
      "client at the OpenID Connect provider JWT_ISSUER, by which people sign in to the console (docs/console.md)",
    ),
  CONSOLE_CLIENT_SECRET: z
    .string()
    .min(1)
    .max(1_024)
    .optional()
    .describe("its secret; a public client has none"),
  CONSOLE_SCOPE: z
    .string()
    .regex(
      /^(?:[\w:/.-]+ )*openid(?: [\w:/.-]+)*$/,
      "expected scopes with a space between, `openid` among them",
    )
    .default("openid")
    .describe("what is asked of the provider"),
  CONSOLE_RESOURCE: z
    .string()
    .refine((text) => URL.canParse(text) && !text.includes("#"), "expected a URI")
    .optional()
    .describe("`resource` (RFC 8707), where the provider must be told that tokens are for JWT_AUDIENCE"),
  PIN_SESSION_HOURS: integer(1, 168)
    .default(12)
    .describe("how long a session counts as proven by its PIN, at most"),
  RECENT_LOGIN_MINUTES: integer(1, 60)
    .default(5)
    .describe("how long ago `auth_time` may be to replace a PIN without the current one"),
  TEMPORARY_PIN_HOURS: integer(1, 168).default(24).describe("how long a temporary PIN of support's is good"),
  RATE_LIMIT_CLIENT: integer(0, 10_000_000)
    .default(6_000)
    .describe("requests a minute of one client; 0: no limit"),
  RATE_LIMIT_PHONE: integer(0, 10_000_000)
    .default(60)
    .describe("requests a minute about one phone; 0: no limit"),
  RATE_LIMIT_USER: integer(0, 10_000)
    .default(1)
    .describe("times what an endpoint documents for each user and minute; 0: no limit"),
  DATA_CONTROLLER: z
    .string()
    .min(1)
    .max(200)
    .default("Unnamed data controller")
    .describe("named in consent receipts"),
  OTP_TRANSPORT: z.enum(["console", "webhook"]).default("console").describe("how codes reach the phone"),
  OTP_WEBHOOK_URL: httpUrl.optional().describe("SMS gateway, for OTP_TRANSPORT=webhook"),
  OTP_WEBHOOK_SECRET: z.string().min(24).optional().describe("whsec_… or base64; signs calls to the gateway"),
} as const;

const schema = z.object(ENV);
export type Env = z.infer<typeof schema>;

/** A configuration that must not start; each line says which variable and why, and shows no value. */
export class ConfigError extends Error {
  constructor(problems: readonly string[]) {
    super(["The configuration is not usable:", ...problems.map((problem) => `  - ${problem}`)].join("\n"));
    this.name = "ConfigError";
  }
}

/** @throws {ConfigError} naming every variable that is wrong, all at once */
export function readEnv(variables: Readonly<Record<string, string | undefined>>): Env {
  // An empty variable is an unset one: that is how shells and compose files leave things out.
  const given = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== ""));
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  throw new ConfigError(parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`));
}

export function describeEnv(): string {
  const names = Object.keys(ENV);
  const width = Math.max(...names.map((name) => name.length));
  const lines = Object.entries(ENV).map(
    ([name, type]) => `  ${name.padEnd(width)}  ${type.description ?? ""}${defaultOf(type)}`,
  );
  return lines.join("\n");
}

function defaultOf(type: z.ZodType): string {
  const answer = type.safeParse(undefined);
  return answer.success && answer.data !== undefined ? ` [${JSON.stringify(answer.data)}]` : "";
}
