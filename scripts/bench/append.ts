/** Ledger appends a second, without hashing PINs: ours and bare inserts, on SQLite and on PostgreSQL. */
import { randomBytes, randomUUID } from "node:crypto";
import { join } from "node:path";
import { startPostgres } from "../../test/helpers/postgres-server.ts";
import { progress } from "../campaign/command.ts";
import type { Scope } from "../campaign/command.ts";
import { quantile } from "../campaign/statistics.ts";
import { bareOnPostgres, bareOnSqlite } from "./bare-inserts.ts";
import { interleave } from "./interleave.ts";
import type { Contender } from "./interleave.ts";
import { openLedger } from "./ledger-under-test.ts";
import type { Part } from "./part.ts";
import { number, ratios, show, spread } from "./spread.ts";
import { barChart } from "./svg.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const CLIENTS = [1, 16, 64];

export interface Appends {
  readonly perSecond: number;
  readonly latencies: readonly number[];
  /** How many events shared a transaction. */
  readonly perCommit: number;
}

export const append: Part = async ({ quick }, scope) => {
  const seconds = quick ? 0.5 : 3;
  const rounds = quick ? 1 : 7;
  const folder = temporaryFolder(scope);
  progress("  starting PostgreSQL");
  // Its own defaults: fsync and synchronous_commit are on.
  const postgres = await startPostgres([]);
  scope.defer(() => postgres.stop());
  const { url } = await postgres.createDatabase("bench");

  const names = (who: string, engine: string) => CLIENTS.map((clients) => `${who}, ${engine}, ${clients}`);
  const samples = await interleave<Appends>(
    rounds,
    [
      ...(await ours("SQLite", `sqlite:${join(folder, "ledger.db")}`, seconds, scope)),
      ...oneEach("SQLite", await bareOnSqlite(join(folder, "bare.db"), scope), seconds),
      ...(await ours("PostgreSQL", url, seconds, scope)),
      ...oneEach("PostgreSQL", await bareOnPostgres(url, scope), seconds),
    ],
    ({ perSecond }) => `${number(perSecond)}/s`,
  );

  const rates = (name: string) => (samples.get(name) ?? []).map(({ perSecond }) => perSecond);
  const rows = ["SQLite", "PostgreSQL"].flatMap((engine) =>
    ["ours", "bare"].flatMap((who) =>
      names(who, engine).map((name, i) => {
        const own = samples.get(name) ?? [];
        const bare = rates(names("bare", engine)[i] ?? "");
        return [
          name,
          show(spread(rates(name))),
          number(spread(ratios(rates(name), bare)).median),
          number(spread(own.map(({ latencies }) => quantile(latencies, 0.5))).median),
          number(spread(own.map(({ latencies }) => quantile(latencies, 0.99))).median),
          number(spread(own.map(({ perCommit }) => perCommit)).median),
        ];
      }),
    ),
  );
  return {
    title: "Ledger appends a second",
    method:
      "Ours: the recorder and the store in this process, each append an operation's second half: lock the head, number the " +
      "event, encode and digest it, insert it, keep the tree, commit. Bare: one insert of an event's columns (a payload " +
      "of 600 bytes, salt and digest) into a table with nothing but a primary key, each in its own transaction, with " +
      "better-sqlite3 (one process, so its clients come one after the other) and pg (a connection for each of up to 10 " +
      "clients, as many as our pool has). The same durability on both sides: SQLite WAL with synchronous=FULL; PostgreSQL " +
      `18 with its defaults. Clients as given, each waiting for its commit; ${rounds} rounds of ${seconds} s in turns.`,
    sections: [
      {
        heading: "Ours and bare inserts, by clients",
        rows: [["", "per second", "to bare", "p50, ms", "p99, ms", "events per commit"], ...rows],
      },
    ],
    targets: [],
    plots: [
      {
        name: "append",
        svg: barChart(
          "Appends a second",
          [...samples.keys()].map((name) => {
            const { median, q1, q3 } = spread(rates(name));
            return { label: `${name} clients`, value: median, text: number(median), low: q1, high: q3 };
          }),
        ),
      },
    ],
    figures: Object.fromEntries(
      [...samples].map(([name, own]) => [
        name,
        own.map(({ perSecond, latencies, perCommit }) => ({
          perSecond,
          perCommit,
          p50: quantile(latencies, 0.5),
          p99: quantile(latencies, 0.99),
        })),
      ]),
    ),
  };
};

async function ours(
  engine: string,
  url: string,
  seconds: number,
  scope: Scope,
): Promise<Contender<Appends>[]> {
  const ledger = await openLedger(url, { newLedgerId: randomUUID(), randomBytes: bytes });
  scope.defer(() => ledger.close());
  return CLIENTS.map((clients) => ({
    name: `ours, ${engine}, ${clients}`,
    async measure() {
      const commits = ledger.commits();
      const { latencies, perSecond } = await loop(clients, seconds, () => ledger.append());
      return { latencies, perSecond, perCommit: latencies.length / (ledger.commits() - commits) };
    },
  }));
}

function oneEach(engine: string, insert: () => Promise<void>, seconds: number): Contender<Appends>[] {
  return CLIENTS.map((clients) => ({
    name: `bare, ${engine}, ${clients}`,
    measure: async () => ({ ...(await loop(clients, seconds, insert)), perCommit: 1 }),
  }));
}

async function loop(clients: number, seconds: number, work: () => Promise<unknown>) {
  const startedAt = performance.now();
  const to = startedAt + seconds * 1000;
  const latencies: number[] = [];
  const client = async () => {
    while (performance.now() < to) {
      const from = performance.now();
      await work();
      latencies.push(performance.now() - from);
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  return { latencies, perSecond: (latencies.length * 1000) / (performance.now() - startedAt) };
}

const bytes = (length: number) => new Uint8Array(randomBytes(length));
