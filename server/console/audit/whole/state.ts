/** The check of a whole ledger: it goes on while the visitor looks at other screens. */
import { signal } from "@preact/signals";
import { auditLedger } from "../../../audit/audit-ledger.ts";
import { createReplay } from "../../../audit/replay/index.ts";
import type { AuditReport } from "../../../audit/report.ts";
import { rpcAuditChain } from "../../../chain/audit-chain.ts";
import { ChainUnavailable } from "../../../ledger/index.ts";
import { SourceUnavailable } from "../../../ports/audit.ts";
import type { LedgerSource } from "../../../ports/audit.ts";
import type { TrustRoots } from "../trust/roots.ts";
import { courteous } from "./courteous.ts";

export type Run =
  | { readonly state: "running"; readonly read: number; readonly size: number | null }
  | { readonly state: "done"; readonly report: AuditReport; readonly seconds: number }
  | { readonly state: "unavailable"; readonly why: string; readonly isChain: boolean }
  | { readonly state: "broken"; readonly why: string }
  | { readonly state: "cancelled" };

export interface RunOptions {
  readonly listAll: boolean;
  readonly replay: boolean;
  readonly asOf: number | undefined;
}

/** Null until the first one. */
export const run = signal<Run | null>(null);

const MOST_FINDINGS = 100;
const SHOWN_EVERY_MS = 100;

let under: AbortController | null = null;

export function cancel(): void {
  under?.abort();
  under = null;
  run.value = { state: "cancelled" };
}

export async function check(
  source: LedgerSource,
  { rpcUrl, trust }: TrustRoots,
  options: RunOptions,
): Promise<void> {
  under?.abort();
  const mine = (under = new AbortController());
  const show = (next: Run) => {
    // What was cancelled may still be waiting for an answer; nobody waits for it.
    if (!mine.signal.aborted) run.value = next;
  };
  const startedAt = performance.now();
  let shownAt = -Infinity;
  show({ state: "running", read: 0, size: null });
  try {
    const report = await auditLedger(courteous(source, mine.signal), rpcAuditChain(rpcUrl), trust, {
      replay: options.replay ? () => createReplay() : undefined,
      limit: options.listAll ? MOST_FINDINGS : 1,
      asOf: options.asOf,
      onProgress(read, size) {
        const now = performance.now();
        if (now - shownAt < SHOWN_EVERY_MS) return;
        shownAt = now;
        show({ state: "running", read, size });
      },
    });
    show({ state: "done", report, seconds: (performance.now() - startedAt) / 1_000 });
  } catch (error) {
    const isChain = error instanceof ChainUnavailable;
    if (isChain || error instanceof SourceUnavailable)
      show({ state: "unavailable", why: error.message, isChain });
    else show({ state: "broken", why: String(error) });
  }
}
