/** What the next anchor transaction carries, read from the ledger as it stands. */
import { BATCH_LIMITS, planBatch } from "../domain/batching.ts";
import type { BatchPlan, Position } from "../domain/batching.ts";
import { subtreesBetween } from "../ledger/index.ts";
import type { AnchorCall, Epoch, NewBatch, Reads } from "../ports.ts";
import { frontierAt, nodeHashes, rootAt } from "./tree.ts";

export interface PlannedAnchor {
  readonly call: AnchorCall;
  readonly span: Pick<NewBatch, "epoch" | "fromSize" | "toSize" | "fromChange" | "toChange" | "root">;
}

/** The next batch of the epoch, or null when the chain knows everything. */
export async function planAnchor(
  reads: Reads,
  epoch: Pick<Epoch, "number">,
  granularity: "digests" | "subtrees",
): Promise<PlannedAnchor | null> {
  const last = await reads.anchors.last(epoch.number);
  const from: Position =
    last === null ? { size: 0, changes: 0 } : { size: last.toSize, changes: last.toChange };
  // The head before the changes: whatever event lies below this size, its changes are visible too.
  const { size: ledgerSize } = await reads.events.head();
  const changes = await reads.consents.changes(from.changes, BATCH_LIMITS.consentChanges + 1);
  const plan = planBatch(
    { from, ledgerSize, changeIndexes: changes.map((queued) => queued.eventIndex) },
    { granularity, reanchor: last === null && epoch.number > 1 },
  );
  if (plan === null) return null;
  return {
    call: {
      expectedSize: from.size,
      frontier: plan.to.size === from.size ? [] : await frontierAt(reads, from.size),
      leaves: await leavesOf(reads, from.size, plan),
      consentChanges: changes.slice(0, plan.to.changes - from.changes).map((queued) => queued.change),
    },
    span: {
      epoch: epoch.number,
      fromSize: from.size,
      toSize: plan.to.size,
      fromChange: from.changes,
      toChange: plan.to.changes,
      root: await rootAt(reads, plan.to.size),
    },
  };
}

async function leavesOf(reads: Reads, from: number, { kind, to }: BatchPlan): Promise<AnchorCall["leaves"]> {
  if (kind === "digests") return { kind, digests: await reads.events.digests(from, to.size) };
  const subtrees = subtreesBetween(from, to.size);
  const hashes = await nodeHashes(reads, subtrees, to.size);
  const nodes = subtrees.map(({ level }, i) => ({ level, hash: hashes[i] as Uint8Array }));
  return { kind, nodes };
}

/**
 * A call is bound to one state of the tree, so later it costs what it costs now, or reverts early. The margin is for the
 * block that mines it under other rules than the node that estimated; after a transaction ran out of gas, there is more.
 */
export const gasLimitFor = (estimate: bigint, failures = 0): bigint =>
  (estimate * BigInt(110 + 50 * failures)) / 100n;
