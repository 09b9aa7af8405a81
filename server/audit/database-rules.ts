import type { EventPayload } from "../ledger/index.ts";
import type { OpenLedger, StatedEvent } from "../ports/audit.ts";
import type { Anchor } from "./anchor-feed.ts";
import { BatchRules } from "./batch-rules.ts";
import { ColumnRules } from "./column-rules.ts";
import type { Findings } from "./findings.ts";
import type { LedgerTree, NodeListener } from "./ledger-tree.ts";
import { TileRules } from "./tile-rules.ts";

/** What holds of a ledger in a database beyond what holds of an export; without a database, nothing. */
export interface DatabaseRules {
  readonly listeners: readonly NodeListener[];
  /** Before the first event. */
  begin(tree: LedgerTree): Promise<void>;
  columns(stated: StatedEvent, event: EventPayload | null): void;
  appended(tree: LedgerTree, anchor: Anchor | null): Promise<void>;
  end(tree: LedgerTree, anchoredSize: number): Promise<void>;
}

export const NO_DATABASE: DatabaseRules = {
  listeners: [],
  async begin() {},
  columns() {},
  async appended() {},
  async end() {},
};

export function databaseRules({ inside }: OpenLedger, findings: Findings): DatabaseRules {
  if (inside === null) return NO_DATABASE;
  const tiles = new TileRules(inside, findings);
  const batches = new BatchRules(inside, findings);
  const columns = new ColumnRules(findings);
  return {
    listeners: [tiles.onNode],
    begin: (tree) => batches.check(tree, null),
    columns(stated, event) {
      if (stated.columns !== undefined) columns.check(stated.columns, event, stated.index);
    },
    async appended(tree, anchor) {
      await tiles.checkFull();
      await batches.check(tree, anchor);
    },
    async end(tree, anchoredSize) {
      columns.end(tree.size, inside.lastTimestamp);
      batches.end(tree.size, anchoredSize);
      await tiles.end();
    },
  };
}
