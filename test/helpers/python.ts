/** The independent verifier, as an auditor runs it. */
import { spawn, spawnSync } from "node:child_process";
import { text } from "node:stream/consumers";
import type { AuditTrust } from "../../server/audit/trust.ts";

const SCRIPT = new URL("../../scripts/verify_receipt.py", import.meta.url).pathname;

export interface Verified {
  readonly code: number | null;
  readonly said: string;
}

/** Trust roots that are left out are not given. */
export async function verifyInPython(
  what: "receipt" | "export",
  file: string,
  { rpcUrl, trust }: { readonly rpcUrl: string; readonly trust: Partial<AuditTrust> },
): Promise<Verified> {
  const { chainId, contract, ledgerKey } = trust;
  const flags = { rpc: rpcUrl, "chain-id": chainId, contract, "ledger-key": ledgerKey };
  const args = Object.entries(flags).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name}`, String(value)],
  );
  // Not waited for in one piece: the chain that it asks may live in this process.
  const child = spawn("python3", [SCRIPT, what, file, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  const [stdout, stderr, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<number | null>((resolve) => child.on("exit", resolve)),
  ]);
  return { code, said: stdout + stderr };
}

export function skipWithoutPython(this: Mocha.Context): void {
  if (spawnSync("python3", ["--version"]).status === 0) return;
  console.log("      there is no python3 here: not tried");
  this.skip();
}
