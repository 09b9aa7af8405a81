/**
 * `npm run audit-scale`: does an audit take time in proportion to the ledger, and the same memory at any size?
 *
 * Each audit is a process of its own, as an auditor runs it; the chain and the ledger are in this one.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { CouldNotRun, command, progress } from "./command.ts";
import { growingLedger } from "./growing-ledger.ts";
import { table, verdict } from "./table.ts";

const USAGE = `Usage: npm run audit-scale [-- options]

Writes a ledger, anchors it on an embedded chain, and audits it at several sizes: from the database and from an export.
Holds if every audit verifies, needs less than the memory given, and at the largest size checks at least half as many
events a second as at the smallest.

  --sizes N,N,…     events [50000,100000,200000]
  --memory MB       the most that an audit may need [200]
  --replay          with policy replay, whose memory grows with the subjects
  --consents        every fourth event gives a consent (which no code proves: not with --replay)

Exit code 0: holds, 1: does not, 2: could not be measured.
`;

const AUDIT = new URL("../audit.ts", import.meta.url).pathname;
/** As `npm run audit` has them. */
const FLAGS = ["--optimize-for-size", "--max-semi-space-size=1"];
const VARIABLES = { MALLOC_ARENA_MAX: "1" };

interface Audited {
  readonly result: string;
  readonly size: number;
  readonly subjects: number;
  readonly seconds: number;
  readonly eventsPerSecond: number;
  readonly peakMemoryBytes: number;
}

await command({
  usage: USAGE,
  options: {
    sizes: { type: "string", default: "50000,100000,200000" },
    memory: { type: "string", default: "200" },
    replay: { type: "boolean", default: false },
    consents: { type: "boolean", default: false },
  },
  async run(values, scope) {
    const sizes = String(values.sizes).split(",").map(Number);
    if (!sizes.every((size, i) => Number.isSafeInteger(size) && size > (sizes[i - 1] ?? 0))) {
      throw new CouldNotRun("--sizes: expected growing numbers. See --help.");
    }
    const consents = values.consents === true;
    if (consents && values.replay === true)
      throw new CouldNotRun("--consents and --replay exclude each other.");
    const folder = mkdtempSync(join(tmpdir(), "audit-scale-"));
    scope.defer(() => rmSync(folder, { recursive: true, force: true }));
    const [database, exported] = [join(folder, "ledger.db"), join(folder, "ledger.ndjson")];
    const ledger = await growingLedger(database, scope, { consents });
    const trust = join(folder, "trust.json");
    writeFileSync(trust, JSON.stringify(ledger.trust));
    const flags = [
      "--trust",
      trust,
      "--rpc",
      ledger.rpcUrl,
      "--json",
      ...(values.replay === true ? [] : ["--no-replay"]),
    ];

    const rows: { readonly source: string; readonly audited: Audited }[] = [];
    for (const size of sizes) {
      await ledger.growTo(size, (reached) => {
        if (reached % 10_000 === 0) progress(`written: ${reached} of ${size}`);
      });
      await ledger.exportTo(exported);
      for (const [source, from] of [
        ["database", `sqlite:${database}`],
        ["export", exported],
      ] as const) {
        progress(`auditing ${size} events from the ${source}`);
        rows.push({ source, audited: await audit([from, ...flags]) });
      }
    }
    return report(rows, Number(values.memory));
  },
});

async function audit(args: readonly string[]): Promise<Audited> {
  const child = spawn(process.execPath, [...FLAGS, AUDIT, "ledger", ...args], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, ...VARIABLES },
  });
  const output = await text(child.stdout);
  try {
    return JSON.parse(output) as Audited;
  } catch {
    throw new CouldNotRun(`the audit said nothing that could be read: ${output.slice(0, 500)}`);
  }
}

function report(
  rows: readonly { readonly source: string; readonly audited: Audited }[],
  memory: number,
): boolean {
  const megabytes = ({ peakMemoryBytes }: Audited) => peakMemoryBytes / 1e6;
  process.stdout.write(
    table([
      ["source", "events", "subjects", "seconds", "events/s", "peak memory", "result"],
      ...rows.map(({ source, audited }) => [
        source,
        String(audited.size),
        String(audited.subjects),
        audited.seconds.toFixed(1),
        String(audited.eventsPerSecond),
        `${megabytes(audited).toFixed(0)} MB`,
        audited.result,
      ]),
    ]),
  );
  const verified = rows.every(({ audited }) => audited.result === "verified");
  const flat = rows.every(({ audited }) => megabytes(audited) < memory);
  const linear = ["database", "export"].every((source) => {
    const rates = rows.filter((row) => row.source === source).map(({ audited }) => audited.eventsPerSecond);
    return (rates.at(-1) ?? 0) >= (rates[0] ?? 0) / 2;
  });
  process.stdout.write(`\n  every audit verifies: ${verdict(verified)}\n`);
  process.stdout.write(`  memory below ${memory} MB: ${verdict(flat)}\n`);
  process.stdout.write(`  time in proportion to size: ${verdict(linear)}\n`);
  return verified && flat && linear;
}
