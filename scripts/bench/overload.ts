/** What is served when less, as much, and far more is asked for than can be hashed. */
import { monitorEventLoopDelay } from "node:perf_hooks";
import { availableParallelism } from "node:os";
import { CouldNotRun, progress } from "../campaign/command.ts";
import { RIGHT_PIN, customers, several } from "../campaign/customers.ts";
import { httpClient } from "../campaign/http.ts";
import { capacityOf, flood } from "../campaign/load.ts";
import type { Flood } from "../campaign/load.ts";
import { seededRandom } from "../campaign/random.ts";
import { startService } from "../campaign/service.ts";
import type { ServiceUnderTest } from "../campaign/service.ts";
import { quantile } from "../campaign/statistics.ts";
import { pause } from "./part.ts";
import type { Part } from "./part.ts";
import { number, ratios, show, spread } from "./spread.ts";
import { lineChart } from "./svg.ts";

const FACTORS = [0.5, 1, 2, 5, 10];
const CUSTOMERS = 200;
const TARGET = 0.9;
/** Between two loads the queue runs empty and the anchors catch up. */
const REST_MS = 2_000;
const NANO = 1e6;

interface Load {
  readonly offered: number;
  readonly goodput: number;
  readonly refused: number;
  readonly served: { readonly p50: number; readonly p99: number };
  readonly refusals: { readonly p50: number; readonly p99: number };
  /** Answers that are neither, and requests without an answer. */
  readonly broken: number;
  readonly residentMiB: number;
  /** How late the load came, ms at p99. */
  readonly lateness: number;
}

export const overload: Part = async ({ quick, seed }, scope) => {
  const seconds = quick ? 3 : 20;
  const rounds = quick ? 1 : 5;
  const random = seededRandom(seed);
  const service = await startService({}, scope);
  const client = httpClient(service.url);
  scope.defer(() => client.close());
  const people = customers(service, client, random);
  progress(`  setting up ${CUSTOMERS} customers`);
  const phones = await several(CUSTOMERS, people.withPin);
  const logIn = () => people.verify(random.pick(phones), RIGHT_PIN);
  const capacity = await capacityOf(logIn);
  if (!(capacity > 0)) throw new CouldNotRun("nothing was verified while the capacity was measured");
  progress(`  capacity ${number(capacity)}/s`);

  const loads = new Map<number, Load[]>(FACTORS.map((factor) => [factor, []]));
  const lag = monitorEventLoopDelay({ resolution: 1 });
  lag.enable();
  for (let round = 1; round <= rounds; round++) {
    for (const factor of FACTORS) {
      const result = await flood({ perSecond: capacity * factor, seconds, random, send: logIn });
      const load = measured(result, seconds, service);
      loads.get(factor)?.push(load);
      progress(
        `  round ${round} of ${rounds}: ${factor} × capacity: served ${number(load.goodput)}/s, refused ${number(load.refused)}/s`,
      );
      await pause(REST_MS);
    }
  }
  lag.disable();

  const of = (factor: number, value: (load: Load) => number) => (loads.get(factor) ?? []).map(value);
  const median = (factor: number, value: (load: Load) => number) => spread(of(factor, value)).median;
  const kept = spread(
    ratios(
      of(10, ({ goodput }) => goodput),
      of(1, ({ goodput }) => goodput),
    ),
  );
  const series = (name: string, value: (load: Load) => number) => ({
    name,
    points: FACTORS.map((factor) => [factor, median(factor, value)] as const),
  });
  return {
    title: "Overload",
    method:
      `PIN verifications by ${CUSTOMERS} customers arrive at random times (a Poisson process), whether or not earlier ones ` +
      `were answered; \`Prefer: respond-async\`; the capacity of ${number(capacity)}/s was measured before with 16 clients that wait for ` +
      `their answers. ${rounds} rounds of ${seconds} s at each load, in turns, on ${availableParallelism()} cores, load generator ` +
      `included (its event loop was late by ${number(lag.percentile(99) / NANO)} ms at p99). Goodput: right PINs accepted, a second, ` +
      "from the first request to the last answer.",
    sections: [
      {
        heading: "By offered load",
        rows: [
          ["offered, × capacity", "offered/s", "goodput/s", "refused/s", "neither"],
          ...FACTORS.map((factor) => [
            String(factor),
            number(median(factor, ({ offered }) => offered)),
            show(spread(of(factor, ({ goodput }) => goodput))),
            number(median(factor, ({ refused }) => refused)),
            number(Math.max(...of(factor, ({ broken }) => broken))),
          ]),
        ],
      },
      {
        heading: "Latency and memory by offered load",
        rows: [
          [
            "offered, × capacity",
            "served p50, ms",
            "served p99, ms",
            "refused p50, ms",
            "refused p99, ms",
            "memory, MiB",
          ],
          ...FACTORS.map((factor) => [
            String(factor),
            number(median(factor, ({ served }) => served.p50)),
            number(median(factor, ({ served }) => served.p99)),
            number(median(factor, ({ refusals }) => refusals.p50)),
            number(median(factor, ({ refusals }) => refusals.p99)),
            number(median(factor, ({ residentMiB }) => residentMiB)),
          ]),
        ],
      },
    ],
    targets: [
      {
        promise: `goodput at 10 × capacity: at least ${TARGET * 100} % of that at 1 ×`,
        measured: `${number(kept.median * 100)} % (${number((median(10, ({ goodput }) => goodput) / capacity) * 100)} % of the capacity)`,
        met: kept.median >= TARGET,
      },
    ],
    plots: [
      {
        name: "overload",
        svg: lineChart("Goodput and refusals", { x: "offered load, × capacity", y: "a second" }, [
          series("goodput", ({ goodput }) => goodput),
          series("refused", ({ refused }) => refused),
        ]),
      },
    ],
    figures: { capacity, loads: Object.fromEntries(loads) },
  };
};

function measured(result: Flood, seconds: number, service: ServiceUnderTest): Load {
  if (service.ended() !== null) throw new CouldNotRun("the service ended under load");
  const served = result.replies.filter(({ status }) => status === 200 || status === 202);
  const refused = result.replies.filter(({ status }) => status === 503);
  const at = (replies: Flood["replies"]) => {
    const times = replies.map(({ ms }) => ms);
    return { p50: quantile(times, 0.5), p99: quantile(times, 0.99) };
  };
  return {
    offered: result.offered / seconds,
    goodput: served.length / result.seconds,
    refused: refused.length / seconds,
    served: at(served),
    refusals: at(refused),
    broken: result.offered - served.length - refused.length,
    residentMiB: Math.round((service.memory()?.resident ?? Number.NaN) / 2 ** 20),
    lateness: quantile(result.lateness, 0.99),
  };
}
