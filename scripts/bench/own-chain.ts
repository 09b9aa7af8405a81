import { findAnvil, startChain } from "../campaign/rig/chain.ts";
import type { Scope } from "../campaign/command.ts";

/**
 * Starts a chain outside the service, where a real one would be, that mines at the pace given: anvil where there is one,
 * since what the chain takes of our cores is no cost of ours. @returns the variables that lead the service to it
 */
export async function startOwnChain(scope: Scope, blockMs: number): Promise<Record<string, string>> {
  const chain = await startChain(findAnvil() === null ? "hardhat" : "anvil");
  scope.defer(() => chain.stop());
  await chain.rpc.call("evm_setAutomine", [false]);
  // In seconds, and in milliseconds.
  await chain.rpc.call("evm_setIntervalMining", [chain.kind === "anvil" ? blockMs / 1000 : blockMs]);
  return {
    CHAIN_RPC_URL: chain.url,
    CONTRACT_ADDRESS: chain.contract,
    RELAYER_PRIVATE_KEY: chain.relayerKey,
  };
}
