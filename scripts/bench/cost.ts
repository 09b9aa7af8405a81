/** What an operation costs us, without the hash and without the block: how much, and where. */
import { closeSync, fdatasyncSync, openSync, writeSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { CouldNotRun, progress } from "../campaign/command.ts";
import type { Scope } from "../campaign/command.ts";
import { ASYNC, RIGHT_PIN, customers, several } from "../campaign/customers.ts";
import { httpClient } from "../campaign/http.ts";
import type { Reply } from "../campaign/http.ts";
import { closedLoop } from "../campaign/load.ts";
import { seededRandom } from "../campaign/random.ts";
import { startService } from "../campaign/service.ts";
import { processorTimeEach } from "../campaign/processor-time.ts";
import { quantile } from "../campaign/statistics.ts";
import { startOwnChain } from "./own-chain.ts";
import type { Part } from "./part.ts";
import { number } from "./spread.ts";
import { barChart } from "./svg.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const CUSTOMERS = 64;
const BLOCK_MS = 1_000;
const MANY = 16;
/** Six pages of 4 KiB, which is about what one of our transactions changes. */
const BYTES_PER_COMMIT = 24_576;
const TARGETS = { p50: 3, p99: 15 };

export const cost: Part = async ({ quick, seed }, scope) => {
  const count = quick ? 300 : 4_000;
  const service = await startService({}, scope, {
    ...(await startOwnChain(scope, BLOCK_MS)),
    ARGON2_ENGINE: "argon2",
    NODE_OPTIONS: `--import=${new URL("instrument.ts", import.meta.url).href}`,
  });
  const client = httpClient(service.url);
  scope.defer(() => client.close());
  const random = seededRandom(seed);
  const people = customers(service, client, random);
  const phones = await several(CUSTOMERS, people.withPin);
  const served = (reply: Reply) => {
    if (reply.status < 300) return reply;
    throw new CouldNotRun(`an operation was refused: ${reply.status} ${reply.body}`);
  };

  const operations = {
    "verify a PIN": () => people.verify(random.pick(phones), RIGHT_PIN),
    "does a PIN exist": () =>
      client.post("/api/pin/check-pin-exists", { phoneNumber: random.pick(phones) }, ASYNC),
    "am I alive": () => client.get("/health/live"),
  };
  const replies = new Map<string, Reply[]>(Object.keys(operations).map((name) => [name, []]));
  progress(`  ${count} times each operation, one after the other`);
  const flushTwice = flusher(temporaryFolder(scope), scope);
  const disk: number[] = [];
  for (let i = -count / 5; i < count; i++) {
    disk.push(flushTwice());
    for (const [name, operation] of Object.entries(operations)) {
      const reply = served(await operation());
      if (i >= 0) replies.get(name)?.push(reply);
    }
  }
  progress(`  ${MANY} clients at once`);
  const before = service.processorTime();
  let asked = 0;
  const seconds = quick ? 2 : 10;
  const together = await closedLoop({
    send: () => {
      asked++;
      // In turn: guesses of one customer that are under way together count as failed until they are done.
      return people.verify(phones[asked % phones.length] ?? "", RIGHT_PIN);
    },
    inFlight: MANY,
    warmUpMs: 500,
    measureMs: seconds * 1000,
  });
  const processor = processorTimeEach(before, service.processorTime(), asked)?.all ?? Number.NaN;

  const verified = replies.get("verify a PIN") ?? [];
  const spans = breakdown(verified);
  const at = (values: readonly number[]) => [0.5, 0.9, 0.99, 1].map((q) => quantile(values, q));
  const [p50 = NaN, , p99 = NaN] = at(verified.map(({ ms }) => ms));
  const quantiles = ["p50, ms", "p90, ms", "p99, ms", "most, ms"];
  return {
    title: "Our own cost of an operation",
    method:
      "From the request to the last byte of the answer, one client, one connection, `Prefer: respond-async`. Argon2 is " +
      "replaced by nothing (scripts/bench/instrument.ts, in the measured process only); all else is as in production: two " +
      "transactions with full durability on SQLite, an event, its audit log line, anchoring. The chain is a process of its " +
      `own and mines once a second. ${number(count)} of each operation, in turns, on ${availableParallelism()} cores.`,
    sections: [
      {
        heading: "From outside",
        rows: [
          ["", ...quantiles],
          ...[...replies].map(([name, own]) => [name, ...at(own.map(({ ms }) => ms)).map(number)]),
        ],
      },
      {
        heading: "Where a verification spends it",
        rows: [
          ["", ...quantiles],
          ...[...spans].map(([name, values]) => [name, ...at(values).map(number)]),
          ["for scale: two flushes of 24 KiB, by nothing else", ...at(disk).map(number)],
        ],
        note: "Quantiles of each line by itself: they do not add up. The last is what this disk takes without us.",
      },
      {
        heading: `Verifications by ${MANY} clients at once`,
        rows: [
          ["", "per second", ...quantiles, "processor, ms each"],
          [
            "verify a PIN",
            number(together.perSecond),
            ...at(together.latencies).map(number),
            number(processor),
          ],
        ],
      },
    ],
    targets: [
      {
        promise: `own cost of a verification: p50 under ${TARGETS.p50} ms`,
        measured: `${number(p50)} ms`,
        met: p50 < TARGETS.p50,
      },
      {
        promise: `own cost of a verification: p99 under ${TARGETS.p99} ms`,
        measured: `${number(p99)} ms`,
        met: p99 < TARGETS.p99,
      },
    ],
    plots: [
      {
        name: "cost",
        svg: barChart(
          "Where a verification spends its time beside the hash and the block, median, ms",
          [...spans].map(([label, values]) => {
            const [middle = NaN] = at(values);
            return {
              label,
              value: middle,
              text: number(middle),
              low: quantile(values, 0.25),
              high: quantile(values, 0.75),
            };
          }),
        ),
      },
    ],
    figures: {
      twoFlushes: at(disk),
      operations: Object.fromEntries([...replies].map(([name, own]) => [name, at(own.map(({ ms }) => ms))])),
      spans: Object.fromEntries([...spans].map(([name, values]) => [name, at(values)])),
      together: { perSecond: together.perSecond, ms: at(together.latencies), processor },
    },
  };
};

/** Milliseconds by place, for each reply, from what instrument.ts wrote into its header. */
function breakdown(replies: readonly Reply[]): Map<string, number[]> {
  const places = new Map<string, number[]>();
  for (const { headers, ms } of replies) {
    const given = String(headers["server-timing"] ?? "").matchAll(/(\w+);dur=([\d.]+)/g);
    const { total, turn, statements, commit, transactions, reads } = Object.fromEntries(
      [...given].map(([, name, value]) => [name, Number(value)]),
    ) as Record<string, number>;
    if (total === undefined)
      throw new CouldNotRun("the service gave no Server-Timing: it is not instrumented");
    const parts: Record<string, number> = {
      "commits, to the disk": commit ?? 0,
      "SQL in transactions": statements ?? 0,
      "waiting for a transaction": turn ?? 0,
      "the rest of transactions: query building, payload, digest, tree":
        (transactions ?? 0) - (turn ?? 0) - (statements ?? 0) - (commit ?? 0),
      "SQL outside transactions": reads ?? 0,
      "HTTP, validation and the rest of the service": total - (transactions ?? 0) - (reads ?? 0),
      "the client, and the way there and back": ms - total,
    };
    for (const [name, value] of Object.entries(parts)) {
      const values = places.get(name) ?? [];
      values.push(value);
      places.set(name, values);
    }
  }
  return places;
}

/** What the disk takes for two commits, in ms: as many bytes as one of ours appends to SQLite's log, made durable. */
function flusher(folder: string, scope: Scope): () => number {
  const file = openSync(join(folder, "flushes"), "w");
  scope.defer(() => closeSync(file));
  const written = Buffer.alloc(BYTES_PER_COMMIT, 1);
  const flush = () => {
    writeSync(file, written);
    fdatasyncSync(file);
  };
  return () => {
    const from = performance.now();
    flush();
    flush();
    return performance.now() - from;
  };
}
