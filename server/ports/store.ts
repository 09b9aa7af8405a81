/** The database, as services see it. Implemented by storage/, twice, and held to one suite of tests. */
import type { Consent, ConsentChange } from "../domain/consent.ts";
import type { Fees } from "../domain/fees.ts";
import type { Outcomes } from "../domain/figures.ts";
import type { GuessCounter } from "../domain/lockout.ts";
import type { OtpGrant, OtpPurpose } from "../domain/otp.ts";
import type { PolicyId } from "../domain/policy.ts";
import type {
  AdminActionEntry,
  AnchorAttempt,
  Batch,
  Credential,
  Epoch,
  LedgerHead,
  Lease,
  MinedAnchor,
  NewOtpChallenge,
  PinSession,
  QueuedChange,
  StoredCosignature,
  SignedTransaction,
  StoredEvent,
  Subject,
  Tile,
} from "./records.ts";
import type { AliasKind } from "./secrets.ts";

/** Which of the requests with this id, by when it claimed it: no two claim it within one lease. */
export interface IdempotencyClaim {
  readonly id: string;
  readonly claimedAt: number;
}

/** The operations of one transaction. `…ForUpdate` hold the row until it ends, so that no other can slip between. */
export interface Tx {
  readonly subjects: {
    byAlias(alias: string): Promise<Subject | null>;
    /** The subject of that alias; the given one is created where there is none. */
    byAliasOrCreate(alias: string, kind: AliasKind, candidate: Subject, now: number): Promise<Subject>;
    /** The subject that the ledger knows by this pseudonym, unless it was erased. */
    byIdentityHash(identityHash: string): Promise<Subject | null>;
    /** By what the subject is known. */
    aliasKinds(subjectId: string): Promise<AliasKind[]>;
    /** The alias must be free. */
    addAlias(subjectId: string, alias: string, kind: AliasKind): Promise<void>;
    /** Takes the subject's next sequence number. */
    nextSeq(subjectId: string): Promise<number>;
    /**
     * Deletes what links the subject to a person (aliases, credentials, sessions, codes) and what its events say (payloads, salts);
     * their digests and places stay. Returns how many events were emptied.
     */
    erase(subjectId: string): Promise<number>;
  };
  readonly credentials: {
    get(subjectId: string, policy: PolicyId): Promise<Credential | null>;
    /** The credential, created without a PIN where there is none, and locked against other transactions. */
    getForUpdate(subjectId: string, policy: PolicyId, now: number): Promise<Credential>;
    /** The same for one that is known to be there. */
    getKnownForUpdate(subjectId: string, policy: PolicyId): Promise<Credential>;
    save(credential: Credential, now: number): Promise<void>;
    /** Whose attempts are under way, or were when a process died. */
    withOpenAttempts(): Promise<{ readonly subject: Subject; readonly policy: PolicyId }[]>;
    /** The ids of all peppers that stored verifiers need. */
    pepperIdsInUse(): Promise<string[]>;
    /** How many verifiers there are of each format, named by the PHC string's function. */
    formatCounts(): Promise<{ readonly format: string; readonly count: number }[]>;
  };
  readonly sessions: {
    get(id: string): Promise<PinSession | null>;
    /** Also forgets the sessions, whosever, that have ended by now. */
    save(session: PinSession, now: number): Promise<void>;
    remove(id: string): Promise<void>;
  };
  readonly adminActions: {
    /** Under the lock on the ledger's head. */
    append(action: string, timestamp: number): Promise<void>;
    /** The latest first; `before` is the `seq` of the last one seen. */
    page(before: number | null, limit: number): Promise<AdminActionEntry[]>;
  };
  readonly otps: {
    /** When the phone's latest challenges were made, the newest first, so many at most; no other counts them meanwhile. */
    latestTimes(phoneAlias: string, most: number): Promise<number[]>;
    create(challenge: NewOtpChallenge): Promise<void>;
    /** Wrong codes of the phone over all its challenges, locked. */
    counterForUpdate(phoneAlias: string): Promise<GuessCounter>;
    saveCounter(phoneAlias: string, counter: GuessCounter): Promise<void>;
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
    changeCount(): Promise<number>;
  };
  readonly idempotency: {
    /** Null: the request is ours to do. Else what an earlier one with this id asked for, and came to. */
    claim(
      token: { readonly id: string; readonly fingerprint: string },
      times: { readonly now: number; readonly lease: number; readonly keep: number },
    ): Promise<{
      readonly fingerprint: string;
      readonly outcome: string | null;
      /** Requests that came with this id and asked for something else. */
      readonly conflicts: number;
    } | null>;
    /** False where the claim is not ours any more: its lease ran out, and another request has it, or had it. */
    complete(claim: IdempotencyClaim, outcome: string): Promise<boolean>;
    /** Forgets a claim that came to nothing, unless it is another's by now. */
    release(claim: IdempotencyClaim): Promise<void>;
  };
  readonly events: {
    head(): Promise<LedgerHead>;
    /** The head, locked: holding it gives the right to append. */
    headForUpdate(): Promise<LedgerHead>;
    /** Something was decided at this time, without an event: what comes later must not be dated before it. */
    advance(now: number): Promise<void>;
    /** Appends at `event.index`, which must be the locked head's size. */
    append(event: StoredEvent): Promise<void>;
    byId(id: string): Promise<StoredEvent | null>;
    /** At most `limit` of the events in [from, to) that fit, in order. A filter by type reads all of the range. */
    range(query: {
      readonly from: number;
      readonly to: number;
      readonly limit: number;
      /** The last of them, in the opposite order. */
      readonly newestFirst?: boolean | undefined;
      readonly type?: string | undefined;
      readonly identityHash?: string | undefined;
    }): Promise<StoredEvent[]>;
    timestampAt(index: number): Promise<number | null>;
    /** Digests of [from, to), in order. */
    digests(from: number, to: number): Promise<Uint8Array[]>;
    /** How many of the events [from, to) came to what, in each hour. Reads all of them: keep the range short. */
    outcomes(from: number, to: number): Promise<EventOutcomes[]>;
  };
  /** Set-ups refused because the PIN was weak, by hour: the start of one, in ms. */
  readonly weakRejections: {
    add(hour: number, count: number): Promise<void>;
    /** Those of [from, to), in order; hours without any are left out. */
    between(from: number, to: number): Promise<{ readonly hour: number; readonly count: number }[]>;
  };
  /** By what the secrets are known again that the rows depend on. */
  readonly secretMarks: {
    get(name: string): Promise<string | null>;
    addUnlessThere(name: string, mark: string): Promise<void>;
  };
  readonly tiles: {
    get(level: number, index: number): Promise<Uint8Array | null>;
    put(tile: Tile): Promise<void>;
  };
  readonly anchors: {
    lease(): Promise<Lease>;
    /** Takes the lease from whoever held it with `seen`; null when it has changed hands since. Else the new token. */
    takeLease(seen: number, owner: string): Promise<number | null>;
    /** Must come first in every write of a sender: fails when the lease is another's, and keeps it while the write lasts. @throws {LeaseLost} */
    holdLease(token: number): Promise<void>;
    /** Writes what is there already: whether the database takes writes. */
    touchLease(): Promise<void>;
    /** Gives it back, if it is still ours: the next may take it at once. */
    releaseLease(token: number): Promise<void>;

    epochs(): Promise<Epoch[]>;
    currentEpoch(): Promise<Epoch | null>;
    openEpoch(epoch: Epoch): Promise<void>;
    /** Sends the batch on its way: the row and its signed bytes stand before anything is broadcast. */
    insertBatch(batch: NewBatch, attempt: SignedTransaction & { readonly fees: Fees }): Promise<Batch>;
    /** Another signed form of its transaction; with it the batch moves to the attempt's account and nonce. */
    addAttempt(attempt: AnchorAttempt): Promise<void>;
    /** In the order in which they were made. */
    attempts(batchId: number): Promise<AnchorAttempt[]>;
    /** Every attempt, of any batch and epoch on that chain, that has that nonce. */
    attemptsWithNonce(epoch: Epoch, relayer: string, nonce: number): Promise<AnchorAttempt[]>;
    /** @param now when we saw it in its block */
    setMined(batchId: number, mined: MinedAnchor, now: number): Promise<void>;
    /** Mined batches up to that one are final. */
    setFinal(epoch: number, upToBatchId: number): Promise<void>;
    /** A block is gone: that batch and all mined after it are on their way again. */
    setBack(epoch: number, fromBatchId: number): Promise<void>;
    /** Those that are not in a block, in order. */
    inFlight(epoch: number): Promise<Batch[]>;
    /** Those that are in a block and not final, in order; all, or from that batch on, or so many. */
    unfinalized(
      epoch: number,
      part?: { readonly fromBatchId?: number; readonly limit?: number },
    ): Promise<Batch[]>;
    /** The batch that carries the event at that index in the epoch. */
    covering(epoch: number, index: number): Promise<Batch | null>;
    last(epoch: number): Promise<Batch | null>;
    lastMined(epoch: number): Promise<Batch | null>;
    lastFinal(epoch: number): Promise<Batch | null>;
    /**
     * The longest time, in ms, from an event of [from, to) to our seeing it in a block of that epoch; null where none of
     * them is in a mined batch. Of a batch from before such times were kept, the time at which it was made.
     */
    longestLag(epoch: number, from: number, to: number): Promise<number | null>;
  };
  readonly cosignatures: {
    /** Keeps, of several by one witness at one size, the latest. */
    save(cosignature: StoredCosignature): Promise<void>;
    at(size: number, witness: string): Promise<StoredCosignature | null>;
    /** The largest size up to `most` that the witness cosigned. */
    latestSize(witness: string, most: number): Promise<number | null>;
  };
}

/** So many events of one hour and kind. */
export interface EventOutcomes extends Outcomes {
  /** Its start, in ms. */
  readonly hour: number;
}

/** A batch as it is made. */
export type NewBatch = Omit<Batch, "id" | "mined" | "status">;

/** Another process sends now. What this one was about to write was not written. */
export class LeaseLost extends Error {
  constructor() {
    super("another process has taken over the sending of anchors");
    this.name = "LeaseLost";
  }
}

/** The database did not take a write, or did not answer. What was to be committed is not. */
export class DatabaseUnavailable extends Error {
  readonly reason: "full" | "read_only" | "io_error" | "busy" | "unreachable";
  constructor(reason: DatabaseUnavailable["reason"], options: { readonly cause: unknown }) {
    super(DATABASE_TROUBLE[reason], options);
    this.name = "DatabaseUnavailable";
    this.reason = reason;
  }
}

const DATABASE_TROUBLE: Readonly<Record<DatabaseUnavailable["reason"], string>> = {
  full: "the database is full",
  read_only: "the database cannot be written to",
  io_error: "the database's disk fails",
  busy: "the database is locked by another process",
  unreachable: "the database does not answer",
};

type ReadMethod =
  | "byAlias"
  | "byIdentityHash"
  | "aliasKinds"
  | "page"
  | "get"
  | "withOpenAttempts"
  | "pepperIdsInUse"
  | "formatCounts"
  | "latestTimes"
  | "bySubject"
  | "changes"
  | "head"
  | "byId"
  | "range"
  | "timestampAt"
  | "digests"
  | "outcomes"
  | "changeCount"
  | "lease"
  | "epochs"
  | "currentEpoch"
  | "attempts"
  | "attemptsWithNonce"
  | "inFlight"
  | "unfinalized"
  | "covering"
  | "last"
  | "lastMined"
  | "at"
  | "latestSize"
  | "lastFinal"
  | "longestLag"
  | "between";

/** What may be called outside a transaction. */
export type Reads = { readonly [Part in keyof Tx]: Pick<Tx[Part], ReadMethod & keyof Tx[Part]> };

export interface Store {
  /** All or nothing, durable when it resolves. Await nothing but `tx` inside: the lock on the ledger is held. */
  write<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /**
   * The same, for what takes the lock on the ledger's head. Only one of these goes on at a time, so those that come
   * together share a transaction: each is still all or nothing by itself, but the database's troubles are of all.
   */
  writeLedger<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /** Each call by itself, outside any transaction. */
  readonly read: Reads;
  /** What is wrong with writing: the last write failed for it, and none has succeeded since. */
  trouble(): DatabaseUnavailable | null;
  /** Removes what the database's own files still keep of deleted bytes, as far as it can be told to. */
  scrub(): Promise<void>;
  close(): Promise<void>;
}
