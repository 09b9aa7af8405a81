import { ChainUnavailable } from "../../server/ledger/index.ts";
import type { AnchorTransaction, ChainReader } from "../../server/ledger/index.ts";

/** A chain as the receipt vectors describe it, so that verifiers in other languages can build it too. */
export interface ChainDescription {
  readonly chainId: number;
  readonly contract: string;
  /** Canonical block hashes by decimal number. */
  readonly blocks: Readonly<Record<string, string>>;
  readonly transactions: Readonly<Record<string, AnchorTransaction>>;
  /** The contract's roots by decimal size; absent means zero. */
  readonly roots: Readonly<Record<string, string>>;
  /** False when no question is answered. */
  readonly reachable: boolean;
}

/** A reader over a described chain. */
export function fakeChain(chain: ChainDescription): ChainReader {
  const answer = async <T>(value: T): Promise<T> => {
    if (!chain.reachable) throw new ChainUnavailable("connection refused");
    return value;
  };
  const isContract = (address: string): boolean => address.toLowerCase() === chain.contract.toLowerCase();
  return {
    chainId: () => answer(chain.chainId),
    blockHash: (number) => answer(chain.blocks[String(number)] ?? null),
    anchorTransaction: (contract, txHash) => {
      const transaction = chain.transactions[txHash];
      if (transaction === undefined) return answer(null);
      return answer(isContract(contract) ? transaction : { ...transaction, anchored: [] });
    },
    rootAt: (contract, size) =>
      answer((isContract(contract) ? chain.roots[String(size)] : undefined) ?? `0x${"0".repeat(64)}`),
  };
}
