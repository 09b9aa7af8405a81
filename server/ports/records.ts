/** What the store keeps. Bytes are Uint8Array, instants are ms since the epoch, what comes from a chain is 0x hex. */
import type { ConsentChange } from "../domain/consent.ts";
import type { Fees } from "../domain/fees.ts";
import type { GuessCounter } from "../domain/lockout.ts";
import type { OpenAttempt } from "../domain/open-attempts.ts";
import type { OtpPurpose } from "../domain/otp.ts";
import type { PolicyId } from "../domain/policy.ts";
import type { SessionProof } from "../domain/session.ts";
import type { TemporaryPin } from "../domain/temporary.ts";
import type { Verifier } from "./secrets.ts";

export interface Subject {
  readonly id: string;
  readonly identityHash: string;
}

export interface Credential {
  readonly subjectId: string;
  readonly policy: PolicyId;
  /** Null until a PIN is set; guesses are counted all the same, so that "no PIN" looks like "wrong PIN". */
  readonly verifier: Verifier | null;
  /** Raised whenever another PIN is bound: what was judged against an earlier one proves nothing. */
  readonly generation: number;
  readonly counter: GuessCounter;
  /** Digits of the PIN, where its client hashed it, as the client says; null where it is not asked for. */
  readonly pinLength: number | null;
  /** `$argon2id$v=19$m=…,t=…,p=…$salt` of a PIN that its client hashed; never the digest. */
  readonly clientParameters: string | null;
  /** Null for a PIN that its owner chose. */
  readonly temporary: TemporaryPin | null;
  /** Counted and not yet judged, in the order of their numbers. */
  readonly open: readonly OpenAttempt[];
}

/** That a session has proven its PIN. */
export interface PinSession extends SessionProof {
  /** Keyed pseudonym of the session. */
  readonly id: string;
  readonly subjectId: string;
}

/** What support did, and when: all that its own list shows (seed 004, FR-017). */
export interface AdminActionEntry {
  readonly seq: number;
  readonly action: string;
  readonly timestamp: number;
}

export interface StoredEvent {
  readonly index: number;
  readonly id: string;
  readonly subjectId: string;
  readonly subjectSeq: number;
  readonly timestamp: number;
  readonly type: string;
  /** Canonical bytes, never re-serialised; null once erased. */
  readonly payload: Uint8Array | null;
  readonly salt: Uint8Array | null;
  readonly digest: Uint8Array;
}

export interface LedgerHead {
  readonly ledgerId: string;
  readonly size: number;
  readonly lastTimestamp: number;
}

/** One chain and contract that carries, or carried, the ledger. */
export interface Epoch {
  readonly number: number;
  readonly chainId: number;
  readonly contract: string;
  readonly genesisHash: string;
  readonly codeHash: string;
  /** It lived in a process of ours and is gone with it: a successor is expected. */
  readonly disposable: boolean;
  readonly openedAt: number;
}

export type BatchStatus = "broadcast" | "mined" | "final";

export interface QueuedChange {
  readonly eventIndex: number;
  readonly change: ConsentChange;
}

/** The events [fromSize, toSize) and consent changes [fromChange, toChange) on their way to the chain together. */
export interface Batch {
  readonly id: number;
  readonly epoch: number;
  readonly fromSize: number;
  readonly toSize: number;
  readonly fromChange: number;
  readonly toChange: number;
  readonly root: Uint8Array;
  /** The account that pays, and its nonce that carries the batch at present. */
  readonly relayer: string;
  readonly nonce: number;
  readonly status: BatchStatus;
  readonly createdAt: number;
  readonly mined: MinedAnchor | null;
}

export interface MinedAnchor {
  readonly txHash: string;
  readonly blockNumber: number;
  readonly blockHash: string;
}

/** A signed transaction. */
export interface SignedTransaction {
  readonly txHash: string;
  readonly raw: string;
}

/** One signed form of a batch's transaction: always the same calldata; with the same nonce, another fee. */
export interface AnchorAttempt extends SignedTransaction {
  readonly batchId: number;
  readonly relayer: string;
  readonly nonce: number;
  readonly fees: Fees;
}

/**
 * The right to send, held by one process at a time. The token grows with every change of hands; whoever writes with an
 * older one is refused. `beat` grows while the holder lives: whether it still does is judged by watching, not by clocks.
 */
export interface Lease {
  /** Empty when it was given back. */
  readonly owner: string;
  readonly token: number;
  readonly beat: number;
}

/** A row of the Merkle tree: the hashes of one tile, C2SP tlog-tiles with height 8. */
export interface Tile {
  readonly level: number;
  readonly index: number;
  /** 1 to 256 hashes of 32 bytes, concatenated. */
  readonly hashes: Uint8Array;
}

/** What a witness put on the checkpoint of a size; the line's own form, C2SP tlog-cosignature. */
export interface StoredCosignature {
  /** Name and key id, so that a witness with a new key is another. */
  readonly witness: string;
  readonly size: number;
  /** Seconds since the epoch, by the witness's clock. */
  readonly timestamp: number;
  readonly signature: Uint8Array;
}

export interface NewOtpChallenge {
  readonly id: string;
  readonly phoneAlias: string;
  readonly purposes: readonly OtpPurpose[];
  readonly codeMac: Uint8Array;
  readonly createdAt: number;
  readonly expiresAt: number;
}
