/** A whole service in this process: a real EVM, a real database file, a real port. Argon2 is cheap, codes are caught. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FastifyInstance } from "fastify";
import { pino } from "pino";
import { ledgerClient } from "../../server/client/index.ts";
import type { LedgerClient } from "../../server/client/index.ts";
import { compose } from "../../server/compose.ts";
import type { Overrides, Service } from "../../server/compose.ts";
import { toConfig } from "../../server/config/config.ts";
import { readEnv } from "../../server/config/env.ts";
import { readSecrets } from "../../server/config/secrets.ts";
import { contractOf } from "./contract.ts";

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- what an answer holds is what a test finds out
  readonly body: any;
}

export interface TestService {
  readonly url: string;
  readonly rpcUrl: string;
  readonly contract: string;
  readonly dataDir: string;
  /** Every line that was logged. */
  readonly log: readonly string[];
  readonly service: Service;
  readonly client: LedgerClient;
  get(path: string, headers?: Record<string, string>): Promise<Answer>;
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Answer>;
  delete(path: string, headers?: Record<string, string>, body?: unknown): Promise<Answer>;
  /** An access token of the built-in issuer, as headers: `{ sub, roles, sid, … }` of POST /dev/token. */
  signIn(claims: {
    readonly sub: string;
    readonly [claim: string]: unknown;
  }): Promise<{ authorization: string }>;
  /** The last code sent to that phone. */
  otp(phone: string): string;
  close(): Promise<void>;
}

export const CHEAP_ARGON2 = { ARGON2_MEMORY_KIB: "64", ARGON2_TIME: "1" };

export const NO_LIMITS = { RATE_LIMIT_CLIENT: "0", RATE_LIMIT_PHONE: "0", RATE_LIMIT_USER: "0" };

/** A PHC string to its end, in whatever answer: salts may be told, digests never. */
const DIGEST = /\$(argon2|pbkdf2)[^"\s]*\$[A-Za-z0-9+/]{8,}\$[A-Za-z0-9+/]{16,}/;

export async function startService(
  variables: Record<string, string> = {},
  overrides: Overrides & { dataDir?: string; prepare?: (app: FastifyInstance) => void } = {},
): Promise<TestService> {
  const dataDir = overrides.dataDir ?? mkdtempSync(join(tmpdir(), "identity-ledger-"));
  const env = readEnv({
    PROFILE: "test",
    PORT: "0",
    CHAIN_PORT: "0",
    DATA_DIR: dataDir,
    DATABASE_URL: `sqlite:${join(dataDir, "ledger.db")}`,
    ANCHOR_INTERVAL_MS: "0",
    ...CHEAP_ARGON2,
    ...NO_LIMITS,
    ...variables,
  });
  const log: string[] = [];
  const codes = new Map<string, string>();
  const service = await compose(
    toConfig(env),
    readSecrets(env),
    pino({ level: "debug" }, { write: (line: string) => void log.push(line) }),
    {
      otpTransport: { send: async ({ phoneNumber, code }) => void codes.set(phoneNumber, code) },
      ...overrides,
    },
  );
  overrides.prepare?.(service.app);
  const url = await service.app.listen({ host: "127.0.0.1", port: 0 });
  const contract = contractOf(service.app.swagger());
  const held = async (method: string, path: string, response: Response): Promise<Answer> => {
    const answer = await readAnswer(response);
    if (DIGEST.test(JSON.stringify(answer.body)))
      throw new Error(`${method} ${path} answers with a digest of a PIN`);
    const drift = contract(method, path, answer);
    if (drift === null) return answer;
    throw new Error(`${method} ${path} is not as documented: ${drift}\n${JSON.stringify(answer.body)}`);
  };
  const ask = async (method: string, path: string, body?: unknown, headers?: Record<string, string>) =>
    held(method, path, await send(url, method, path, body, headers));
  const client = ledgerClient({
    url,
    fetch: async (request) => {
      const response = await fetch(request);
      await held(request.method, new URL(request.url).pathname, response.clone());
      return response;
    },
  });
  return {
    url,
    rpcUrl: service.chain.url,
    contract: service.chain.contract,
    dataDir,
    log,
    service,
    client,
    get: (path, headers) => ask("GET", path, undefined, headers),
    post: (path, body, headers) => ask("POST", path, body, headers),
    delete: (path, headers, body) => ask("DELETE", path, body, headers),
    async signIn(claims) {
      const { status, body } = await request(url, "POST", "/dev/token", claims);
      if (status !== 200) throw new Error(`no token: ${JSON.stringify(body)}`);
      return { authorization: `Bearer ${body.access_token as string}` };
    },
    otp(phone) {
      const code = codes.get(phone);
      if (code === undefined) throw new Error(`no code was sent to ${phone}`);
      return code;
    },
    async close() {
      await service.close();
      if (overrides.dataDir === undefined) rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

export const request = async (...call: Parameters<typeof send>): Promise<Answer> =>
  readAnswer(await send(...call));

const send = (
  url: string,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Response> =>
  fetch(url + path, {
    method,
    headers: { ...(body === undefined ? {} : { "content-type": "application/json" }), ...headers },
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });

async function readAnswer(response: Response): Promise<Answer> {
  const text = await response.text();
  const json = /[/+]json\b/.test(response.headers.get("content-type") ?? "");
  return { status: response.status, headers: response.headers, body: json ? JSON.parse(text) : text };
}
