/**
 * What replay remembers: plain JSON, so that a watcher can put it on disk, and a bounded amount for each subject.
 *
 * There may be millions of subjects. So lists are replaced and never grown in place (a list that grows keeps room for
 * many more), and the empty one is shared.
 */
import { identityHashOf, identityKey } from "../identity-key.ts";
import type { Consent } from "../../domain/consent.ts";
import { NEW_COUNTER } from "../../domain/lockout.ts";
import type { GuessCounter } from "../../domain/lockout.ts";
import type { Guarded } from "../../domain/credential.ts";
import type { OpenAttempt } from "../../domain/open-attempts.ts";
import type { PolicyId } from "../../domain/policy.ts";

export interface CredentialState {
  guarded: Guarded;
  open: readonly OpenAttempt[];
  bound: boolean;
  /** Attempts up to this number were made at an earlier PIN, or at none. */
  boundAfter: number;
  /** When the counter was last known to stand like this: nothing that follows happened before. */
  since: number;
  /** The ends of its latest locks, for refusals that reach the ledger after their lock was lifted. */
  locks: readonly number[];
  /** Ever, for refusals likewise: by failures, or as a temporary PIN that ended. */
  wasDisabled: boolean;
  hadTemporary: boolean;
  /** Sessions that have proven the PIN that is bound now; kept only while it is a temporary one. */
  provers: readonly string[];
}

export interface ChallengeState {
  readonly id: string;
  readonly requestedAt: number;
  readonly expiresAt: number;
  readonly grants: GrantState[];
  /** The numbers of the wrong codes that were tried on it. */
  tries: readonly number[];
}

export interface GrantState {
  readonly purpose: string;
  usedAt: number | null;
  /** When a newer challenge for the purpose took its place. */
  replacedAt: number | null;
}

export type ConsentState = Pick<Consent, "id" | "purpose" | "grantedAt" | "expiresAt" | "revokedAt">;

export interface SubjectState {
  /** Also the sequence number of the next. */
  events: number;
  credentials: Readonly<Partial<Record<PolicyId, CredentialState>>>;
  /** Wrong codes in a row, over all challenges. */
  otpCounter: GuessCounter;
  /** Oldest first; as many as can be requested in the longest window. */
  challenges: readonly ChallengeState[];
  /** Those that were not revoked. */
  consents: readonly ConsentState[];
}

const NONE: readonly never[] = [];
const NO_CREDENTIALS = {};
const UNGUESSED: Guarded = { counter: NEW_COUNTER, temporary: null };

export const newSubject = (): SubjectState => ({
  events: 0,
  credentials: NO_CREDENTIALS,
  otpCounter: NEW_COUNTER,
  challenges: NONE,
  consents: NONE,
});

export function credentialOf(subject: SubjectState, policy: PolicyId): CredentialState {
  const known = subject.credentials[policy];
  if (known !== undefined) return known;
  const credential: CredentialState = {
    guarded: UNGUESSED,
    open: NONE,
    bound: false,
    boundAfter: 0,
    since: 0,
    locks: NONE,
    wasDisabled: false,
    hadTemporary: false,
    provers: NONE,
  };
  subject.credentials = { ...subject.credentials, [policy]: credential };
  return credential;
}

/** {@link SubjectState} by {@link identityKey}, and what concerns the ledger as a whole. */
export interface ReplayState {
  readonly subjects: Map<string, SubjectState>;
  readonly erasedSubjects: Set<string>;
  /** Events given without a payload, and how many of them erasures have accounted for. */
  withoutPayload: number;
  accountedFor: number;
  /** The latest event without a payload. */
  lastWithoutPayload: number;
  lastTimestamp: number;
  replayed: number;
  notReplayed: Map<string, number>;
}

export const newState = (): ReplayState => ({
  subjects: new Map(),
  erasedSubjects: new Set(),
  withoutPayload: 0,
  accountedFor: 0,
  lastWithoutPayload: -1,
  lastTimestamp: 0,
  replayed: 0,
  notReplayed: new Map(),
});

/** A snapshot as JSON, by identity hashes. Its reader trusts it: a watcher keeps it where nobody else writes. */
export interface Snapshot {
  readonly version: 1;
  readonly subjects: readonly (readonly [string, SubjectState])[];
  readonly erasedSubjects: readonly string[];
  readonly notReplayed: readonly (readonly [string, number])[];
  readonly figures: Omit<ReplayState, "subjects" | "erasedSubjects" | "notReplayed">;
}

export function toSnapshot({ subjects, erasedSubjects, notReplayed, ...figures }: ReplayState): Snapshot {
  return structuredClone({
    version: 1,
    subjects: [...subjects].map(([key, subject]) => [identityHashOf(key), subject]),
    erasedSubjects: [...erasedSubjects].map(identityHashOf),
    notReplayed: [...notReplayed],
    figures,
  });
}

export function fromSnapshot(snapshot: Snapshot): ReplayState {
  if (snapshot.version !== 1) throw new Error("the snapshot is of another version of policy replay");
  const { subjects, erasedSubjects, notReplayed, figures } = structuredClone(snapshot);
  return {
    subjects: new Map(subjects.map(([identityHash, subject]) => [identityKey(identityHash), subject])),
    erasedSubjects: new Set(erasedSubjects.map(identityKey)),
    notReplayed: new Map(notReplayed),
    ...figures,
  };
}
