/** The service that a campaign measures: a process of its own, in a temporary folder, on free ports. */
import { spawn } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ParseArgsOptionsConfig } from "node:util";
import { CouldNotRun, progress } from "./command.ts";
import type { Scope, Values } from "./command.ts";
import { processorTimeOf } from "./processor-time.ts";
import type { ProcessorTime } from "./processor-time.ts";

export interface ServiceUnderTest {
  readonly url: string;
  /** The last code that the console transport printed for that phone. */
  otp(phone: string): string;
  /** Resident memory now, and the most it ever was, in bytes; null where the system does not tell. */
  memory(): { readonly resident: number; readonly peak: number } | null;
  processorTime(): ProcessorTime | null;
  /** Null while it runs. */
  ended(): string | null;
}

/** Options of every campaign that starts the service. */
export const SERVICE_OPTIONS = {
  set: { type: "string", multiple: true },
  "cpu-prof": { type: "string" },
} satisfies ParseArgsOptionsConfig;

export const SERVICE_USAGE = `  --set NAME=VALUE  a variable for the service, such as HASH_QUEUE=128 (repeatable)
  --cpu-prof DIR    write a CPU profile of the service there
`;

const ROOT = new URL("../../", import.meta.url);
/** What `npm start` runs, with its flags. */
function startCommand(): string[] {
  const { scripts } = JSON.parse(readFileSync(new URL("package.json", ROOT), "utf8")) as {
    scripts: { start: string };
  };
  const [, ...args] = scripts.start.split(" ");
  return args.map((arg) => (arg.endsWith(".ts") ? new URL(arg, ROOT).pathname : arg));
}

const START_MS = 60_000;
const STOP_MS = 15_000;

/** Starts it with the Argon2 parameters of production and without limits by client: a campaign is one client. */
export async function startService(
  values: Values,
  scope: Scope,
  variables: Readonly<Record<string, string>> = {},
): Promise<ServiceUnderTest> {
  const directory = mkdtempSync(join(tmpdir(), "identity-ledger-campaign-"));
  scope.defer(() => rmSync(directory, { recursive: true, force: true, maxRetries: 5 }));
  // Into a file: to read what it prints from a pipe would take time from the measurement.
  const printed = join(directory, "output");
  const output = openSync(printed, "w");
  const profile = typeof values["cpu-prof"] === "string" ? values["cpu-prof"] : null;
  const child = spawn(
    process.execPath,
    [...(profile === null ? [] : ["--cpu-prof", `--cpu-prof-dir=${profile}`]), ...startCommand()],
    {
      cwd: directory,
      // Of a process group of its own: Ctrl-C is for the campaign, which ends this when it has what it came to.
      detached: true,
      env: {
        PATH: process.env.PATH ?? "",
        PORT: "0",
        CHAIN_PORT: "0",
        DATA_DIR: directory,
        DATABASE_URL: `sqlite:${join(directory, "ledger.db")}`,
        RATE_LIMIT_CLIENT: "0",
        RATE_LIMIT_PHONE: "0",
        ...variables,
        ...settings(values),
      },
      stdio: ["ignore", output, output],
    },
  );
  closeSync(output);
  let how: string | null = null;
  let stopping = false;
  const ended = new Promise<void>((resolve) => {
    child.once("exit", (code, signal) => {
      how = signal ?? `exit code ${code}`;
      if (!stopping) progress(`the service ended (${how}):\n${readFileSync(printed, "utf8").slice(-4_000)}`);
      resolve();
    });
    child.once("error", (error) => {
      how = error.message;
      resolve();
    });
  });
  scope.defer(async () => {
    stopping = true;
    if (how !== null) return;
    child.kill("SIGTERM");
    const force = setTimeout(() => child.kill("SIGKILL"), STOP_MS);
    await ended;
    clearTimeout(force);
  });

  const url = await waitForUrl(printed, () => how);
  return {
    url,
    otp(phone) {
      const code = [
        ...readFileSync(printed, "utf8").matchAll(new RegExp(`OTP for …${phone.slice(-4)}: (\\d+)`, "g")),
      ].at(-1)?.[1];
      if (code === undefined) throw new CouldNotRun(`the service printed no code for …${phone.slice(-4)}`);
      return code;
    },
    memory: () => memoryOf(child.pid ?? 0),
    processorTime: () => processorTimeOf(child.pid ?? 0),
    ended: () => how,
  };
}

function settings(values: Values): Record<string, string> {
  const given = Array.isArray(values.set) ? values.set : [];
  return Object.fromEntries(
    given.map((setting) => {
      const match = /^(\w+)=(.*)$/.exec(String(setting));
      if (match === null) throw new CouldNotRun(`--set ${String(setting)}: expected NAME=VALUE`);
      return [match[1] ?? "", match[2] ?? ""];
    }),
  );
}

async function waitForUrl(printed: string, ended: () => string | null): Promise<string> {
  const deadline = performance.now() + START_MS;
  for (;;) {
    const output = readFileSync(printed, "utf8");
    const url = /API\s+(http\S+)\s+Docs\s/.exec(output)?.[1];
    if (url !== undefined) return url;
    if (ended() !== null || performance.now() > deadline) {
      throw new CouldNotRun(`the service did not start (${ended() ?? "no address in time"})`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function memoryOf(pid: number): { resident: number; peak: number } | null {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    const field = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)?.[1]) * 1024;
    return { resident: field("VmRSS"), peak: field("VmHWM") };
  } catch {
    return null;
  }
}
