import type { OpenLedger } from "../ports/audit.ts";
import type { ChainFollower } from "./chain-follower.ts";
import type { ChainView } from "./chain-view.ts";
import type { Finding } from "./findings.ts";
import type { AuditMemory, Pending } from "./reading.ts";
import type { ReplaySummary } from "./replay/index.ts";

/** What an audit came to. */
export interface AuditReport {
  /** Everything was read, and nothing speaks against it. */
  readonly verified: boolean;
  readonly findings: readonly Finding[];
  readonly ledgerId: string | null;
  /** Events that were checked, and the root over them. */
  readonly size: number;
  readonly root: string;
  /** Of these, how many the chain carries, in how many anchors. */
  readonly anchoredSize: number;
  readonly anchors: number;
  /** Events that the source has and the chain has not yet: nobody but the operator vouches for them. */
  readonly pending: number;
  readonly erased: number;
  /** Consent changes on the chain that events account for; and how many of these events are empty. */
  readonly consentChanges: number;
  readonly consentChangesOfErased: number;
  readonly subjects: number;
  readonly firstTimestamp: string | null;
  readonly lastTimestamp: string | null;
  /** What policy replay went through; null where it was left out. */
  readonly replay: ReplaySummary | null;
  readonly chain: {
    readonly contract: string;
    readonly codeHash: string;
    readonly block: number;
  };
}

export function reportOf(
  memory: AuditMemory,
  read: {
    readonly view: ChainView;
    readonly ledger: OpenLedger | null;
    readonly pending: Pending | null;
    readonly follower?: ChainFollower;
  },
): AuditReport {
  const { view, ledger, pending, follower } = read;
  const findings = memory.findings.list;
  const tree = pending?.tree ?? memory.tree;
  const anchoredSize = Math.max(follower?.anchoredSize ?? 0, view.size ?? 0);
  return {
    verified: findings.length === 0 && pending !== null,
    findings,
    ledgerId: ledger?.ledgerId ?? null,
    size: tree.size,
    root: tree.root(),
    anchoredSize,
    anchors: follower?.anchors ?? 0,
    pending: Math.max(0, (ledger?.size ?? 0) - anchoredSize),
    erased: memory.subjects.emptied,
    consentChanges: memory.consents.accounted,
    consentChangesOfErased: memory.consents.accountedByEmpty,
    subjects: memory.subjects.count,
    firstTimestamp: memory.firstTimestamp,
    lastTimestamp: memory.lastTimestamp,
    replay: memory.replay?.summary() ?? null,
    chain: { contract: view.contract, codeHash: view.codeHash, block: view.block },
  };
}
