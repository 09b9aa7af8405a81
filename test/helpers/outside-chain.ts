/** A Hardhat chain that the service does not own, and ways to make its life hard. */
import { Transaction, Wallet } from "ethers";
import { DEV_ADMIN, DEV_RELAYER } from "../../server/chain/dev-accounts.ts";
import { startEmbeddedChain } from "../../server/chain/embedded.ts";
import { JsonRpc } from "../../server/chain/rpc.ts";

export interface OutsideChain {
  readonly url: string;
  readonly contract: string;
  readonly rpc: JsonRpc;
  /** What a service needs to use it. */
  readonly variables: Record<string, string>;
  /** Sends a transaction from that key and waits for its block where blocks come. */
  send(
    key: string,
    transaction: { to: string; data?: string; value?: bigint; nonce?: number },
  ): Promise<void>;
  close(): Promise<void>;
}

export async function outsideChain(startedAt = Date.now()): Promise<OutsideChain> {
  const chain = await startEmbeddedChain({ port: 0, startedAt });
  return { ...withRpc(chain.url, chain.contract), close: () => chain.close() };
}

export function withRpc(url: string, contract: string): Omit<OutsideChain, "close"> {
  const rpc = new JsonRpc(url, { timeoutMs: 10_000 });
  return {
    url,
    contract,
    rpc,
    variables: {
      CHAIN_RPC_URL: url,
      CONTRACT_ADDRESS: contract,
      RELAYER_PRIVATE_KEY: DEV_RELAYER.privateKey,
    },
    async send(key, transaction) {
      const wallet = new Wallet(key);
      const nonce =
        transaction.nonce ??
        Number(await rpc.call<string>("eth_getTransactionCount", [wallet.address, "latest"]));
      const gas = { gasLimit: 200_000n, maxFeePerGas: 2n * 10n ** 11n, maxPriorityFeePerGas: 10n ** 11n };
      const signed = Transaction.from({ chainId: 31_337, ...gas, ...transaction, nonce });
      signed.signature = wallet.signingKey.sign(signed.unsignedHash);
      await rpc.call("eth_sendRawTransaction", [signed.serialized]);
    },
  };
}

export { DEV_ADMIN, DEV_RELAYER };
