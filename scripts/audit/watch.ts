import { setTimeout as sleep } from "node:timers/promises";
import { Command } from "commander";
import { watchLedger } from "../../server/audit/watch.ts";
import type { AuditReport } from "../../server/audit/report.ts";
import { auditOptions, printReport, withAudit } from "./ledger.ts";
import type { LedgerOptions } from "./ledger.ts";
import { chainOf, fullTrust, natural } from "./options.ts";
import { conclude, explain, number, print, printFindings, printJson } from "./outcome.ts";
import { progressLine } from "./progress.ts";
import { stateFile } from "./state-file.ts";
import { SOURCE_ARGUMENT, ledgerSource } from "./sources.ts";

interface WatchCommandOptions extends LedgerOptions {
  readonly state: string;
  readonly every: number;
  readonly once?: boolean;
}

export function watchCommand(): Command {
  return withAudit(
    new Command("watch")
      .description("follows a ledger, and exits 1 at the first thing that does not hold")
      .argument("<source>", SOURCE_ARGUMENT)
      .option("--state <file>", "the last verified state", "audit-state.json")
      .option("--every <seconds>", "between two rounds", natural, 60)
      .option("--once", "one round, through what was verified last (for cron)"),
  ).action(async (source: string, options: WatchCommandOptions) => {
    const trust = fullTrust(options);
    const chain = chainOf(options);
    const stopping = new AbortController();
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stopping.abort());
    const progress = progressLine();
    const report = await watchLedger(ledgerSource(source, options), chain, trust, stateFile(options.state), {
      ...auditOptions(options),
      once: options.once === true,
      onProgress: progress.step,
      pause: () => pause(options.every * 1_000, stopping.signal),
      onRound(round) {
        progress.done();
        tell(round, options.json === true);
      },
      onUnavailable: (error) => void process.stderr.write(`${now()}  not checked: ${explain(error)}\n`),
    }).finally(progress.done);
    conclude(report === null ? "could_not_check" : report.verified ? "verified" : "does_not_hold");
  });
}

function tell(report: AuditReport, json: boolean): void {
  const result = report.verified ? "verified" : "does_not_hold";
  if (json) {
    printJson({ command: "watch", at: now(), result, ...report });
  } else if (report.verified) {
    const { anchoredSize, pending, chain } = report;
    print(
      `${now()}  verified ${number(anchoredSize)} events at block ${chain.block}, ${number(pending)} pending`,
    );
  } else {
    printFindings(report.findings);
    printReport(report);
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<boolean> {
  try {
    await sleep(ms, undefined, { signal });
    return true;
  } catch {
    return false;
  }
}

const now = (): string => new Date().toISOString();
