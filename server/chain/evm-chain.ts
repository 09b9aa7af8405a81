import { Transaction, Wallet, ZeroHash, keccak256 } from "ethers";
import { ChainRejected, ChainUnavailable } from "../ports.ts";
import type { AnchorCall, Chain, SignedTransaction, TransactionReceipt } from "../ports.ts";
import { consentManager } from "./abi.ts";
import { encodeAnchorCall } from "./anchor-call.ts";
import { anchorTopics, anchoredIn } from "./anchor-log.ts";
import type { RpcLog } from "./anchor-log.ts";
import { answered } from "./answered.ts";
import { bytes, count, hash, nonsense, quantity } from "./answers.ts";
import { readFeeMarket } from "./fees.ts";
import { firstLog } from "./first-log.ts";
import { RpcError } from "./rpc.ts";
import type { JsonRpc } from "./rpc.ts";

export interface EvmChainOptions {
  readonly rpc: JsonRpc;
  /** 0x, 40 hex digits. */
  readonly contract: string;
  readonly relayerKey: string;
}

type Node = Pick<JsonRpc, "call">;

/** Too many requests: by EIP-1474, and as some providers say it. */
const LIMIT_EXCEEDED: ReadonlySet<number> = new Set([-32_005, 429]);

interface RpcReceipt {
  readonly transactionHash: unknown;
  readonly status: unknown;
  readonly blockNumber: unknown;
  readonly blockHash: unknown;
  readonly gasUsed: unknown;
  readonly logs: readonly RpcLog[];
}

type RpcBlock = { readonly number?: unknown; readonly hash?: unknown; readonly timestamp?: unknown } | null;

/** The {@link Chain} port over JSON-RPC. ethers encodes and signs; what is sent when is the sender's business. */
export function evmChain({ rpc: endpoint, contract, relayerKey }: EvmChainOptions): Chain {
  const wallet = new Wallet(relayerKey);
  /** For questions to which the node's "no" says something. */
  const node: Node = {
    async call<T>(method: string, params?: readonly unknown[]): Promise<T> {
      try {
        return await endpoint.call<T>(method, params);
      } catch (error) {
        // It was not even looked at, and is no word on a tag, a fee or a transaction.
        if (error instanceof RpcError && LIMIT_EXCEEDED.has(error.code))
          throw new ChainUnavailable(error.message, { cause: error });
        throw error;
      }
    },
  };
  /** For all others: a node that errs has not answered. */
  const rpc: Node = { call: (method, params) => answered(() => node.call(method, params)) };

  async function view(name: "size" | "rootAt", ...args: number[]): Promise<unknown> {
    const data = consentManager.encodeFunctionData(name, args);
    const answer = bytes(name, await rpc.call("eth_call", [{ to: contract, data }, "latest"]));
    if (answer === "0x") throw nonsense(`${name}()`);
    return consentManager.decodeFunctionResult(name, answer)[0];
  }

  const block = (tag: string, asked = rpc) => asked.call<RpcBlock>("eth_getBlockByNumber", [tag, false]);
  const hex = (number: number) => `0x${number.toString(16)}`;

  /** Of a call that is estimated and then signed. */
  const calldata = new WeakMap<AnchorCall, string>();
  function calldataOf(call: AnchorCall): string {
    const data = calldata.get(call) ?? encodeAnchorCall(call);
    calldata.set(call, data);
    return data;
  }

  function signed(transaction: Transaction): SignedTransaction {
    transaction.signature = wallet.signingKey.sign(transaction.unsignedHash);
    const { serialized } = transaction;
    return { txHash: keccak256(serialized), raw: serialized };
  }

  return {
    contract: contract.toLowerCase(),
    relayer: wallet.address.toLowerCase(),

    async identity() {
      const genesisHash = hash("the genesis block", (await block("0x0"))?.hash);
      return { chainId: count("eth_chainId", await rpc.call("eth_chainId")), genesisHash };
    },

    async codeHash() {
      const code = bytes("eth_getCode", await rpc.call("eth_getCode", [contract, "latest"]));
      return code === "0x" ? null : keccak256(code);
    },

    async treeHead() {
      // Not root(): by then the tree may have grown.
      const size = Number(await view("size"));
      const root = String(await view("rootAt", size));
      // Behind a load balancer another node may have answered, to which the tree is not that large yet.
      if (size > 0 && root === ZeroHash) throw nonsense("rootAt()");
      return { size, root };
    },

    rootAt: async (size) => String(await view("rootAt", size)),

    blockNumber: async () => count("eth_blockNumber", await rpc.call("eth_blockNumber")),

    async blockHash(number) {
      const found = await block(hex(number));
      return found === null ? null : hash("a block", found.hash);
    },

    async finalizedBlock() {
      try {
        const found = await block("finalized", node);
        return found === null ? null : count("the finalized block", found.number);
      } catch (error) {
        if (error instanceof RpcError) return null;
        throw error;
      }
    },

    latestBlockTime: async () => count("the latest block", (await block("latest"))?.timestamp) * 1_000,

    relayerBalance: async () =>
      quantity("eth_getBalance", await rpc.call("eth_getBalance", [wallet.address, "latest"])),

    minedNonce: async () =>
      count("the nonce", await rpc.call("eth_getTransactionCount", [wallet.address, "latest"])),

    feeMarket: () => answered(() => readFeeMarket(node)),

    async estimateGas(what) {
      const data = "raw" in what ? Transaction.from(what.raw).data : calldataOf(what);
      try {
        return quantity(
          "eth_estimateGas",
          await node.call("eth_estimateGas", [{ from: wallet.address, to: contract, data }, "latest"]),
        );
      } catch (error) {
        if (!(error instanceof RpcError)) throw error;
        throw new ChainRejected(describeRevert(error), { cause: error });
      }
    },

    async signAnchor(call, { fees, ...envelope }) {
      return signed(Transaction.from({ to: contract, data: calldataOf(call), ...envelope, ...fees }));
    },

    async resign({ raw }, { fees, ...envelope }) {
      const before = Transaction.from(raw);
      const { to, data, chainId, nonce, gasLimit, type, gasPrice, maxFeePerGas, maxPriorityFeePerGas } =
        before;
      const offered = type === 2 ? { type, maxFeePerGas, maxPriorityFeePerGas } : { type: 0, gasPrice };
      const same = { to, data, chainId, nonce, gasLimit };
      return signed(Transaction.from({ ...same, ...envelope, ...(fees ?? offered) }));
    },

    async broadcast({ raw, txHash }) {
      try {
        await node.call("eth_sendRawTransaction", [raw]);
      } catch (error) {
        // "already known", "nonce too low" and their kin tell nothing reliable; whether the node has it, does.
        if (!(error instanceof RpcError)) throw error;
        const known = await rpc.call<object | null>("eth_getTransactionByHash", [txHash]);
        if (known === null) throw new ChainRejected(error.message, { cause: error });
      }
    },

    async receipt(txHash): Promise<TransactionReceipt | null> {
      const receipt = await rpc.call<RpcReceipt | null>("eth_getTransactionReceipt", [txHash]);
      if (receipt === null) return null;
      if (hash("a receipt", receipt.transactionHash) !== txHash || !Array.isArray(receipt.logs)) {
        throw nonsense("a receipt");
      }
      const status = quantity("a receipt's status", receipt.status);
      return {
        txHash,
        status: status === 1n ? "success" : "reverted",
        blockNumber: count("a receipt", receipt.blockNumber),
        blockHash: hash("a receipt", receipt.blockHash),
        gasUsed: quantity("a receipt", receipt.gasUsed),
        anchored:
          receipt.logs.map((log: RpcLog) => anchoredIn(contract, log)).find((found) => found !== null) ??
          null,
      };
    },

    async findAnchor(fromSize, size, fromBlock) {
      const filter = { address: contract, topics: anchorTopics(fromSize, size) };
      const log = await firstLog<RpcLog>(rpc, filter, fromBlock);
      if (log === null) return null;
      return {
        txHash: hash("a log", log.transactionHash),
        blockNumber: count("a log", log.blockNumber),
        blockHash: hash("a log", log.blockHash),
      };
    },

    async close() {
      endpoint.close();
    },
  };
}

function describeRevert(error: RpcError): string {
  const decoded = error.data === null ? null : consentManager.parseError(error.data);
  return decoded === null ? error.message : `${decoded.name}(${decoded.args.map(String).join(", ")})`;
}
