import { Command } from "commander";
import { auditLedger } from "../../server/audit/audit-ledger.ts";
import { printable } from "../../server/audit/findings.ts";
import type { AuditOptions } from "../../server/audit/audit-ledger.ts";
import { createReplay } from "../../server/audit/replay/index.ts";
import type { AuditReport } from "../../server/audit/report.ts";
import { chainOf, fullTrust, natural, withJson, withRange, withTrust } from "./options.ts";
import type { RangeOptions, TrustOptions } from "./options.ts";
import { conclude, number, print, printFindings, printJson } from "./outcome.ts";
import { measure, progressLine } from "./progress.ts";
import { SOURCE_ARGUMENT, ledgerSource, withApiKey } from "./sources.ts";
import type { SourceOptions } from "./sources.ts";

export interface LedgerOptions extends TrustOptions, RangeOptions, SourceOptions {
  readonly json?: boolean;
  readonly clockSkew: number;
  readonly maxPending?: number;
  readonly replay: boolean;
  readonly all?: number | true;
}

/** Options of all commands that audit a ledger. */
export function withAudit(command: Command): Command {
  return withJson(withApiKey(withRange(withTrust(command))))
    .option(
      "--clock-skew <seconds>",
      "by how much the ledger's and the chain's clocks may differ",
      natural,
      300,
    )
    .option("--max-pending <events>", "how many events may not be anchored yet [any number]", natural)
    .option("--no-replay", "leave out policy replay: whether what happened was allowed to happen")
    .option("--all [most]", "do not stop at the first finding; list up to so many [100]", natural);
}

export function auditOptions(options: LedgerOptions): AuditOptions {
  return {
    fromBlock: options.fromBlock,
    asOf: options.asOf,
    confirmations: options.confirmations,
    clockSkewMs: options.clockSkew * 1_000,
    maxPending: options.maxPending,
    replay: options.replay ? () => createReplay() : undefined,
    limit: options.all === true ? 100 : (options.all ?? 1),
  };
}

export function ledgerCommand(): Command {
  return withAudit(
    new Command("ledger").description("audits a whole ledger").argument("<source>", SOURCE_ARGUMENT),
  ).action(async (source: string, options: LedgerOptions) => {
    const trust = fullTrust(options);
    const chain = chainOf(options);
    const progress = progressLine();
    const took = measure();
    const report = await auditLedger(ledgerSource(source, options), chain, trust, {
      ...auditOptions(options),
      onProgress: progress.step,
    }).finally(progress.done);
    const result = report.verified ? "verified" : "does_not_hold";
    const effort = took();
    const eventsPerSecond = Math.round(report.size / Math.max(effort.seconds, 0.001));
    if (options.json === true) {
      printJson({ command: "ledger", result, ...report, ...effort, eventsPerSecond });
    } else {
      if (report.verified) print("VERIFIED\n");
      else printFindings(report.findings);
      printReport(report);
      const memory = Math.round(effort.peakMemoryBytes / 1e6);
      print(`\n  ${number(eventsPerSecond)} events a second, ${effort.seconds} s, ${memory} MB at most`);
    }
    conclude(result);
  });
}

export function printReport(report: AuditReport): void {
  const { chain } = report;
  const rows: readonly (readonly [string, string])[] = [
    ["ledger", printable(report.ledgerId ?? "unknown")],
    [
      "checked",
      `${number(report.size)} events of ${number(report.subjects)} subjects, ${number(report.erased)} erased`,
    ],
    ["root", report.root],
    ["from, to", `${report.firstTimestamp ?? "-"}, ${report.lastTimestamp ?? "-"}`],
    ["anchored", `${number(report.anchoredSize)} events, as of block ${chain.block}`],
    [
      "pending",
      report.pending === 0 ? "none" : `${number(report.pending)} events that the chain does not have yet`,
    ],
    ["consents", consents(report)],
    ["replayed", replayed(report)],
    ["contract", `${chain.contract}, code ${chain.codeHash}`],
  ];
  print();
  for (const [name, value] of rows) print(`  ${name.padEnd(10)} ${value}`);
}

function consents({ consentChanges, consentChangesOfErased }: AuditReport): string {
  const erased =
    consentChangesOfErased === 0 ? "" : `, but for ${number(consentChangesOfErased)} whose events are erased`;
  return `${number(consentChanges)} changes, on the chain as the events tell them${erased}`;
}

function replayed({ replay }: AuditReport): string {
  if (replay === null) return "not asked for";
  const unknown = Object.entries(replay.notReplayed).map(
    ([name, count]) => `${number(count)} ${printable(name)}`,
  );
  const left = unknown.length === 0 ? "" : `; no rule for ${unknown.join(", ")}`;
  return `${number(replay.replayed)} events against the policies${left}`;
}
