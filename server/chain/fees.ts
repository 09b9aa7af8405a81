import type { FeeMarket } from "../domain/fees.ts";
import { quantity } from "./answers.ts";
import type { JsonRpc } from "./rpc.ts";
import { RpcError } from "./rpc.ts";

const DEFAULT_TIP = 1_000_000_000n;

/** EIP-1559 where blocks have a base fee, a plain gas price elsewhere. */
export async function readFeeMarket(rpc: Pick<JsonRpc, "call">): Promise<FeeMarket> {
  const block = await rpc.call<{ baseFeePerGas?: unknown } | null>("eth_getBlockByNumber", ["latest", false]);
  if (block?.baseFeePerGas === undefined) {
    return { baseFee: null, price: quantity("eth_gasPrice", await rpc.call("eth_gasPrice")) };
  }
  return { baseFee: quantity("baseFeePerGas", block.baseFeePerGas), price: await suggestedTip(rpc) };
}

async function suggestedTip(rpc: Pick<JsonRpc, "call">): Promise<bigint> {
  try {
    return quantity("eth_maxPriorityFeePerGas", await rpc.call("eth_maxPriorityFeePerGas"));
  } catch (error) {
    if (error instanceof RpcError) return DEFAULT_TIP;
    throw error;
  }
}
