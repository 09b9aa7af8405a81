/** What replay remembers: plain JSON, so that a watcher can put it on disk, and a bounded amount for each subject. */
import type { Consent } from "../../domain/consent.ts";
import { NEW_COUNTER } from "../../domain/lockout.ts";
import type { GuessCounter } from "../../domain/lockout.ts";
import type { Guarded } from "../../domain/credential.ts";
import type { OpenAttempt } from "../../domain/open-attempts.ts";
import type { PolicyId } from "../../domain/policy.ts";

export interface CredentialState {
  guarded: Guarded;
  open: OpenAttempt[];
  bound: boolean;
  /** Attempts up to this number were made at an earlier PIN, or at none. */
  boundAfter: number;
  /** When the counter was last known to stand like this: nothing that follows happened before. */
  since: number;
  /** The ends of its latest locks, for refusals that reach the ledger after their lock was lifted. */
  locks: number[];
  /** Ever, for refusals likewise: by failures, or as a temporary PIN that ended. */
  wasDisabled: boolean;
  hadTemporary: boolean;
  /** Sessions that have proven the PIN that is bound now; kept only while it is a temporary one. */
  provers: string[];
}

export interface ChallengeState {
  readonly id: string;
  readonly requestedAt: number;
  readonly expiresAt: number;
  readonly grants: GrantState[];
  /** The numbers of the wrong codes that were tried on it. */
  readonly tries: number[];
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
  credentials: Partial<Record<PolicyId, CredentialState>>;
  /** Wrong codes in a row, over all challenges. */
  otpCounter: GuessCounter;
  /** Oldest first; as many as can be requested in the longest window. */
  challenges: ChallengeState[];
  /** Those that were not revoked. */
  consents: ConsentState[];
}

export const newSubject = (): SubjectState => ({
  events: 0,
  credentials: {},
  otpCounter: NEW_COUNTER,
  challenges: [],
  consents: [],
});

export function credentialOf(subject: SubjectState, policy: PolicyId): CredentialState {
  return (subject.credentials[policy] ??= {
    guarded: { counter: NEW_COUNTER, temporary: null },
    open: [],
    bound: false,
    boundAfter: 0,
    since: 0,
    locks: [],
    wasDisabled: false,
    hadTemporary: false,
    provers: [],
  });
}

/** {@link SubjectState} by identity hash, and what concerns the ledger as a whole. */
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

/** A snapshot as JSON. Its reader trusts it: a watcher keeps it where nobody else writes. */
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
    subjects: [...subjects],
    erasedSubjects: [...erasedSubjects],
    notReplayed: [...notReplayed],
    figures,
  });
}

export function fromSnapshot(snapshot: Snapshot): ReplayState {
  if (snapshot.version !== 1) throw new Error("the snapshot is of another version of policy replay");
  const { subjects, erasedSubjects, notReplayed, figures } = structuredClone(snapshot);
  return {
    subjects: new Map(subjects),
    erasedSubjects: new Set(erasedSubjects),
    notReplayed: new Map(notReplayed),
    ...figures,
  };
}
