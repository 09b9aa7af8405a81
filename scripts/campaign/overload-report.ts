/** What was measured under overload, against what was promised. */
import type { HealthChecks } from "./health-watch.ts";
import type { Flood } from "./load.ts";
import { quantile } from "./statistics.ts";
import { ms, table, verdict } from "./table.ts";

interface Memory {
  readonly resident: number;
  readonly peak: number;
}

export interface Measured {
  readonly capacity: number;
  readonly seconds: number;
  readonly result: Flood;
  readonly checks: HealthChecks;
  readonly memory: { readonly idle: Memory | null; readonly loaded: Memory | null };
  readonly ended: string | null;
  readonly recovered: boolean;
  readonly generatorLagMs: number;
}

export const TARGETS = { residentMiB: 1024, refusedP99: 50, healthP99: 25 };

/** Prints both. @returns whether everything holds */
export function report(measured: Measured): boolean {
  const { result, checks, memory, generatorLagMs } = measured;
  const served = result.replies.filter(({ status }) => status === 200 || status === 202);
  const refused = result.replies.filter(({ status }) => status === 503);
  const others = result.replies.filter((reply) => !served.includes(reply) && !refused.includes(reply));
  const silent = refused.filter(({ headers }) => !/^[1-9]\d*$/.test(headers["retry-after"] ?? ""));
  const latency = (replies: Flood["replies"], q: number) =>
    quantile(
      replies.map((reply) => reply.ms),
      q,
    );
  const perSecond = (count: number, seconds: number) => `${(count / seconds).toFixed(1)}/s`;
  const mebibytes = (bytes: number | undefined) =>
    bytes === undefined ? "-" : `${Math.round(bytes / 2 ** 20)} MiB`;

  process.stdout.write(
    "\n" +
      table([
        ["capacity", `${measured.capacity.toFixed(1)}/s`],
        ["offered", String(result.offered), perSecond(result.offered, measured.seconds)],
        ["goodput", String(served.length), perSecond(served.length, result.seconds)],
        ["refused", String(refused.length), perSecond(refused.length, measured.seconds)],
      ]) +
      "\n" +
      table([
        ["", "p50", "p99", "max"],
        ["served", ...[0.5, 0.99, 1].map((q) => ms(latency(served, q)))],
        ["refused", ...[0.5, 0.99, 1].map((q) => ms(latency(refused, q)))],
        ["health checks", ...[0.5, 0.99, 1].map((q) => ms(quantile(checks.latencies, q)))],
        ["requests sent late", ...[0.5, 0.99, 1].map((q) => ms(quantile(result.lateness, q)))],
      ]) +
      "\n" +
      table([
        ["memory before", mebibytes(memory.idle?.resident)],
        ["memory at its peak", mebibytes(memory.loaded?.peak)],
        ["event loop delay p99, generator", ms(generatorLagMs)],
        ["event loop delay p99, health checks", ms(checks.ownLagMs)],
      ]) +
      "\n",
  );

  const promises: [string, boolean][] = [
    ["no crash, and it serves again afterwards", measured.ended === null && measured.recovered],
    [
      `every request was answered, with 200, 202 or 503 (${tally(others, result.broken)})`,
      others.length + result.broken.length === 0,
    ],
    [
      `memory under ${TARGETS.residentMiB} MiB`,
      (memory.loaded?.peak ?? Infinity) < TARGETS.residentMiB * 2 ** 20,
    ],
    [
      `refusals under ${TARGETS.refusedP99} ms at p99`,
      refused.length > 0 && latency(refused, 0.99) < TARGETS.refusedP99,
    ],
    ["every refusal says Retry-After", silent.length === 0],
    [
      `health checks under ${TARGETS.healthP99} ms at p99, none failed`,
      checks.failed === 0 && quantile(checks.latencies, 0.99) < TARGETS.healthP99,
    ],
  ];
  process.stdout.write(table(promises.map(([promise, holds]) => [promise, verdict(holds)])) + "\n");
  return promises.every(([, holds]) => holds);
}

function tally(others: Flood["replies"], broken: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const what of [...others.map(({ status }) => String(status)), ...broken])
    counts.set(what, (counts.get(what) ?? 0) + 1);
  return counts.size === 0 ? "no others" : [...counts].map(([what, n]) => `${n} × ${what}`).join(", ");
}
