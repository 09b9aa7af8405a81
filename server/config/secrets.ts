/** The secrets, apart from the configuration, so that the one can be logged and the other cannot. */
import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { z } from "zod";
import { SCOPES, isScope } from "../services/clients.ts";
import type { Scope } from "../services/clients.ts";
import { ConfigError, base64Key } from "./env.ts";
import type { Env } from "./env.ts";
import { hasDevIssuer } from "./primary-auth.ts";

export interface Secrets {
  /** By id, newest first. */
  readonly peppers: ReadonlyMap<string, Uint8Array>;
  readonly pseudonymKey: Uint8Array;
  readonly ledgerSigningKey: Uint8Array;
  readonly relayerKey: string | null;
  readonly otpWebhookSecret: string | null;
  /** Shared with the issuer of access tokens: the bytes of JWT_SECRET. */
  readonly jwtSecret: Uint8Array | null;
  /** Of the console's client at the OpenID Connect provider; null for a public client. */
  readonly consoleClientSecret: string | null;
  /** Ed25519 seed of the built-in issuer; null where there must be none. */
  readonly devIssuerKey: Uint8Array | null;
  /** Hashes only, yet no one else's business. */
  readonly apiKeys: readonly ConfiguredKey[];
  /** Which of them come from the generated file rather than from the environment. */
  readonly generated: readonly string[];
}

export interface ConfiguredKey {
  readonly id: string;
  readonly scopes: readonly Scope[];
  /** SHA-256 of the key. */
  readonly hash: Uint8Array;
}

const GENERATED = ["PIN_PEPPERS", "PSEUDONYM_KEY", "LEDGER_SIGNING_KEY"] as const;
type Generated = Record<(typeof GENERATED)[number], string>;

const fileSchema = z.object({
  PIN_PEPPERS: z.string(),
  PSEUDONYM_KEY: z.string(),
  LEDGER_SIGNING_KEY: z.string(),
});

/** Reads the secrets; what the environment lacks is generated once into `<dataDir>/secrets.json`, mode 0600. */
export function readSecrets(env: Env): Secrets {
  const generated = GENERATED.filter((name) => env[name] === undefined);
  const file = generated.length === 0 ? null : generatedSecrets(env.DATA_DIR);
  const secret = (name: keyof Generated): string => env[name] ?? (file as Generated)[name];
  return {
    peppers: parsePeppers(secret("PIN_PEPPERS")),
    pseudonymKey: Buffer.from(secret("PSEUDONYM_KEY"), "base64"),
    ledgerSigningKey: Buffer.from(secret("LEDGER_SIGNING_KEY"), "base64"),
    relayerKey: env.RELAYER_PRIVATE_KEY ?? null,
    otpWebhookSecret: env.OTP_WEBHOOK_SECRET ?? null,
    jwtSecret: env.JWT_SECRET === undefined ? null : new TextEncoder().encode(env.JWT_SECRET),
    consoleClientSecret: env.CONSOLE_CLIENT_SECRET ?? null,
    devIssuerKey: hasDevIssuer(env) ? devIssuerKey(env.DATA_DIR) : null,
    apiKeys: (env.API_KEYS?.split(",") ?? []).map(parseApiKey),
    generated,
  };
}

function generatedSecrets(dataDir: string): Generated {
  const fresh: Generated = {
    PIN_PEPPERS: `dev1:${randomBytes(32).toString("base64")}`,
    PSEUDONYM_KEY: randomBytes(32).toString("base64"),
    LEDGER_SIGNING_KEY: randomBytes(32).toString("base64"),
  };
  const consequence = "Restore it: without it no PIN verifies and no customer is found.";
  return keptInFile(join(dataDir, "secrets.json"), fresh, fileSchema, consequence);
}

/** In a file of its own: whoever has an older secrets.json gets this beside it. */
function devIssuerKey(dataDir: string): Uint8Array {
  const fresh = { DEV_ISSUER_KEY: randomBytes(32).toString("base64") };
  const schema = z.object({ DEV_ISSUER_KEY: base64Key });
  const consequence = "Delete it: a new one is made, and development tokens issued before are void.";
  const file = keptInFile(join(dataDir, "dev-issuer.json"), fresh, schema, consequence);
  return Buffer.from(file.DEV_ISSUER_KEY, "base64");
}

function keptInFile<T extends object>(path: string, fresh: T, schema: z.ZodType<T>, consequence: string): T {
  mkdirSync(dirname(path), { recursive: true });
  try {
    // `wx`: of two processes that start at once one creates the file, and both then use what it says.
    writeFileSync(path, `${JSON.stringify(fresh, null, 2)}\n`, { mode: 0o600, flag: "wx" });
    return fresh;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  try {
    return schema.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch {
    throw new ConfigError([`${path}: damaged. ${consequence}`]);
  }
}

function parsePeppers(text: string): ReadonlyMap<string, Uint8Array> {
  const peppers = new Map<string, Uint8Array>();
  for (const entry of text.split(",")) {
    const colon = entry.indexOf(":");
    const [id, pepper] = [entry.slice(0, colon), Buffer.from(entry.slice(colon + 1), "base64")];
    if (pepper.length < 16) throw new ConfigError([`PIN_PEPPERS: pepper ${id} has fewer than 16 bytes`]);
    if (peppers.has(id)) throw new ConfigError([`PIN_PEPPERS: pepper ${id} is given twice`]);
    peppers.set(id, pepper);
  }
  return peppers;
}

/** What callers without a key go by: a client of that name would share their limits and idempotency keys. */
const RESERVED_CLIENTS = ["anonymous", "none"];

/** The form was checked by env.ts. */
function parseApiKey(entry: string): ConfiguredKey {
  const [id = "", list = "", hash = ""] = entry.split(":");
  if (RESERVED_CLIENTS.includes(id)) {
    throw new ConfigError([`API_KEYS: a client cannot be named ${id}: that is who comes without a key`]);
  }
  const scopes = list.split("+");
  // Dropped in silence, it would be missed by the first caller who needs it.
  if (!scopes.every(isScope)) {
    throw new ConfigError([`API_KEYS: client ${id} has a scope that is none of ${SCOPES.join(", ")}`]);
  }
  return { id, scopes, hash: Buffer.from(hash, "hex") };
}
