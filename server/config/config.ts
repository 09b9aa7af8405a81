import { HOUR, MINUTE } from "../domain/time.ts";
import type { Finality } from "../domain/finality.ts";
import { consoleConfig } from "./console.ts";
import type { ConsoleConfig } from "./console.ts";
import { ConfigError } from "./env.ts";
import type { Env } from "./env.ts";
import { primaryAuthConfig } from "./primary-auth.ts";
import type { PrimaryAuthConfig } from "./primary-auth.ts";

export type Profile = Env["PROFILE"];

/** Everything but the secrets, nested and frozen. Its addresses may hold passwords: log it by loggable.ts. */
export interface Config {
  readonly profile: Profile;
  readonly logLevel: Env["LOG_LEVEL"];
  readonly listen: { readonly host: string; readonly port: number };
  /** Addresses and networks of load balancers whose X-Forwarded-For is believed. */
  readonly trustProxy: readonly string[];
  readonly databaseUrl: string;
  readonly dataDir: string;
  readonly chain:
    | { readonly kind: "embedded"; readonly port: number; readonly timeoutMs: number }
    | {
        readonly kind: "external";
        readonly rpcUrl: string;
        readonly contract: string;
        readonly timeoutMs: number;
      };
  readonly argon2: {
    readonly engine: Env["ARGON2_ENGINE"];
    readonly memory: number;
    readonly time: number;
    readonly parallelism: number;
    readonly queue: number;
  };
  readonly anchor: {
    readonly waitMs: number;
    readonly granularity: "digests" | "subtrees";
    readonly required: boolean;
    readonly finality: Finality;
    readonly maxFeeGwei: number;
    readonly bumpAfterMs: number;
    readonly intervalMs: number;
    readonly maxBacklog: number;
    readonly leaseMs: number;
    readonly skipNonce: number | null;
  };
  readonly limits: { readonly perClient: number; readonly perPhone: number; readonly perUser: number };
  readonly primaryAuth: PrimaryAuthConfig | null;
  /** Null: no web console. */
  readonly console: ConsoleConfig | null;
  readonly accounts: {
    /** Longest that a session counts as proven. */
    readonly sessionMs: number;
    /** How long ago a full authentication may be to stand for the current PIN. */
    readonly recentMs: number;
    readonly temporaryMs: number;
  };
  /** Verifier keys, in text, of the witnesses whose cosignatures are taken. */
  readonly witnesses: readonly string[];
  readonly clockTrusted: boolean;
  readonly controller: string;
  /** Neither a phone nor a code will do in a key's place. */
  readonly requireApiKey: boolean;
  readonly otp:
    | { readonly transport: "console" }
    | { readonly transport: "webhook"; readonly url: string; readonly timeoutMs: number };
}

/** OWASP Password Storage Cheat Sheet: the least that Argon2id may be run with. */
const OWASP_FLOOR = { memory: 19_456, time: 2, parallelism: 1 };

/** @throws {ConfigError} where variables that are fine one by one do not fit together */
export function toConfig(env: Env): Config {
  const problems: string[] = [];
  const need = (holds: boolean, problem: string) => {
    if (!holds) problems.push(problem);
  };

  const production = env.PROFILE === "production";
  need(
    env.PROFILE === "test" ||
      (env.ARGON2_MEMORY_KIB >= OWASP_FLOOR.memory && env.ARGON2_TIME >= OWASP_FLOOR.time),
    `ARGON2_MEMORY_KIB and ARGON2_TIME: below OWASP's floor of ${OWASP_FLOOR.memory} KiB and ${OWASP_FLOOR.time} passes`,
  );
  need(
    !production || env.CHAIN_RPC_URL !== undefined,
    "CHAIN_RPC_URL: the embedded chain is for development",
  );
  need(
    env.CHAIN_RPC_URL === undefined || env.CONTRACT_ADDRESS !== undefined,
    "CONTRACT_ADDRESS: required with CHAIN_RPC_URL (`npm run deploy` prints it)",
  );
  need(
    env.CHAIN_RPC_URL === undefined || env.RELAYER_PRIVATE_KEY !== undefined,
    "RELAYER_PRIVATE_KEY: required with CHAIN_RPC_URL",
  );
  for (const name of ["PIN_PEPPERS", "PSEUDONYM_KEY", "LEDGER_SIGNING_KEY"] as const) {
    need(
      !production || env[name] !== undefined,
      `${name}: must be given; generated secrets are for development`,
    );
  }
  need(
    !production || env.OTP_TRANSPORT !== "console",
    "OTP_TRANSPORT: console prints codes; it is for development",
  );
  need(
    !production || env.API_KEYS !== undefined,
    "API_KEYS: anonymous callers are for development (`npm run api-key`)",
  );
  need(
    !env.REQUIRE_API_KEY || env.API_KEYS !== undefined,
    "REQUIRE_API_KEY: there are none without API_KEYS (`npm run api-key`)",
  );
  const webhook = env.OTP_TRANSPORT === "webhook";
  need(!webhook || env.OTP_WEBHOOK_URL !== undefined, "OTP_WEBHOOK_URL: required with OTP_TRANSPORT=webhook");
  need(
    !webhook || env.OTP_WEBHOOK_SECRET !== undefined,
    "OTP_WEBHOOK_SECRET: required with OTP_TRANSPORT=webhook",
  );
  const primaryAuth = primaryAuthConfig(env, problems);
  const console = consoleConfig(env, problems);
  if (problems.length > 0) throw new ConfigError(problems);

  return deepFreeze({
    profile: env.PROFILE,
    logLevel: env.LOG_LEVEL,
    listen: { host: env.HOST, port: env.PORT },
    trustProxy: env.TRUST_PROXY,
    databaseUrl: env.DATABASE_URL,
    dataDir: env.DATA_DIR,
    chain:
      env.CHAIN_RPC_URL === undefined
        ? { kind: "embedded", port: env.CHAIN_PORT, timeoutMs: env.CHAIN_TIMEOUT_MS }
        : {
            kind: "external",
            rpcUrl: env.CHAIN_RPC_URL,
            contract: (env.CONTRACT_ADDRESS as string).toLowerCase(),
            timeoutMs: env.CHAIN_TIMEOUT_MS,
          },
    argon2: {
      engine: env.ARGON2_ENGINE,
      memory: env.ARGON2_MEMORY_KIB,
      time: env.ARGON2_TIME,
      parallelism: env.ARGON2_PARALLELISM,
      queue: env.HASH_QUEUE,
    },
    anchor: {
      waitMs: env.ANCHOR_WAIT_MS,
      granularity: env.ANCHOR_GRANULARITY,
      required: env.ANCHOR_REQUIRED,
      // The embedded chain mines a block per transaction, and takes none back.
      finality: env.ANCHOR_CONFIRMATIONS ?? (env.CHAIN_RPC_URL === undefined ? 1 : "auto"),
      maxFeeGwei: env.ANCHOR_MAX_FEE_GWEI,
      bumpAfterMs: env.ANCHOR_BUMP_MS,
      intervalMs: env.ANCHOR_INTERVAL_MS,
      maxBacklog: env.ANCHOR_MAX_BACKLOG,
      leaseMs: env.ANCHOR_LEASE_MS,
      skipNonce: env.ANCHOR_SKIP_NONCE ?? null,
    },
    limits: {
      perClient: env.RATE_LIMIT_CLIENT,
      perPhone: env.RATE_LIMIT_PHONE,
      perUser: env.RATE_LIMIT_USER,
    },
    primaryAuth,
    console,
    accounts: {
      sessionMs: env.PIN_SESSION_HOURS * HOUR,
      recentMs: env.RECENT_LOGIN_MINUTES * MINUTE,
      temporaryMs: env.TEMPORARY_PIN_HOURS * HOUR,
    },
    witnesses: env.WITNESS_KEYS,
    clockTrusted: env.CLOCK_TRUSTED,
    controller: env.DATA_CONTROLLER,
    requireApiKey: env.REQUIRE_API_KEY,
    otp: webhook
      ? { transport: "webhook", url: env.OTP_WEBHOOK_URL as string, timeoutMs: 5_000 }
      : { transport: "console" },
  });
}

function deepFreeze<T extends object>(value: T): T {
  for (const inner of Object.values(value))
    if (typeof inner === "object" && inner !== null) deepFreeze(inner);
  return Object.freeze(value);
}
