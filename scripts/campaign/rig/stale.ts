/** What a node says that lags some blocks behind, to a call that another node has already answered. */
import { consentManager } from "../../../server/chain/abi.ts";
import type { Random } from "../random.ts";
import type { RpcCall } from "./fault-plan.ts";

/** Null where a lagging node would say the same. `earlier`: bodies of former answers to the very same call. */
export function staleAnswer(
  call: RpcCall,
  earlier: readonly string[],
  random: Random,
): { status: number; body: string } | null {
  const answer = (part: object) => ({
    status: 200,
    body: JSON.stringify({ jsonrpc: "2.0", id: call.id, ...part }),
  });
  switch (call.method) {
    case "eth_getTransactionReceipt":
    case "eth_getTransactionByHash":
      return answer({ result: null });
    case "eth_estimateGas":
      return reverted(call, answer);
    default: {
      if (earlier.length === 0) return null;
      const { result } = JSON.parse(random.pick(earlier)) as { result?: unknown };
      return result === undefined ? null : answer({ result });
    }
  }
}

/** The contract as it was one batch ago does not have the size that the call expects. */
function reverted<T>(call: RpcCall, answer: (part: object) => T): T | null {
  const data = (call.params[0] as { data?: string; input?: string } | undefined)?.data;
  if (data === undefined) return null;
  try {
    const expectedSize = consentManager.parseTransaction({ data })?.args[0] as bigint | undefined;
    if (expectedSize === undefined || expectedSize === 0n) return null;
    const error = consentManager.getError("UnexpectedSize");
    if (error === null) return null;
    return answer({
      error: {
        code: 3,
        message: "execution reverted",
        data: consentManager.encodeErrorResult(error, [expectedSize, expectedSize - 1n]),
      },
    });
  } catch {
    return null;
  }
}
