/** What goes into the next anchor transaction. Pure. */

export const BATCH_LIMITS = {
  /** 64 KiB of digests and about 4 million gas: half of what nodes relay, a quarter of EIP-7825's gas cap. */
  events: 2_000,
  /** About 50,000 gas each. */
  consentChanges: 100,
} as const;

/** How far the chain is to be told: events, and entries of the consent outbox. */
export interface Position {
  readonly size: number;
  readonly changes: number;
}

export interface BatchPlan {
  readonly to: Position;
  readonly kind: "digests" | "subtrees";
}

export interface Backlog {
  readonly from: Position;
  readonly ledgerSize: number;
  /** The event index of each outbox entry from `from.changes` on; at least limit + 1 of them if there are so many. */
  readonly changeIndexes: readonly number[];
}

/**
 * The next batch, or null when the chain knows everything.
 *
 * A consent change travels with its event. Only when a whole ledger moves to a new chain (`reanchor`: all events in
 * one transaction of subtrees), or one event brings very many, may there be more changes than fit; the rest follow in
 * transactions of their own, before any newer event.
 */
export function planBatch(
  { from, ledgerSize, changeIndexes }: Backlog,
  options: { readonly granularity: "digests" | "subtrees"; readonly reanchor: boolean },
): BatchPlan | null {
  const limit = BATCH_LIMITS.consentChanges;
  const before = (size: number) => changeIndexes.filter((index) => index < size).length;

  const overdue = Math.min(before(from.size), limit);
  if (overdue > 0) {
    return { kind: options.granularity, to: { size: from.size, changes: from.changes + overdue } };
  }
  if (from.size === ledgerSize) return null;

  if (options.reanchor) {
    return {
      kind: "subtrees",
      to: { size: ledgerSize, changes: from.changes + Math.min(before(ledgerSize), limit) },
    };
  }
  const size = Math.min(ledgerSize, from.size + BATCH_LIMITS.events, changeIndexes[limit] ?? Infinity);
  // One event may bring more changes than fit (an erasure ends every consent): it goes, and the rest follows it.
  const end = Math.max(size, from.size + 1);
  return {
    kind: options.granularity,
    to: { size: end, changes: from.changes + Math.min(before(end), limit) },
  };
}
