/**
 * What a verifier asks of a chain. Implemented elsewhere, over the auditor's own RPC endpoint.
 *
 * Hex is 0x and lowercase or checksummed. Every method throws `ChainUnavailable` when it got no answer (or
 * none that makes sense): that is neither yes nor no, and must never be reported as "does not hold".
 */
export interface ChainReader {
  chainId(): Promise<number>;

  /** The hash of the canonical block of that number, or null when there is none. */
  blockHash(blockNumber: number): Promise<string | null>;

  /** A mined transaction as seen from `contract`, or null when the chain knows none of that hash. */
  anchorTransaction(contract: string, txHash: string): Promise<AnchorTransaction | null>;

  /** The contract's `rootAt[size]`: 32 bytes, all zero when it never had that size (or is no such contract). */
  rootAt(contract: string, size: number): Promise<string>;
}

export interface AnchorTransaction {
  readonly status: "success" | "reverted";
  readonly to: string | null;
  readonly blockNumber: number;
  readonly blockHash: string;
  /** The anchor events that *this contract* emitted in it; events of any other emitter are left out. */
  readonly anchored: readonly AnchoredRange[];
}

/** One anchor event: the tree grew from `fromSize` to `size`, and its root became `root`. */
export interface AnchoredRange {
  readonly fromSize: number;
  readonly size: number;
  readonly root: string;
  /** The digests of the leaves [fromSize, size) in order, or null when they were anchored as subtrees. */
  readonly digests: readonly string[] | null;
}

/** The chain could not be asked. */
export class ChainUnavailable extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "ChainUnavailable";
  }
}
