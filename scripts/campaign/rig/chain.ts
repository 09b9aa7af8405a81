/** A chain that outlives the services under test: anvil or Hardhat in a process of its own, with our contract on it. */
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { accessSync, constants, mkdtempSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { DEV_RELAYER, deployForDevelopment } from "../../../server/chain/dev-accounts.ts";
import { JsonRpc } from "../../../server/chain/rpc.ts";

export interface TestChain {
  readonly kind: ChainKind;
  readonly url: string;
  readonly rpc: JsonRpc;
  readonly contract: string;
  readonly relayerKey: string;
  readonly relayer: string;
  stop(): Promise<void>;
}

export type ChainKind = "anvil" | "hardhat";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));

/** anvil's binary: the optional dependency for this platform, or one on the PATH; null where there is none. */
export function findAnvil(): string | null {
  const name = `@foundry-rs/anvil-${process.platform}-${process.arch === "x64" ? "amd64" : process.arch}`;
  const candidates = (process.env.PATH ?? "").split(delimiter).map((folder) => join(folder, "anvil"));
  try {
    const manifest = createRequire(import.meta.url).resolve(`${name}/package.json`);
    candidates.unshift(join(dirname(manifest), "bin", "anvil"));
  } catch {
    // It is optional: not every platform has it.
  }
  return candidates.find(isExecutable) ?? null;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** @throws where the binary is missing or the chain does not come up */
export async function startChain(
  kind: ChainKind,
  anvilArguments: readonly string[] = [],
): Promise<TestChain> {
  const [command, args] = kind === "anvil" ? anvil(anvilArguments) : hardhat();
  // anvil keeps old states below the home folder, and leaves them there when it is killed.
  const home = mkdtempSync(join(tmpdir(), "identity-ledger-chain-"));
  const child = spawn(command, args, {
    cwd: ROOT,
    env: { ...process.env, HOME: home },
    stdio: ["ignore", "pipe", "pipe"],
    // Of a process group of its own: Ctrl-C is for the campaign, which ends this when it has what it came to.
    detached: true,
  });
  const forget = () => rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve())).then(forget);
  const stop = async () => {
    child.kill("SIGKILL");
    await ended;
  };
  // A campaign that dies must not leave a chain behind.
  const abandon = () => {
    child.kill("SIGKILL");
    forget();
  };
  process.once("exit", abandon);
  void ended.then(() => process.removeListener("exit", abandon));
  try {
    const url = await new Promise<string>((resolve, reject) => {
      let output = "";
      const look = (chunk: Buffer) => {
        if (output.length > 100_000) return;
        output += chunk.toString();
        const address = /(?:Listening on |JSON-RPC server at http:\/\/)(127\.0\.0\.1:\d+)/.exec(output)?.[1];
        if (address !== undefined) resolve(`http://${address}`);
      };
      child.stdout.on("data", look);
      child.stderr.on("data", look);
      child.once("error", reject);
      void ended.then(() => reject(new Error(`${kind} did not start:\n${output}`)));
    });
    const rpc = new JsonRpc(url, { timeoutMs: 30_000 });
    const contract = await deployForDevelopment(rpc);
    const { privateKey: relayerKey, address: relayer } = DEV_RELAYER;
    return { kind, url, rpc, contract, relayerKey, relayer, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function anvil(args: readonly string[]): [string, string[]] {
  const binary = findAnvil();
  if (binary === null) throw new Error("anvil is neither among the optional dependencies nor on the PATH");
  return [binary, ["--host", "127.0.0.1", "--port", "0", ...args]];
}

function hardhat(): [string, string[]] {
  const cli = join(ROOT, "node_modules", "hardhat", "dist", "src", "cli.js");
  return [process.execPath, [cli, "node", "--hostname", "127.0.0.1", "--port", "0"]];
}
