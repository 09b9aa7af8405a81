/** What becomes of append, inclusion proof, receipt and start-up when the ledger grows. */
import { randomBytes } from "node:crypto";
import { copyFileSync, statSync, statfsSync } from "node:fs";
import { join } from "node:path";
import { CouldNotRun, progress } from "../campaign/command.ts";
import { seededRandom } from "../campaign/random.ts";
import { mean, quantile } from "../campaign/statistics.ts";
import { OPERATIONS, measureLedger } from "./growth-measure.ts";
import type { Measured, Operation } from "./growth-measure.ts";
import { openLedger } from "./ledger-under-test.ts";
import type { Part, Target } from "./part.ts";
import { seedLedger } from "./seed-ledger.ts";
import { number, ratios, spread } from "./spread.ts";
import { lineChart } from "./svg.ts";
import type { Series } from "./svg.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const LARGEST = 10_000_000;
const BYTES_PER_EVENT = 1_400;
const BASE = 10_000;
const TARGET = 2;
const TELL_EACH = 500_000;

interface At {
  readonly size: number;
  readonly bytes: number;
  readonly rounds: Readonly<Record<Operation, Measured>>[];
}

export const growth: Part = async ({ quick, full, seed }, scope) => {
  const sizes = [1_000, BASE, 100_000, ...(quick ? [] : [1_000_000]), ...(full ? [LARGEST] : [])];
  const rounds = quick ? 1 : 4;
  const paths = await seeded(temporaryFolder(scope), sizes);
  const random = seededRandom(seed);
  const found = sizes.map((size): At => ({ size, bytes: statSync(paths.get(size) ?? "").size, rounds: [] }));
  // The first round has code loaded and compiled, and does not count.
  for (let round = 0; round <= rounds; round++) {
    for (const at of found) {
      const path = paths.get(at.size) ?? "";
      const measured = await measureLedger(path, { size: at.size, random, randomBytes: bytes });
      if (round > 0) at.rounds.push(measured);
      progress(`  ${round === 0 ? "warm-up" : `round ${round} of ${rounds}`}: ${number(at.size)} events`);
    }
  }

  const base = found.find((at) => at.size === BASE) as At;
  const last = found.at(-1) as At;
  const times = (name: Operation) => found.map((at) => number(time(at, name)));
  return {
    title: "Growth",
    method:
      "One SQLite file, filled around the service with events as it would have written them (20 events a subject, a batch " +
      "for every 50 events), and a copy of it kept at each size; the sizes take turns, each opened anew. Append: as in " +
      "`append`, one after the other, through a full tile. Proof: of random events at random sizes within the last 256. Receipt: of random " +
      "events by id, signed checkpoint included. Start-up: everything from opening the database until the service could " +
      "listen, on a fresh embedded chain, whose own start is most of it. Reads are SQL statements and the rows they " +
      "returned, counted in better-sqlite3.",
    sections: [
      {
        heading: "Time, median, ms",
        rows: [
          [
            "",
            ...found.map(({ size }) => `${number(size)} events`),
            `${number(last.size)} to ${number(BASE)}`,
          ],
          ...OPERATIONS.map((name) => [name, ...times(name), number(factor(name, base, last))]),
        ],
      },
      {
        heading: "SQL statements / rows, mean of each",
        rows: [
          ["", ...found.map(({ size }) => `${number(size)} events`)],
          ...OPERATIONS.map((name) => [
            name,
            ...found.map((at) => {
              const { statements, rows } = reads(at, name);
              return `${number(statements)} / ${number(rows)}`;
            }),
          ]),
        ],
      },
      {
        heading: "Database",
        rows: [
          ["", ...found.map(({ size }) => `${number(size)} events`)],
          ["MB", ...found.map(({ bytes }) => number(Math.round(bytes / 1e5) / 10))],
          ["bytes per event", ...found.map(({ bytes, size }) => number(Math.round(bytes / size)))],
        ],
      },
    ],
    targets: targets(base, last),
    plots: [
      {
        name: "growth",
        svg: lineChart(
          "Growth",
          { x: "events in the ledger", y: "ms, median" },
          OPERATIONS.map((name): Series => ({
            name,
            points: found.map((at) => [at.size, time(at, name)] as const),
          })),
        ),
      },
    ],
    figures: found.map((at) => ({
      size: at.size,
      bytes: at.bytes,
      operations: Object.fromEntries(
        OPERATIONS.map((name) => [
          name,
          { ...reads(at, name), p50: time(at, name), p99: time(at, name, 0.99) },
        ]),
      ),
    })),
  };
};

const time = (at: At, name: Operation, q = 0.5) =>
  quantile(
    at.rounds.flatMap((round) => round[name].ms),
    q,
  );

/** Median over the rounds, because what disturbs the machine disturbs both of one round. */
const factor = (name: Operation, base: At, last: At) =>
  spread(
    ratios(
      last.rounds.map((round) => quantile(round[name].ms, 0.5)),
      base.rounds.map((round) => quantile(round[name].ms, 0.5)),
    ),
  ).median;

const reads = (at: At, name: Operation) => ({
  statements: mean(at.rounds.map((round) => round[name].statements)),
  rows: mean(at.rounds.map((round) => round[name].rows)),
});

/** One file for each size, the largest being the one that grew through all of them. */
async function seeded(folder: string, sizes: readonly number[]): Promise<Map<number, string>> {
  const growing = join(folder, "growing.db");
  const { bavail, bsize } = statfsSync(folder);
  if (bavail * bsize < Math.max(...sizes) * BYTES_PER_EVENT * 1.5) {
    throw new CouldNotRun(`not enough room in ${folder} (TMPDIR chooses another folder)`);
  }
  // The schema, and the ledger's row.
  await (
    await openLedger(`sqlite:${growing}`, { newLedgerId: crypto.randomUUID(), randomBytes: bytes })
  ).close();
  const paths = new Map<number, string>();
  for (const size of sizes) {
    const startedAt = performance.now();
    let told = 0;
    await seedLedger(growing, size, (done) => {
      if (done - told < TELL_EACH) return;
      progress(`  ${number(done)} events written`);
      told = done;
    });
    progress(`  ${number(size)} events after ${Math.round((performance.now() - startedAt) / 1000)} s`);
    const last = size === sizes.at(-1);
    const path = last ? growing : join(folder, `${size}.db`);
    if (!last) copyFileSync(growing, path);
    paths.set(size, path);
  }
  return paths;
}

const bytes = (length: number) => new Uint8Array(randomBytes(length));

function targets(base: At, last: At): Target[] {
  return (["append", "inclusion proof"] as const).map((name) => {
    const times = factor(name, base, last);
    return {
      promise: `${name} at ${number(last.size)} events: at most ${TARGET} × that at ${number(BASE)}`,
      measured:
        `${number(times)} × (${number(time(base, name))} → ${number(time(last, name))} ms, ` +
        `${number(reads(base, name).statements)} → ${number(reads(last, name).statements)} statements)`,
      met: times <= TARGET,
    };
  });
}
