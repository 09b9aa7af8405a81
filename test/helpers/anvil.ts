/** A second EVM, which can reorganise itself; an optional dependency, or one on the PATH. */
import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { DEV_ADMIN, DEV_RELAYER } from "../../server/chain/dev-accounts.ts";
import { deployConsentManager } from "../../server/chain/deploy.ts";
import { JsonRpc } from "../../server/chain/rpc.ts";

export interface Anvil {
  readonly url: string;
  readonly contract: string;
  readonly rpc: JsonRpc;
  close(): Promise<void>;
}

const INSTALLED = fileURLToPath(new URL("../../node_modules/.bin/anvil", import.meta.url));

/** Null where there is none, for tests to skip with a word of it. */
export function findAnvil(): string | null {
  if (existsSync(INSTALLED) && spawnSync(INSTALLED, ["--version"]).status === 0) return INSTALLED;
  return spawnSync("anvil", ["--version"]).status === 0 ? "anvil" : null;
}

/** An anvil with our contract, mining a block per transaction unless told otherwise. */
export async function startAnvil(binary: string, args: readonly string[] = []): Promise<Anvil> {
  const child = spawn(binary, ["--port", "0", "--chain-id", "31337", ...args], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = new Promise<void>((resolve) => child.on("exit", () => resolve()));
  let output = "";
  const url = await new Promise<string>((resolve, reject) => {
    const look = (chunk: Buffer) => {
      output += chunk.toString();
      const port = /Listening on 127\.0\.0\.1:(\d+)/.exec(output)?.[1];
      if (port !== undefined) resolve(`http://127.0.0.1:${port}`);
    };
    child.stdout.on("data", look);
    child.stderr.on("data", look);
    void ended.then(() => reject(new Error(`anvil ended:\n${output}`)));
  });
  const rpc = new JsonRpc(url, { timeoutMs: 10_000 });
  const { contract } = await deployConsentManager(rpc, {
    deployerKey: DEV_ADMIN.privateKey,
    admin: DEV_ADMIN.address,
    relayer: DEV_RELAYER.address,
    adminTransferDelay: 0,
    pollMs: 5,
  });
  return {
    url,
    contract,
    rpc,
    close() {
      child.kill("SIGKILL");
      return ended;
    },
  };
}
