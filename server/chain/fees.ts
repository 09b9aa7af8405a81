import type { JsonRpc } from "./rpc.ts";
import { RpcError } from "./rpc.ts";

export type Fees =
  | { readonly type: 2; readonly maxFeePerGas: bigint; readonly maxPriorityFeePerGas: bigint }
  | { readonly type: 0; readonly gasPrice: bigint };

const DEFAULT_TIP = 1_000_000_000n;

/** EIP-1559 where blocks have a base fee: twice the base survives six full blocks. A plain gas price elsewhere. */
export async function suggestFees(rpc: JsonRpc): Promise<Fees> {
  const block = await rpc.call<{ baseFeePerGas?: string }>("eth_getBlockByNumber", ["latest", false]);
  if (block.baseFeePerGas === undefined) {
    return { type: 0, gasPrice: BigInt(await rpc.call<string>("eth_gasPrice")) };
  }
  const tip = await suggestTip(rpc);
  return { type: 2, maxPriorityFeePerGas: tip, maxFeePerGas: 2n * BigInt(block.baseFeePerGas) + tip };
}

async function suggestTip(rpc: JsonRpc): Promise<bigint> {
  try {
    return BigInt(await rpc.call<string>("eth_maxPriorityFeePerGas"));
  } catch (error) {
    if (error instanceof RpcError) return DEFAULT_TIP;
    throw error;
  }
}
