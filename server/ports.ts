/**
 * What the services need from the outside. storage/, chain/ and crypto/ implement these; compose.ts joins the two.
 * Bytes are Uint8Array, instants are ms since the epoch, hashes and addresses from the chain are 0x hex strings.
 */
import type { Consent, ConsentChange } from "./domain/consent.ts";
import type { GuessCounter } from "./domain/lockout.ts";
import type { OtpGrant, OtpPurpose } from "./domain/otp.ts";
import type { PhoneNumber } from "./domain/phone.ts";
import type { Pin } from "./domain/pin.ts";
import type { PolicyId } from "./domain/policy.ts";

export { ChainUnavailable } from "./ledger/index.ts";

// ── Surroundings ────────────────────────────────────────────────────────────────────────────────────────────────

export interface Clock {
  /** Never goes back, and does not jump ahead with the wall clock while the process runs. */
  now(): number;
}

export type RandomBytes = (length: number) => Uint8Array;

export interface Logger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

// ── Secrets ─────────────────────────────────────────────────────────────────────────────────────────────────────

/** A stored verifier: a PHC string, and the pepper without which it proves nothing; null where another system made it. */
export interface Verifier {
  readonly phc: string;
  readonly pepperId: string | null;
}

export interface Match {
  readonly matches: boolean;
  /** It matched, and should be replaced by a fresh hash: another function, other parameters, or not the newest pepper. */
  readonly stale: boolean;
}

export const NO_MATCH: Match = { matches: false, stale: false };

/**
 * Hashing takes a core and 64 MiB, so it is admitted: an operation takes a slot before it does anything, and is
 * refused then, uncharged, or not at all.
 */
export interface PinHasher {
  /** @throws {Refusal} OVERLOADED at once when every slot is taken */
  withSlot<T>(operation: (slot: HashingSlot) => Promise<T>): Promise<T>;
}

/** @throws {Refusal} HASHING_ERROR if the engine fails, or the verifier is damaged or its pepper not configured */
export interface HashingSlot {
  hash(pin: Pin): Promise<Verifier>;
  /** With `null` (nobody there, or no PIN) the same work is done and the answer is no. */
  verify(verifier: Verifier | null, pin: Pin): Promise<Match>;
}

/** Keyed, one-way names: the database alone tells neither whose a row is nor what a code was. */
export interface Pseudonyms {
  alias(kind: AliasKind, value: string): string;
  otpMac(challengeId: string, code: string): Uint8Array;
  /** Of whatever else must be recognised and not read: idempotency keys and the requests that came with them. */
  fingerprint(label: string, ...parts: string[]): string;
}

export type AliasKind = "phone" | "account";

export interface OtpTransport {
  send(message: { phoneNumber: PhoneNumber; code: string; purposes: readonly OtpPurpose[] }): Promise<void>;
}

/** The ledger's Ed25519 identity (C2SP signed-note). */
export interface CheckpointSigner {
  /** Signs (size, root) of the ledger as a C2SP tlog-checkpoint. */
  checkpoint(ledgerId: string, size: number, root: Uint8Array): string;
  /** The verifier key that auditors pin, in signed-note form. */
  verifierKey(ledgerId: string): string;
}

// ── Store ───────────────────────────────────────────────────────────────────────────────────────────────────────

export interface Subject {
  readonly id: string;
  readonly identityHash: string;
}

export interface Credential {
  readonly subjectId: string;
  readonly policy: PolicyId;
  /** Null until a PIN is set; guesses are counted all the same, so that "no PIN" looks like "wrong PIN". */
  readonly verifier: Verifier | null;
  readonly counter: GuessCounter;
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

/** One signed form of a batch's transaction: the same nonce and calldata, perhaps another fee. */
export interface AnchorAttempt {
  readonly batchId: number;
  readonly txHash: string;
  readonly raw: string;
}

/** A row of the Merkle tree: the hashes of one tile, C2SP tlog-tiles with height 8. */
export interface Tile {
  readonly level: number;
  readonly index: number;
  /** 1 to 256 hashes of 32 bytes, concatenated. */
  readonly hashes: Uint8Array;
}

/** The operations of one transaction. `…ForUpdate` hold the row until it ends, so that no other can slip between. */
export interface Tx {
  readonly subjects: {
    byAlias(alias: string): Promise<Subject | null>;
    /** The subject of that alias; the given one is created where there is none. */
    byAliasOrCreate(alias: string, kind: AliasKind, candidate: Subject, now: number): Promise<Subject>;
    /** Takes the subject's next sequence number. */
    nextSeq(subjectId: string): Promise<number>;
    /**
     * Deletes what links the subject to a person (aliases, credentials, codes) and what its events say (payloads, salts);
     * their digests and places stay. Returns how many events were emptied.
     */
    erase(subjectId: string): Promise<number>;
  };
  readonly credentials: {
    get(subjectId: string, policy: PolicyId): Promise<Credential | null>;
    /** The credential, created without a PIN where there is none, and locked against other transactions. */
    getForUpdate(subjectId: string, policy: PolicyId, now: number): Promise<Credential>;
    save(credential: Credential, now: number): Promise<void>;
    /** The ids of all peppers that stored verifiers need. */
    pepperIdsInUse(): Promise<string[]>;
    /** How many verifiers there are of each format, named by the PHC string's function. */
    formatCounts(): Promise<{ readonly format: string; readonly count: number }[]>;
  };
  readonly otps: {
    countSince(phoneAlias: string, since: number): Promise<number>;
    create(challenge: NewOtpChallenge): Promise<void>;
    /** The phone's latest challenge for the purpose, locked, with the MAC of its code. */
    latestForUpdate(
      phoneAlias: string,
      purpose: OtpPurpose,
    ): Promise<(OtpGrant & { codeMac: Uint8Array }) | null>;
    countTry(challengeId: string): Promise<void>;
    use(challengeId: string, purpose: OtpPurpose, now: number): Promise<void>;
  };
  readonly consents: {
    bySubject(subjectId: string): Promise<Consent[]>;
    insert(consent: Consent): Promise<void>;
    setRevoked(consentId: string, revokedAt: number): Promise<void>;
    /** Puts a change into the outbox, to be told to the chain with the event at that index. */
    queueChange(eventIndex: number, change: ConsentChange): Promise<void>;
    /** The outbox from its `from`-th change on, in order; every epoch's contract is told all of it. */
    changes(from: number, limit: number): Promise<QueuedChange[]>;
  };
  readonly idempotency: {
    /** Null: the request is ours to do. Else what an earlier one with this id asked for, and came to. */
    claim(
      token: { readonly id: string; readonly fingerprint: string },
      times: { readonly now: number; readonly lease: number; readonly keep: number },
    ): Promise<{ readonly fingerprint: string; readonly outcome: string | null } | null>;
    complete(id: string, outcome: string): Promise<void>;
    /** Forgets a claim that came to nothing. */
    release(id: string): Promise<void>;
  };
  readonly events: {
    head(): Promise<LedgerHead>;
    /** The head, locked: holding it gives the right to append. */
    headForUpdate(): Promise<LedgerHead>;
    /** Appends at `event.index`, which must be the locked head's size. */
    append(event: StoredEvent): Promise<void>;
    byId(id: string): Promise<StoredEvent | null>;
    timestampAt(index: number): Promise<number | null>;
    /** Digests of [from, to), in order. */
    digests(from: number, to: number): Promise<Uint8Array[]>;
  };
  readonly tiles: {
    get(level: number, index: number): Promise<Uint8Array | null>;
    put(tile: Tile): Promise<void>;
  };
  readonly anchors: {
    currentEpoch(): Promise<Epoch | null>;
    openEpoch(epoch: Epoch): Promise<void>;
    /** Sends the batch on its way: the row and its signed bytes stand before anything is broadcast. */
    insertBatch(
      batch: Omit<Batch, "id" | "mined" | "status">,
      attempt: Omit<AnchorAttempt, "batchId">,
    ): Promise<Batch>;
    attempts(batchId: number): Promise<AnchorAttempt[]>;
    setMined(batchId: number, mined: MinedAnchor): Promise<void>;
    setFinal(batchId: number): Promise<void>;
    /** The first batch of the epoch that is not mined yet. */
    inFlight(epoch: number): Promise<Batch | null>;
    unfinalized(epoch: number): Promise<Batch[]>;
    /** The batch that carries the event at that index in the epoch. */
    covering(epoch: number, index: number): Promise<Batch | null>;
    last(epoch: number): Promise<Batch | null>;
    lastMined(epoch: number): Promise<Batch | null>;
  };
}

export interface NewOtpChallenge {
  readonly id: string;
  readonly phoneAlias: string;
  readonly purposes: readonly OtpPurpose[];
  readonly codeMac: Uint8Array;
  readonly createdAt: number;
  readonly expiresAt: number;
}

type ReadMethod =
  | "byAlias"
  | "get"
  | "pepperIdsInUse"
  | "formatCounts"
  | "countSince"
  | "bySubject"
  | "changes"
  | "head"
  | "byId"
  | "timestampAt"
  | "digests"
  | "currentEpoch"
  | "attempts"
  | "inFlight"
  | "unfinalized"
  | "covering"
  | "last"
  | "lastMined";

/** What may be called outside a transaction. */
export type Reads = { readonly [Part in keyof Tx]: Pick<Tx[Part], ReadMethod & keyof Tx[Part]> };

export interface Store {
  /** All or nothing, durable when it resolves. Await nothing but `tx` inside: the lock on the ledger is held. */
  write<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /** Each call by itself, outside any transaction. */
  readonly read: Reads;
  /** Removes what the database's own files still keep of deleted bytes, as far as it can be told to. */
  scrub(): Promise<void>;
  close(): Promise<void>;
}

// ── Chain ───────────────────────────────────────────────────────────────────────────────────────────────────────

export interface ChainIdentity {
  readonly chainId: number;
  readonly genesisHash: string;
}

/** What one anchor transaction carries; digests leaf by leaf, or whole aligned subtrees. */
export interface AnchorCall {
  readonly expectedSize: number;
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
