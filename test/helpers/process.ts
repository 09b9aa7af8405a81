/** The service as its own process, as `npm start` runs it: it can be killed. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { ledgerClient } from "../../server/client/index.ts";
import type { LedgerClient } from "../../server/client/index.ts";
import { CHEAP_ARGON2, NO_LIMITS, request } from "./service.ts";
import type { Answer } from "./service.ts";

export interface ServiceProcess {
  readonly url: string;
  readonly rpcUrl: string;
  readonly contract: string;
  readonly client: LedgerClient;
  readonly pid: number;
  /** Resolves with the exit code, or the signal's name, whoever ends it. */
  readonly ended: Promise<number | string>;
  /** Everything that it printed. */
  output(): string;
  get(path: string): Promise<Answer>;
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Answer>;
  /** The last code that the console transport printed for that phone. */
  otp(phone: string): string;
  signal(signal: NodeJS.Signals): void;
  /** Resolves with the exit code, or the signal's name. */
  stop(signal: NodeJS.Signals): Promise<number | string>;
}

const MAIN = new URL("../../server/main.ts", import.meta.url).pathname;

/** Starts the service in a process of its own. With `ownGroup`, Ctrl-C on the terminal is not for it. */
export async function startProcess(
  dataDir: string,
  variables: Readonly<Record<string, string>> = {},
  { main = MAIN, ownGroup = false } = {},
): Promise<ServiceProcess> {
  const child = spawn(process.execPath, [main], {
    cwd: dataDir,
    detached: ownGroup,
    env: {
      PATH: process.env.PATH ?? "",
      PROFILE: "test",
      PORT: "0",
      CHAIN_PORT: "0",
      DATA_DIR: dataDir,
      DATABASE_URL: `sqlite:${join(dataDir, "ledger.db")}`,
      ANCHOR_INTERVAL_MS: "0",
      ...CHEAP_ARGON2,
      ...NO_LIMITS,
      ...variables,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  const ended = new Promise<number | string>((resolve) => {
    child.on("exit", (code, signal) => resolve(code ?? signal ?? "unknown"));
  });
  const started = new Promise<RegExpMatchArray>((resolve, reject) => {
    const look = (chunk: Buffer) => {
      output += chunk.toString();
      const match = /API\s+(\S+)\s+Docs\s+\S+\s+Chain\s+(\S+)\s+Contract\s+(\S+)/.exec(output);
      if (match !== null) resolve(match);
    };
    child.stdout.on("data", look);
    child.stderr.on("data", look);
    void ended.then((how) => reject(new Error(`the service ended (${how}):\n${output}`)));
  });
  const [, url = "", rpcUrl = "", contract = ""] = await started;
  return {
    url,
    rpcUrl,
    contract,
    client: ledgerClient({ url }),
    pid: child.pid ?? 0,
    ended,
    output: () => output,
    get: (path) => request(url, "GET", path),
    post: (path, body, headers) => request(url, "POST", path, body, headers),
    otp(phone) {
      const codes = [...output.matchAll(new RegExp(`OTP for …${phone.slice(-4)}: (\\d{6})`, "g"))];
      const last = codes.at(-1)?.[1];
      if (last === undefined) throw new Error(`no code was printed for ${phone}`);
      return last;
    },
    signal: (signal) => void child.kill(signal),
    stop(signal) {
      child.kill(signal);
      return ended;
    },
  };
}
