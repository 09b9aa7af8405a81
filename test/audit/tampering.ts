/** A real ledger of 1,000 events, and whatever somebody with its database in hand may do to it. */
import Database from "better-sqlite3";
import { auditLedger } from "../../server/audit/audit-ledger.ts";
import type { AuditReport } from "../../server/audit/report.ts";
import { rpcAuditChain } from "../../server/chain/audit-chain.ts";
import type { AnchorLog, LedgerSource } from "../../server/ports/audit.ts";
import { MUTATIONS } from "./mutations.ts";
import type { Mutated } from "./mutations.ts";
import type { Random } from "./random.ts";
import { realLedger } from "./real-ledger.ts";
import { rememberedChain } from "./remembered-chain.ts";
import { memorySource, readRows } from "./rows.ts";
import type { Rows } from "./rows.ts";

export const KINDS = Object.keys(MUTATIONS);

export interface Tampering {
  readonly path: string;
  readonly rows: Rows;
  tamper(kind: string): Mutated;
  audit(source: LedgerSource): Promise<AuditReport>;
  /** Tampers once, in memory. What the audit did not find, or not at the right event; null if it did. */
  missed(kind: string): Promise<string | null>;
  close(): Promise<void>;
}

export async function tampering(random: Random): Promise<Tampering> {
  const ledger = await realLedger({ random, subjects: 60 });
  const older: Rows[] = [];
  for (const [count, granularity] of [
    [350, "digests"],
    [1, "digests"],
    [260, "subtrees"],
    [380, "digests"],
    [9, "digests"],
  ] as const) {
    await ledger.append(count, { erasures: 4 });
    await ledger.anchor(granularity);
    older.push(readRows(ledger.path));
  }
  const rows = older.pop()!;
  new Database(ledger.path).pragma("wal_checkpoint(truncate)");
  const chain = rememberedChain(rpcAuditChain(ledger.rpcUrl));
  const anchors: AnchorLog[] = [];
  for await (const page of chain.anchors(ledger.trust.contract, 0, await chain.blockNumber())) {
    anchors.push(...page);
  }
  const tamper = (kind: string) => MUTATIONS[kind]!(rows, random, { anchors, older });
  const audit = (source: LedgerSource) => auditLedger(source, chain, ledger.trust);
  return {
    path: ledger.path,
    rows,
    tamper,
    audit,
    async missed(kind) {
      const { rows: tampered, right, what } = tamper(kind);
      const { verified, findings } = await audit(memorySource(tampered));
      if (!verified && findings.length === 1 && right(findings[0]!.index)) return null;
      return `${kind}, ${what}: ${JSON.stringify(findings)}`;
    },
    close: () => ledger.close(),
  };
}
