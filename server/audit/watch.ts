import { EMPTY_FRONTIER, ChainUnavailable, root, toHex } from "../ledger/index.ts";
import { SourceUnavailable } from "../ports/audit.ts";
import type { AuditChain, LedgerSource } from "../ports/audit.ts";
import { LedgerAudit } from "./audit-ledger.ts";
import type { AuditOptions, Milestone } from "./audit-ledger.ts";
import type { AuditReport } from "./report.ts";
import type { AuditTrust } from "./trust.ts";

/** What the watcher knows to be true, from one run to the next: no more than this, so that there is little to lose. */
export interface WatchState extends Milestone {
  readonly format: typeof WATCH_FORMAT;
  /** Of the trust roots it was verified under: a state of another ledger must not be taken for one of this. */
  readonly chainId: number;
  readonly contract: string;
  readonly ledgerKey: string;
  readonly block: number;
  readonly lastTimestamp: string | null;
}

export const WATCH_FORMAT = "identity-ledger/watch/v1";

/** Where the last verified state is kept. */
export interface WatchMemory {
  load(): Promise<WatchState | null>;
  /** All or nothing, and durable when it resolves. */
  save(state: WatchState): Promise<void>;
}

export interface WatchOptions extends AuditOptions {
  readonly once: boolean;
  /** Resolves when the next round is due; false when the watcher is to stop. */
  readonly pause: () => Promise<boolean>;
  readonly onRound: (report: AuditReport) => void;
  /** A round could not be made; the next one is tried. */
  readonly onUnavailable: (error: Error) => void;
}

export class WatchStateMismatch extends Error {}

/**
 * Follows a ledger until something does not hold, and returns that report.
 *
 * The first round reads all there is, and must come through the state that the last run left behind: who rolls the
 * ledger back or rewrites it while nobody watches is found by the next run. Later rounds read what is new. The state
 * moves on only after a round was complete and found nothing; a crash at any moment leaves an older true one behind.
 */
export async function watchLedger(
  source: LedgerSource,
  chain: AuditChain,
  trust: AuditTrust,
  memory: WatchMemory,
  options: WatchOptions,
): Promise<AuditReport | null> {
  let milestone: Milestone = checkState(await memory.load(), trust) ?? EMPTY;
  let audit: LedgerAudit | null = null;
  let report: AuditReport | null = null;
  do {
    audit ??= new LedgerAudit(source, chain, trust, options);
    try {
      report = await audit.round("anchored", milestone);
    } catch (error) {
      if (!(error instanceof ChainUnavailable || error instanceof SourceUnavailable)) throw error;
      if (options.once) throw error;
      options.onUnavailable(error);
      // It stopped in the midst of something: what it remembers is not of one moment.
      audit = null;
      continue;
    }
    options.onRound(report);
    if (!report.verified) return report;
    const { size, root: reached } = audit.state();
    milestone = { size, root: reached };
    await memory.save({
      format: WATCH_FORMAT,
      chainId: trust.chainId,
      contract: trust.contract,
      ledgerKey: trust.ledgerKey,
      ...milestone,
      block: report.chain.block,
      lastTimestamp: report.lastTimestamp,
    });
  } while (!options.once && (await options.pause()));
  return report;
}

const EMPTY: Milestone = { size: 0, root: toHex(root(EMPTY_FRONTIER)) };

function checkState(state: WatchState | null, trust: AuditTrust): WatchState | null {
  if (state === null) return null;
  for (const field of ["chainId", "contract", "ledgerKey"] as const) {
    if (state[field] === trust[field]) continue;
    throw new WatchStateMismatch(
      `the kept state was verified with another ${field} (${state[field]}, not ${trust[field]}); ` +
        "keep the states of different ledgers apart, with --state",
    );
  }
  return state;
}
