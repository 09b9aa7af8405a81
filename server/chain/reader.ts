import type { AnchoredRange, ChainReader } from "../ledger/index.ts";
import { consentManager } from "./abi.ts";
import { answered } from "./answered.ts";
import { JsonRpc } from "./rpc.ts";

interface RpcLog {
  readonly address: string;
  readonly topics: string[];
  readonly data: string;
}
interface RpcTransaction {
  readonly status: string;
  readonly to: string | null;
  readonly blockNumber: string;
  readonly blockHash: string;
  readonly logs: RpcLog[];
}

/** An auditor's view of a chain through any JSON-RPC endpoint: all that {@link verifyReceipt} asks. */
export function rpcChainReader(url: string, options: { readonly timeoutMs?: number } = {}): ChainReader {
  const rpc = new JsonRpc(url, { timeoutMs: options.timeoutMs ?? 10_000 });
  return {
    chainId: () => answered(async () => Number(await rpc.call<string>("eth_chainId"))),

    blockHash: (number) =>
      answered(async () => {
        const block = await rpc.call<{ hash: string } | null>("eth_getBlockByNumber", [hex(number), false]);
        return block?.hash ?? null;
      }),

    anchorTransaction: (contract, txHash) =>
      answered(async () => {
        const receipt = await rpc.call<RpcTransaction | null>("eth_getTransactionReceipt", [txHash]);
        if (receipt === null) return null;
        return {
          status: receipt.status === "0x1" ? "success" : "reverted",
          to: receipt.to,
          blockNumber: Number(receipt.blockNumber),
          blockHash: receipt.blockHash,
          anchored: receipt.logs
            .filter((log) => log.address.toLowerCase() === contract.toLowerCase())
            .flatMap(anchoredRange),
        };
      }),

    rootAt: (contract, size) =>
      answered(async () => {
        const data = consentManager.encodeFunctionData("rootAt", [size]);
        const answer = await rpc.call<string>("eth_call", [{ to: contract, data }, "latest"]);
        return answer === "0x" ? `0x${"00".repeat(32)}` : answer;
      }),
  };
}

function anchoredRange(log: RpcLog): AnchoredRange[] {
  const parsed = consentManager.parseLog(log);
  if (parsed?.name !== "Anchored" && parsed?.name !== "AnchoredSubtrees") return [];
  const [fromSize, size, root, digests] = parsed.args.toArray() as [bigint, bigint, string, string[]];
  return [
    {
      fromSize: Number(fromSize),
      size: Number(size),
      root,
      digests: parsed.name === "Anchored" ? [...digests] : null,
    },
  ];
}

const hex = (number: number) => `0x${number.toString(16)}`;
