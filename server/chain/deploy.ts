import { readFile } from "node:fs/promises";
import { AbiCoder, Transaction, Wallet, concat } from "ethers";
import { firstFees, needed } from "../domain/fees.ts";
import { readFeeMarket } from "./fees.ts";
import type { JsonRpc } from "./rpc.ts";

const ARTIFACT = new URL("../../artifacts/contracts/ConsentManager.sol/ConsentManager.json", import.meta.url);

export interface Deployment {
  readonly chainId: number;
  readonly contract: string;
  readonly txHash: string;
  readonly blockNumber: number;
  readonly admin: string;
  readonly relayer: string;
}

export interface DeployOptions {
  readonly deployerKey: string;
  /** May hand out and take away roles, after `adminTransferDelay` seconds where that role itself changes hands. */
  readonly admin: string;
  /** May anchor, and nothing else. */
  readonly relayer: string;
  readonly adminTransferDelay: number;
  readonly pollMs?: number;
  readonly timeoutMs?: number;
}

/** Deploys ConsentManager and waits until it is mined. @throws when the artifact is missing or the deployment fails */
export async function deployConsentManager(rpc: JsonRpc, options: DeployOptions): Promise<Deployment> {
  const { bytecode } = JSON.parse(await readFile(ARTIFACT, "utf8")) as { bytecode: string };
  const wallet = new Wallet(options.deployerKey);
  const data = concat([
    bytecode,
    AbiCoder.defaultAbiCoder().encode(
      ["uint48", "address", "address"],
      [options.adminTransferDelay, options.admin, options.relayer],
    ),
  ]);
  const chainId = Number(await rpc.call<string>("eth_chainId"));
  const nonce = Number(await rpc.call<string>("eth_getTransactionCount", [wallet.address, "pending"]));
  const gas = BigInt(await rpc.call<string>("eth_estimateGas", [{ from: wallet.address, data }]));
  const market = await readFeeMarket(rpc);
  const fees = firstFees(market, 2n * needed(market));
  const transaction = Transaction.from({ data, chainId, nonce, gasLimit: gas + gas / 5n, ...fees });
  transaction.signature = wallet.signingKey.sign(transaction.unsignedHash);
  const txHash = await rpc.call<string>("eth_sendRawTransaction", [transaction.serialized]);
  const receipt = await mined(rpc, txHash, options.pollMs ?? 100, options.timeoutMs ?? 300_000);
  if (receipt.status !== "0x1") throw new Error(`the deployment ${txHash} was reverted`);
  return {
    chainId,
    contract: receipt.contractAddress.toLowerCase(),
    txHash,
    blockNumber: Number(receipt.blockNumber),
    admin: options.admin,
    relayer: options.relayer,
  };
}

interface CreationReceipt {
  readonly status: string;
  readonly contractAddress: string;
  readonly blockNumber: string;
}

async function mined(
  rpc: JsonRpc,
  txHash: string,
  pollMs: number,
  timeoutMs: number,
): Promise<CreationReceipt> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const receipt = await rpc.call<CreationReceipt | null>("eth_getTransactionReceipt", [txHash]);
    if (receipt !== null) return receipt;
    if (performance.now() > deadline) throw new Error(`the deployment ${txHash} was not mined in time`);
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}
