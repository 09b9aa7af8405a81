/**
 * `npm run timing`: can latency tell whether a phone is known, has a PIN, or is locked?
 *
 * The adversary asks from outside, one request at a time on an idle service, and does not wait for the chain: every
 * noise that could cover a difference is left out on purpose.
 */
import { command, numberOption, progress } from "./command.ts";
import { httpClient } from "./http.ts";
import { newSeed, seededRandom } from "./random.ts";
import { SERVICE_OPTIONS, SERVICE_USAGE, startService } from "./service.ts";
import { quantile, separation } from "./statistics.ts";
import { ms, table, verdict } from "./table.ts";
import { CLASSES, measure } from "./timing-classes.ts";
import type { Latencies } from "./timing-classes.ts";

const USAGE = `Usage: npm run timing [-- options]

Measures POST /api/pin/verify-pin for an unknown phone, one without a PIN, a wrong PIN and a locked one, in random
order, against a service that it starts with real Argon2 parameters. For each two of them it prints the AUC: how well
one call's latency tells them apart (0.5: not at all, 1: always). Holds if none is beyond 0.5 ± the margin.
By chance alone an AUC of 500 calls a class lies within 0.5 ± 0.036 in 95 of 100 comparisons.

  --calls N         measured calls a class, up to 2000: the locks last 15 minutes [500]
  --warm-up N       calls a class before them, not measured [30]
  --concurrency N   calls under way at once [1]
  --wait            wait for the block, as a client does by default; else Prefer: respond-async
  --magnify         hash at next to no cost: any other difference then stands out
  --margin X        the largest |AUC - 0.5| that holds [0.05]
  --seed N          order and phone numbers [random]
${SERVICE_USAGE}
Exit code 0: holds, 1: does not, 2: could not be measured. It takes some five minutes.
`;

/** Only a test profile may go below OWASP's floor. */
const CHEAP_HASH = { PROFILE: "test", ARGON2_MEMORY_KIB: "64", ARGON2_TIME: "1" };

await command({
  usage: USAGE,
  options: {
    ...SERVICE_OPTIONS,
    calls: { type: "string", default: "500" },
    "warm-up": { type: "string", default: "30" },
    concurrency: { type: "string", default: "1" },
    wait: { type: "boolean", default: false },
    magnify: { type: "boolean", default: false },
    margin: { type: "string", default: "0.05" },
    seed: { type: "string", default: String(newSeed()) },
  },
  async run(values, scope) {
    const seed = numberOption(values, "seed", 0, 2 ** 32 - 1);
    const options = {
      calls: numberOption(values, "calls", 10, 2_000),
      warmUp: numberOption(values, "warm-up", 0, 1_000),
      concurrency: numberOption(values, "concurrency", 1, 64),
      headers: values.wait === true ? {} : { prefer: "respond-async" },
    };
    const margin = numberOption(values, "margin", 0, 0.5);
    const service = await startService(values, scope, values.magnify === true ? CHEAP_HASH : {});
    const client = httpClient(service.url, options.concurrency);
    scope.defer(() => client.close());
    progress(`seed ${seed}`);
    return report(await measure(service, client, seededRandom(seed), options), margin);
  },
});

function report(latencies: Latencies, margin: number): boolean {
  const rows = CLASSES.map((name) => {
    const of = latencies[name];
    return [name, String(of.length), ms(quantile(of, 0.5)), ms(quantile(of, 0.99))];
  });
  const pairs = CLASSES.flatMap((a, i) => CLASSES.slice(i + 1).map((b) => [a, b] as const));
  let holds = true;
  const comparisons = pairs.map(([a, b]) => {
    const { auc, low, high } = separation(latencies[a], latencies[b]);
    const fine = Math.abs(auc - 0.5) <= margin;
    holds &&= fine;
    return [`${a} / ${b}`, auc.toFixed(3), `${low.toFixed(3)} to ${high.toFixed(3)}`, verdict(fine)];
  });
  process.stdout.write(
    `\n${table([["class", "calls", "median", "p99"], ...rows])}\n` +
      `${table([["pair", "AUC", "95 % interval", `within 0.5 ± ${margin}`], ...comparisons])}\n`,
  );
  return holds;
}
