/** What an auditor asks of a chain and of a ledger. Bytes from a chain are 0x hex in lowercase. */

/** One anchor event of the contract. The chain is the auditor's, what a source says is the operator's. */
export interface AnchorLog {
  readonly fromSize: number;
  readonly size: number;
  readonly root: string;
  /** The digests of [fromSize, size), or the subtrees that cover them, from left to right. */
  readonly leaves:
    | { readonly kind: "digests"; readonly digests: readonly string[] }
    | {
        readonly kind: "subtrees";
        readonly nodes: readonly { readonly level: number; readonly hash: string }[];
      };
  readonly txHash: string;
  readonly blockNumber: number;
  readonly blockHash: string;
}

interface LoggedConsentChange {
  readonly consentId: string;
  /** When the person acted, in unix seconds. */
  readonly timestamp: number;
  readonly txHash: string;
  readonly blockNumber: number;
}

/** One consent event of the contract. */
export type ConsentLog =
  | (LoggedConsentChange & {
      readonly action: "grant";
      /** Unix seconds; 0 for never. */
      readonly expiresAt: number;
      /** 16 bytes: a text, and zeros after it. */
      readonly purpose: string;
      readonly documentHash: string;
    })
  | (LoggedConsentChange & { readonly action: "revoke" });

export type ContractLog = AnchorLog | ConsentLog;

export const isAnchorLog = (log: ContractLog): log is AnchorLog => "leaves" in log;

export interface ChainConsent {
  /** Unix seconds; 0 for none. */
  readonly grantedAt: number;
  readonly expiresAt: number;
  readonly revokedAt: number;
  readonly purpose: string;
  readonly documentHash: string;
  readonly active: boolean;
}

/** Every method throws `ChainUnavailable` where it gets no answer, or none that makes sense. */
export interface AuditChain {
  chainId(): Promise<number>;
  /** keccak256 of the code at that address; null where there is none. */
  codeHash(contract: string): Promise<string | null>;
  blockNumber(): Promise<number>;
  /** Seconds since the epoch. */
  blockTimestamp(block: number): Promise<number>;
  /** The first block with code at that address; 0 where the endpoint does not keep old states. */
  deploymentBlock(contract: string): Promise<number>;
  /** The tree's size after that block; null where the endpoint does not keep the block's state any more. */
  sizeAt(contract: string, block: number): Promise<number | null>;
  /** All zero where the contract never had that size. */
  rootAt(contract: string, size: number): Promise<string>;
  /** The contract's anchor events of these blocks, both included, in the chain's order; page by page. */
  anchors(contract: string, fromBlock: number, toBlock: number): AsyncIterable<readonly AnchorLog[]>;
  /** The same, and its consent events between them. In a transaction the anchor comes first. */
  logs(contract: string, fromBlock: number, toBlock: number): AsyncIterable<readonly ContractLog[]>;
  consent(contract: string, id: string): Promise<ChainConsent>;
}

/** An event as the source states it; none of it is to be believed. */
export interface StatedEvent {
  readonly index: number;
  readonly digest: string;
  readonly payload: Uint8Array | null;
  readonly salt: Uint8Array | null;
  /** What a database states beside the payload; it must say the same. */
  readonly columns?: EventColumns | undefined;
}

export interface EventColumns {
  readonly id: unknown;
  readonly type: unknown;
  readonly timestamp: unknown;
  readonly subjectId: unknown;
  readonly subjectSeq: unknown;
  readonly identityHash: unknown;
}

/** A ledger opened for one reading: all that it tells is of one moment. */
export interface OpenLedger {
  readonly ledgerId: string;
  readonly from: number;
  /** The events told of are [from, size). */
  readonly size: number;
  /** The signed note at `size`; null for a database, which keeps none. */
  readonly checkpoint: string | null;
  readonly anchor: { readonly chainId: number; readonly contract: string } | null;
  /** In order, some at a time. @throws {LedgerRefusal} where what is read has not the form it must have */
  events(): AsyncIterable<readonly StatedEvent[]>;
  /** Null unless the source is a database. */
  readonly inside: DatabaseInside | null;
  close(): Promise<void>;
}

/** What a database keeps besides the events. */
export interface DatabaseInside {
  readonly lastTimestamp: unknown;
  tile(level: number, index: number): Promise<Uint8Array | null>;
  tileCount(): Promise<number>;
  /** All batches in the order of their sizes. */
  batches(): AsyncIterable<StatedBatch>;
}

export interface StatedBatch {
  readonly id: number;
  /** Whether it is of the epoch that is going on. */
  readonly current: boolean;
  readonly epoch: number;
  readonly fromSize: number;
  readonly toSize: number;
  readonly root: Uint8Array;
  readonly status: string;
  readonly txHash: string | null;
  readonly blockNumber: number | null;
  readonly blockHash: string | null;
}

/** Where a ledger is read from; it can be opened again and again. */
export interface LedgerSource {
  readonly description: string;
  /** Whether all that one reading tells is of one moment, even when the ledger goes on meanwhile. */
  readonly settled: boolean;
  /** @param from index of the first event wanted @throws {SourceUnavailable} */
  open(from: number): Promise<OpenLedger>;
}

/** The source could not be read, which says nothing about what it holds. */
export class SourceUnavailable extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "SourceUnavailable";
  }
}
