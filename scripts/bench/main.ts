/** `npm run bench`: how far are we from the limit, and from what people would pick instead? */
import { CouldNotRun, command, nested, numberOption, progress } from "../campaign/command.ts";
import type { Scope } from "../campaign/command.ts";
import { newSeed } from "../campaign/random.ts";
import { table } from "../campaign/table.ts";
import { append } from "./append.ts";
import { cost } from "./cost.ts";
import { gas } from "./gas.ts";
import { growth } from "./growth.ts";
import { overload } from "./overload.ts";
import type { Part, Settings } from "./part.ts";
import { targetRows, writeReport } from "./report.ts";
import type { Outcome } from "./report.ts";
import { verify } from "./verify.ts";

const PARTS: Readonly<Record<string, Part>> = { verify, cost, append, gas, growth, overload };

const USAGE = `Usage: npm run bench [-- PART… options]

Measures this service against its own limits and against the alternatives, in turns, on this machine.

  verify    verifications a second, against the bare hasher and a server as seed 002 describes it
  cost      what an operation costs us beside the hash and the block, and where it goes
  append    ledger appends a second, on SQLite and PostgreSQL, against bare inserts
  gas       gas per event, against EAS and a contract that stores each digest
  growth    append, proof, receipt and start-up from a thousand events on
  overload  goodput at 0.5 to 10 times the capacity
  all       all of these [the default]

  --quick      short and rough: to see that it works
  --full       growth up to ten million events (12 GB of temporary files)
  --out DIR    where results.json, results.md and the plots go [bench-results]
  --seed N     arrival times, phone numbers, sizes and indexes [random]

Exit code 0: all targets met, 1: at least one missed, 2: something could not be measured.
`;

await command({
  usage: USAGE,
  words: true,
  options: {
    quick: { type: "boolean", default: false },
    full: { type: "boolean", default: false },
    out: { type: "string", default: "bench-results" },
    seed: { type: "string", default: String(newSeed()) },
  },
  async run(values, scope, words) {
    const names = chosen(words);
    const settings: Settings = {
      quick: values.quick === true,
      full: values.full === true,
      seed: numberOption(values, "seed", 0, 2 ** 32 - 1),
    };
    const startedAt = new Date();
    const outcomes: Outcome[] = [];
    for (const [i, name] of names.entries()) {
      progress(`\n[${i + 1}/${names.length}] ${name}`);
      outcomes.push(await measured(name, settings, scope));
      // After each part, because the next may take long, and may be interrupted.
      writeReport(String(values.out), { startedAt, quick: settings.quick, seed: settings.seed, outcomes });
    }
    const targets = outcomes.flatMap((outcome) => ("result" in outcome ? outcome.result.targets : []));
    process.stdout.write(`\n${table(targetRows(targets).map((row) => row.map(plain)))}\n`);
    progress(`results in ${String(values.out)}/results.md`);
    const missing = outcomes.filter((outcome) => "reason" in outcome);
    if (missing.length > 0)
      throw new CouldNotRun(`not measured: ${missing.map(({ part }) => part).join(", ")}`);
    return targets.every(({ met }) => met);
  },
});

function chosen(words: readonly string[]): string[] {
  if (words.length === 0 || words.includes("all")) return Object.keys(PARTS);
  const unknown = words.find((word) => !(word in PARTS));
  if (unknown !== undefined) throw new CouldNotRun(`There is no part "${unknown}". See --help.`);
  return [...new Set(words)];
}

/** One part that breaks down does not take the others with it. */
async function measured(name: string, settings: Settings, outer: Scope): Promise<Outcome> {
  const startedAt = performance.now();
  const seconds = () => Math.round((performance.now() - startedAt) / 1000);
  const scope = nested(outer);
  try {
    const result = await (PARTS[name] as Part)(settings, scope);
    return { part: name, seconds: seconds(), result };
  } catch (error) {
    // It broke down because what it measured was taken away: nothing more may be started.
    if (scope.released()) throw error;
    const reason = error instanceof CouldNotRun ? error.message : String((error as Error).stack ?? error);
    progress(`  not measured: ${reason}`);
    return { part: name, seconds: seconds(), reason };
  } finally {
    await scope.release();
  }
}

function plain(cell: string): string {
  return cell.replaceAll("**", "");
}
