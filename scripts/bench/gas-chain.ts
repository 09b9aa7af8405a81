/** A chain in this process for counting gas. Every call is a transaction of an unlocked account, mined at once. */
import { fileURLToPath } from "node:url";
import { Interface, concat } from "ethers";
import type { Compiled } from "./digest-store.ts";

const PROJECT = fileURLToPath(new URL("../..", import.meta.url));

export interface GasChain {
  readonly accounts: readonly string[];
  deploy(contract: Compiled, args?: readonly unknown[]): Promise<string>;
  /** The gas used. @throws when it reverts, or needs more than one transaction may use */
  send(to: string, data: string): Promise<number>;
  /** The log topics of the last transaction. */
  lastTopics(): readonly string[];
  /** Takes back everything that `work` did. */
  undone<T>(work: () => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** EIP-7825. */
export const MOST_GAS = 2 ** 24;

interface Receipt {
  readonly status: string;
  readonly gasUsed: string;
  readonly contractAddress: string | null;
  readonly logs: readonly { readonly topics: readonly string[] }[];
}

export async function gasChain(): Promise<GasChain> {
  const { createHardhatRuntimeEnvironment } = await import("hardhat/hre");
  const { network } = await createHardhatRuntimeEnvironment({}, {}, PROJECT);
  const connection = await network.create();
  const call = async <T>(method: string, ...params: unknown[]): Promise<T> =>
    (await connection.provider.request({ method, params })) as T;
  const accounts = await call<string[]>("eth_accounts");
  const from = accounts[0] ?? "";
  let last: Receipt | null = null;

  const transact = async (transaction: { to?: string; data: string }): Promise<Receipt> => {
    const gas = `0x${MOST_GAS.toString(16)}`;
    const hash = await call<string>("eth_sendTransaction", { from, gas, ...transaction });
    last = await call<Receipt>("eth_getTransactionReceipt", hash);
    if (last.status !== "0x1") throw new Error(`${hash} was reverted`);
    return last;
  };

  return {
    accounts,
    async deploy({ abi, bytecode }, args = []) {
      const data = concat([bytecode, new Interface(abi).encodeDeploy(args)]);
      return (await transact({ data })).contractAddress ?? "";
    },
    send: async (to, data) => Number((await transact({ to, data })).gasUsed),
    lastTopics: () => last?.logs.flatMap(({ topics }) => topics) ?? [],
    async undone(work) {
      const snapshot = await call<string>("evm_snapshot");
      try {
        return await work();
      } finally {
        await call("evm_revert", snapshot);
      }
    },
    close: () => connection.close(),
  };
}
