/** The chain, as the anchorer sees it. Implemented by chain/. */
import type { ConsentChange } from "../domain/consent.ts";
import type { MinedAnchor } from "./records.ts";

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

export interface SignedTransaction {
  readonly txHash: string;
  readonly raw: string;
}

export interface TransactionReceipt extends MinedAnchor {
  readonly status: "success" | "reverted";
  readonly gasUsed: bigint;
}

/**
 * An EVM chain with our contract on it, seen through one JSON-RPC endpoint. Every call may throw
 * {@link ChainUnavailable}: nobody answered, or not in time, which says nothing about what happened.
 */
export interface Chain {
  readonly contract: string;
  readonly relayer: string;
  identity(): Promise<ChainIdentity>;
  /** keccak256 of the contract's code, 0x hex; null where there is no contract. */
  codeHash(): Promise<string | null>;
  treeHead(): Promise<{ readonly size: number; readonly root: string }>;
  blockNumber(): Promise<number>;
  /** What the relayer has, in wei. */
  relayerBalance(): Promise<bigint>;
  /** The relayer's next unused nonce, pending transactions included. */
  nextNonce(): Promise<number>;
  /** @throws {ChainRejected} when the contract would revert, with the decoded reason */
  signAnchor(call: AnchorCall, nonce: number): Promise<SignedTransaction>;
  /** Resolves when the node has taken it, or has it already. */
  broadcast(transaction: SignedTransaction): Promise<void>;
  receipt(txHash: string): Promise<TransactionReceipt | null>;
  close(): Promise<void>;
}

/** The chain answered, and the answer is no. */
export class ChainRejected extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "ChainRejected";
  }
}
