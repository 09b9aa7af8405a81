import type { TestChain } from "./chain.ts";

/** How many of the relayer's transactions are in blocks: more than anchors, and some were for nothing. */
export async function relayerTransactions({ rpc, relayer }: TestChain): Promise<number> {
  return Number(await rpc.call<string>("eth_getTransactionCount", [relayer, "latest"]));
}
