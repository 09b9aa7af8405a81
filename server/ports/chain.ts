/** The chain, as the anchorer sees it. Implemented by chain/. */
import type { ConsentChange } from "../domain/consent.ts";
import type { FeeMarket, Fees } from "../domain/fees.ts";
import type { MinedAnchor, SignedTransaction } from "./records.ts";

export interface ChainIdentity {
  readonly chainId: number;
  readonly genesisHash: string;
}

/** What one anchor transaction carries; digests leaf by leaf, or whole aligned subtrees. */
export interface AnchorCall {
  readonly expectedSize: number;
  /**
   * The roots of the complete subtrees of the tree of `expectedSize`, largest first; the contract knows them again.
   * A call without leaves needs none.
   */
  readonly frontier: readonly Uint8Array[];
  readonly leaves:
    | { readonly kind: "digests"; readonly digests: readonly Uint8Array[] }
    | {
        readonly kind: "subtrees";
        readonly nodes: readonly { readonly level: number; readonly hash: Uint8Array }[];
      };
  readonly consentChanges: readonly ConsentChange[];
}

export interface TransactionReceipt extends MinedAnchor {
  readonly status: "success" | "reverted";
  readonly gasUsed: bigint;
  /** What the contract says it appended; null where it appended nothing. */
  readonly anchored: { readonly fromSize: number; readonly size: number; readonly root: string } | null;
}

/** All of a transaction that is not its calldata. */
export interface Envelope {
  readonly chainId: number;
  readonly nonce: number;
  readonly gasLimit: bigint;
  readonly fees: Fees;
}

/**
 * An EVM chain with our contract on it, seen through one JSON-RPC endpoint. Every call may throw
 * {@link ChainUnavailable}: nobody answered, or not in time, or with nonsense, which says nothing about what happened.
 */
export interface Chain {
  readonly contract: string;
  readonly relayer: string;
  identity(): Promise<ChainIdentity>;
  /** keccak256 of the contract's code, 0x hex; null where there is no contract. */
  codeHash(): Promise<string | null>;
  treeHead(): Promise<{ readonly size: number; readonly root: string }>;
  /** The root that the contract recorded at that size; zeros where it never had it. */
  rootAt(size: number): Promise<string>;
  blockNumber(): Promise<number>;
  /** The hash of the canonical block of that number; null where the endpoint has none. */
  blockHash(number: number): Promise<string | null>;
  /** The number of the finalized block; null where the endpoint does not know such a thing. */
  finalizedBlock(): Promise<number | null>;
  /** When the latest block says it was made, ms since the epoch. */
  latestBlockTime(): Promise<number>;
  /** What the relayer has, in wei. */
  relayerBalance(): Promise<bigint>;
  /** How many transactions of the relayer are in blocks: the nonce that comes next. Pending ones do not count. */
  minedNonce(): Promise<number>;
  feeMarket(): Promise<FeeMarket>;
  /** The gas it would use now. @throws {ChainRejected} when the contract would revert, with the decoded reason */
  estimateGas(what: AnchorCall | SignedTransaction): Promise<bigint>;
  signAnchor(call: AnchorCall, envelope: Envelope): Promise<SignedTransaction>;
  /** The same calldata in another envelope. */
  resign(transaction: SignedTransaction, changes: Partial<Envelope>): Promise<SignedTransaction>;
  /** Resolves when the node has taken it, or has it already. @throws {ChainRejected} with what it says, which proves nothing */
  broadcast(transaction: SignedTransaction): Promise<void>;
  receipt(txHash: string): Promise<TransactionReceipt | null>;
  /** The transaction, whoever sent it, that brought the contract from one size to the other; from that block on. */
  findAnchor(fromSize: number, size: number, fromBlock: number): Promise<MinedAnchor | null>;
  close(): Promise<void>;
}

/** The chain answered, and the answer is no. */
export class ChainRejected extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "ChainRejected";
  }
}
