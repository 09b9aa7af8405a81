/** The audit's command line, as an auditor runs it. */
import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";

const SCRIPT = new URL("../../scripts/audit.ts", import.meta.url).pathname;

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** What it printed for machines. */
  readonly json: Record<string, unknown>;
}

export async function audit(args: readonly string[], environment: Record<string, string> = {}): Promise<Ran> {
  const child = spawn(process.execPath, [SCRIPT, ...args], {
    env: { PATH: process.env.PATH ?? "", ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [stdout, stderr, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<number | null>((resolve) => child.on("exit", resolve)),
  ]);
  const last = stdout.trimEnd().split("\n").at(-1) ?? "";
  const json = (last.startsWith("{") ? JSON.parse(last) : {}) as Record<string, unknown>;
  return { code, stdout, stderr, json };
}
