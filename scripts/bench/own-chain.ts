import type { Scope } from "../campaign/command.ts";
import type { ChainProcess } from "./chain-process.ts";
import { startContender } from "./contender-process.ts";

/** Starts a chain outside the service. @returns the variables that lead the service to it */
export async function startOwnChain(scope: Scope, blockMs: number): Promise<Record<string, string>> {
  const module = new URL("chain-process.ts", import.meta.url);
  const { ready } = await startContender<ChainProcess>(module, [String(blockMs)], scope);
  return {
    CHAIN_RPC_URL: ready.url,
    CONTRACT_ADDRESS: ready.contract,
    RELAYER_PRIVATE_KEY: ready.relayerKey,
  };
}
