import { Transaction, Wallet, keccak256 } from "ethers";
import { ChainRejected } from "../ports.ts";
import type { AnchorCall, Chain, SignedTransaction, TransactionReceipt } from "../ports.ts";
import { consentManager } from "./abi.ts";
import { encodeAnchorCall } from "./anchor-call.ts";
import { suggestFees } from "./fees.ts";
import { RpcError } from "./rpc.ts";
import type { JsonRpc } from "./rpc.ts";

export interface EvmChainOptions {
  readonly rpc: JsonRpc;
  /** 0x, 40 hex digits. */
  readonly contract: string;
  readonly relayerKey: string;
}

interface RpcReceipt {
  readonly transactionHash: string;
  readonly status: string;
  readonly blockNumber: string;
  readonly blockHash: string;
  readonly gasUsed: string;
}

/** The {@link Chain} port over JSON-RPC. ethers encodes and signs; what is sent when is the anchorer's business. */
export function evmChain({ rpc, contract, relayerKey }: EvmChainOptions): Chain {
  const wallet = new Wallet(relayerKey);
  let chainId: Promise<number> | undefined;
  const readChainId = async () => Number(await rpc.call<string>("eth_chainId"));

  async function view(name: "size" | "root"): Promise<unknown> {
    const data = consentManager.encodeFunctionData(name);
    const answer = await rpc.call<string>("eth_call", [{ to: contract, data }, "latest"]);
    return consentManager.decodeFunctionResult(name, answer)[0];
  }

  return {
    contract: contract.toLowerCase(),
    relayer: wallet.address.toLowerCase(),

    async identity() {
      const genesis = await rpc.call<{ hash: string }>("eth_getBlockByNumber", ["0x0", false]);
      return { chainId: await readChainId(), genesisHash: genesis.hash };
    },

    async codeHash() {
      const code = await rpc.call<string>("eth_getCode", [contract, "latest"]);
      return code === "0x" ? null : keccak256(code);
    },

    async treeHead() {
      return { size: Number(await view("size")), root: String(await view("root")) };
    },

    async blockNumber() {
      return Number(await rpc.call<string>("eth_blockNumber"));
    },

    async relayerBalance() {
      return BigInt(await rpc.call<string>("eth_getBalance", [wallet.address, "latest"]));
    },

    async nextNonce() {
      return Number(await rpc.call<string>("eth_getTransactionCount", [wallet.address, "pending"]));
    },

    async signAnchor(call: AnchorCall, nonce: number): Promise<SignedTransaction> {
      const data = encodeAnchorCall(call);
      // The id of the chain cannot change under one endpoint without everything else failing, so it is asked once.
      chainId ??= readChainId().catch((error: unknown) => {
        chainId = undefined;
        throw error;
      });
      const [gas, fees, id] = await Promise.all([estimateGas(data), suggestFees(rpc), chainId]);
      const transaction = Transaction.from({
        to: contract,
        data,
        nonce,
        chainId: id,
        gasLimit: gas,
        ...fees,
      });
      transaction.signature = wallet.signingKey.sign(transaction.unsignedHash);
      const { hash, serialized } = transaction;
      if (hash === null) throw new Error("a signed transaction has a hash");
      return { txHash: hash, raw: serialized };
    },

    async broadcast({ raw, txHash }) {
      try {
        await rpc.call("eth_sendRawTransaction", [raw]);
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
      return {
        txHash,
        status: receipt.status === "0x1" ? "success" : "reverted",
        blockNumber: Number(receipt.blockNumber),
        blockHash: receipt.blockHash,
        gasUsed: BigInt(receipt.gasUsed),
      };
    },

    async close() {
      rpc.close();
    },
  };

  /**
   * A call is bound to one state of the tree, so later it costs what it costs now, or reverts early. The margin is for
   * the block that mines it under other rules than the node that estimated.
   */
  async function estimateGas(data: string): Promise<bigint> {
    try {
      const estimate = BigInt(
        await rpc.call<string>("eth_estimateGas", [{ from: wallet.address, to: contract, data }, "latest"]),
      );
      return estimate + estimate / 10n;
    } catch (error) {
      if (!(error instanceof RpcError)) throw error;
      throw new ChainRejected(describeRevert(error), { cause: error });
    }
  }
}

function describeRevert(error: RpcError): string {
  const decoded = error.data === null ? null : consentManager.parseError(error.data);
  return decoded === null ? error.message : `${decoded.name}(${decoded.args.map(String).join(", ")})`;
}
