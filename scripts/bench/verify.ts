/** Verifications a second at saturation, against the bare hasher and against a server as seed 002 describes it. */
import { availableParallelism } from "node:os";
import { CouldNotRun, progress } from "../campaign/command.ts";
import type { Scope } from "../campaign/command.ts";
import { RIGHT_PIN, customers, several } from "../campaign/customers.ts";
import { httpClient } from "../campaign/http.ts";
import type { Reply } from "../campaign/http.ts";
import { closedLoop } from "../campaign/load.ts";
import { processorTimeEach } from "../campaign/processor-time.ts";
import type { ProcessorTime } from "../campaign/processor-time.ts";
import { seededRandom } from "../campaign/random.ts";
import { startService } from "../campaign/service.ts";
import { quantile } from "../campaign/statistics.ts";
import { startContender } from "./contender-process.ts";
import { interleave } from "./interleave.ts";
import type { Contender } from "./interleave.ts";
import { startOwnChain } from "./own-chain.ts";
import type { Part } from "./part.ts";
import { number, ratios, show, spread } from "./spread.ts";
import { barChart } from "./svg.ts";

/** Enough that a core never waits for the next request, few enough that none is refused. */
const CLIENTS = 16;
/** So many that no two of the clients ever log in as the same one at once: guesses under way count until they are done. */
const CUSTOMERS = 64;
const BLOCK_MS = 1_000;
/** A server runs for days: V8 optimises what it has run some hundred times, and again after some thousand. */
const WARM_UP_S = 60;
const TARGETS = { ceiling: 0.95, seed: 2.2 };

interface Sample {
  readonly perSecond: number;
  readonly latencies: readonly number[];
  /** Of the contender's process, for each verification, in ms; null where that cannot be told. */
  readonly processor: ProcessorTime | null;
  /** The same of this process, which makes the load; null where it makes none. */
  readonly loadMs: number | null;
}

const NAMES = {
  ours: "this service",
  paced: "this service, a block a second",
  ceiling: "our hasher alone",
  argon2: "argon2 package alone",
  seed: "seed-style server",
} as const;

export const verify: Part = async ({ quick, seed }, scope) => {
  const seconds = quick ? 2 : 4;
  const rounds = quick ? 1 : 15;
  const warmUpS = quick ? 1 : WARM_UP_S;
  const cores = availableParallelism();
  progress("  starting the contenders");
  const samples = await interleave<Sample>(
    rounds,
    [
      await ours(NAMES.ours, scope, seconds, seed, warmUpS, {}, {}),
      await hasher(NAMES.ceiling, "ours", cores, seconds, scope),
      await ours(NAMES.paced, scope, seconds, seed, warmUpS, await startOwnChain(scope, BLOCK_MS), {
        prefer: "respond-async",
      }),
      await hasher(NAMES.argon2, "argon2", cores, seconds, scope),
      await seedStyle(NAMES.seed, scope, seconds, seed, warmUpS),
    ],
    ({ perSecond }) => `${number(perSecond)}/s`,
  );

  const rates = (name: string) => (samples.get(name) ?? []).map(({ perSecond }) => perSecond);
  const latency = (name: string, q: number) =>
    spread((samples.get(name) ?? []).map(({ latencies }) => quantile(latencies, q)));
  const median = (name: string, of: (sample: Sample) => number | null | undefined) =>
    spread((samples.get(name) ?? []).map((sample) => of(sample) ?? Number.NaN)).median;
  const against = (name: string, other: string) => spread(ratios(rates(name), rates(other)));
  const names = Object.values(NAMES);
  // The embedded chain executes each anchor in the service's process: a development chain's work, and not the service's.
  const toCeiling = against(NAMES.paced, NAMES.ceiling);
  const toSeed = against(NAMES.ours, NAMES.seed);
  return {
    title: "Verifications a second",
    method:
      `POST /api/pin/verify-pin with the right PIN, ${CLIENTS} clients that each wait for their answer, ${CUSTOMERS} ` +
      `customers, Argon2id with 64 MiB and 3 passes everywhere, ${rounds} rounds of ${seconds} s in turns after one to ` +
      `warm up, and servers after ${warmUpS} s more; everybody on the same ${cores} cores, load generator included. ` +
      `"${NAMES.ours}": \`npm start\` as it is, ` +
      "with its embedded Hardhat chain in the same process, SQLite with full durability; each answer waits for the block " +
      `that carries its event. "${NAMES.paced}": the chain (anvil, where there is one) is a process of its own and mines ` +
      `once a second, as real ones do at best; answers do not wait for it. "${NAMES.ceiling}": the same engine, ` +
      "parameters and number at once, and nothing else in the process. " +
      `"${NAMES.seed}": Fastify, the argon2 package, one awaited transaction for each operation on the same embedded ` +
      "Hardhat chain (scripts/bench/seed-server.ts).",
    sections: [
      {
        heading: "At saturation",
        rows: [
          [
            "",
            "per second",
            "p50, ms",
            "p99, ms",
            "processor, ms each",
            "of that hashing",
            "the clients, ms each",
            "to our hasher alone",
            "to seed-style",
          ],
          ...names.map((name) => [
            name,
            show(spread(rates(name))),
            show(latency(name, 0.5)),
            show(latency(name, 0.99)),
            number(median(name, ({ processor }) => processor?.all)),
            number(median(name, ({ processor }) => processor?.pool)),
            number(median(name, ({ loadMs }) => loadMs)),
            number(against(name, NAMES.ceiling).median),
            number(against(name, NAMES.seed).median),
          ]),
        ],
        note: "Processor time counts all threads of the process, with the embedded chain where that is in it; hashing is what the threads of libuv's pool take, and the rest, beside the engine's own threads, is the event loop. `cost` has the same work without its hash, for comparison. Latency at saturation is mostly the wait for a core; the bare hashers have no such queue.",
      },
    ],
    targets: [
      {
        promise: `verifications a second, the chain by itself: at least ${TARGETS.ceiling * 100} % of our hasher alone`,
        measured: `${number(toCeiling.median * 100)} % (with the chain embedded ${number(against(NAMES.ours, NAMES.ceiling).median * 100)} %)`,
        met: toCeiling.median >= TARGETS.ceiling,
      },
      {
        promise: `verifications a second: at least ${TARGETS.seed} × the seed-style server's`,
        measured: `${number(toSeed.median)} ×`,
        met: toSeed.median >= TARGETS.seed,
      },
    ],
    plots: [
      {
        name: "verify",
        svg: barChart(
          "Verifications a second",
          names.map((name) => {
            const { median, q1, q3 } = spread(rates(name));
            return { label: name, value: median, text: number(median), low: q1, high: q3 };
          }),
        ),
      },
    ],
    figures: Object.fromEntries(
      names.map((name) => [
        name,
        (samples.get(name) ?? []).map(({ perSecond, latencies, processor, loadMs }) => ({
          perSecond,
          processor,
          loadMs,
          p50: quantile(latencies, 0.5),
          p99: quantile(latencies, 0.99),
        })),
      ]),
    ),
  };
};

async function ours(
  name: string,
  scope: Scope,
  seconds: number,
  seed: number,
  warmUpS: number,
  variables: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>>,
): Promise<Contender<Sample>> {
  const service = await startService({}, scope, variables);
  const client = httpClient(service.url);
  scope.defer(() => client.close());
  const people = customers(service, client, seededRandom(seed));
  const phones = await several(CUSTOMERS, people.withPin);
  const next = inTurn(phones);
  const logIn = () => people.verify(next(), RIGHT_PIN, headers);
  await warm(name, warmUpS, logIn);
  return { name, measure: () => saturate(seconds, logIn, () => service.processorTime()) };
}

async function seedStyle(
  name: string,
  scope: Scope,
  seconds: number,
  seed: number,
  warmUpS: number,
): Promise<Contender<Sample>> {
  const module = new URL("seed-server.ts", import.meta.url);
  const { ready } = await startContender<{ url: string }>(module, [], scope, { NODE_ENV: "production" });
  const client = httpClient(ready.url);
  scope.defer(() => client.close());
  const random = seededRandom(seed);
  const phones = await several(CUSTOMERS, async () => {
    const phoneNumber = `+2010${String(random.int(1e8)).padStart(8, "0")}`;
    const { status, body } = await client.post("/api/pin/set", { pin: RIGHT_PIN, phoneNumber });
    if (status !== 200) throw new CouldNotRun(`the seed-style server failed to set a PIN: ${status} ${body}`);
    return phoneNumber;
  });
  const next = inTurn(phones);
  const logIn = () => client.post("/api/pin/verify-pin", { pin: RIGHT_PIN, phoneNumber: next() });
  await warm(name, warmUpS, logIn);
  return { name, measure: () => saturate(seconds, logIn, () => null) };
}

async function hasher(
  name: string,
  which: "ours" | "argon2",
  cores: number,
  seconds: number,
  scope: Scope,
): Promise<Contender<Sample>> {
  // The pool that main.ts gives the service.
  const env = { UV_THREADPOOL_SIZE: String(cores + 4) };
  const module = new URL("hasher-process.ts", import.meta.url);
  const contender = await startContender(module, [which, String(cores)], scope, env);
  return { name, measure: () => contender.ask<Sample>({ seconds }) };
}

async function warm(name: string, seconds: number, send: () => Promise<Reply>): Promise<void> {
  progress(`  ${name}: ${seconds} s to warm up`);
  await closedLoop({ send, inFlight: CLIENTS, warmUpMs: 0, measureMs: seconds * 1000 });
}

async function saturate(
  seconds: number,
  send: () => Promise<Reply>,
  processorTime: () => ProcessorTime | null,
): Promise<Sample> {
  const before = processorTime();
  const load = process.cpuUsage();
  let answered = 0;
  const counted = async () => {
    const reply = await send();
    answered++;
    return reply;
  };
  const { perSecond, latencies, replies } = await closedLoop({
    send: counted,
    inFlight: CLIENTS,
    warmUpMs: 1_000,
    measureMs: seconds * 1000,
  });
  const processor = processorTimeEach(before, processorTime(), answered);
  const { user, system } = process.cpuUsage(load);
  const wrong = replies.find(({ body }) => !body.includes('"valid":true'));
  if (wrong !== undefined) throw new CouldNotRun(`a right PIN was not accepted: ${wrong.body}`);
  return {
    perSecond,
    latencies,
    processor,
    loadMs: (user + system) / 1000 / answered,
  };
}

function inTurn(phones: readonly string[]): () => string {
  let turn = 0;
  return () => phones[turn++ % phones.length] ?? "";
}
