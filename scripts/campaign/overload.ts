/**
 * `npm run overload`: what does the service do when far more PINs are to be verified than it can hash?
 *
 * The load is an open loop: requests come at their time whether or not earlier ones were answered, as they do from many
 * clients. The generator is this process, the service another, and the health checks come from a thread of their own.
 */
import { monitorEventLoopDelay } from "node:perf_hooks";
import { CouldNotRun, command, numberOption, progress } from "./command.ts";
import { RIGHT_PIN, customers, several } from "./customers.ts";
import { watchHealth } from "./health-watch.ts";
import { httpClient } from "./http.ts";
import { capacityOf, flood } from "./load.ts";
import { report } from "./overload-report.ts";
import { newSeed, seededRandom } from "./random.ts";
import { SERVICE_OPTIONS, SERVICE_USAGE, startService } from "./service.ts";

const USAGE = `Usage: npm run overload [-- options]

Starts a service with real Argon2 parameters, measures how many PINs a second it verifies, then offers many times that
while its health is being checked. Holds if it does not crash, its memory stays bounded, refusals come fast and say
when to come back, and the health checks stay fast.

  --seconds N       how long [30]
  --factor N        times the measured capacity [10]
  --customers N     customers who log in [200]
  --seed N          arrival times and phone numbers [random]
${SERVICE_USAGE}
Exit code 0: holds, 1: does not, 2: could not be measured.
`;

/** Health checks a second. */
const CHECKS = 50;
const NANO = 1e6;

await command({
  usage: USAGE,
  options: {
    ...SERVICE_OPTIONS,
    seconds: { type: "string", default: "30" },
    factor: { type: "string", default: "10" },
    customers: { type: "string", default: "200" },
    seed: { type: "string", default: String(newSeed()) },
  },
  async run(values, scope) {
    const seconds = numberOption(values, "seconds", 1, 600);
    const factor = numberOption(values, "factor", 1, 100);
    const count = numberOption(values, "customers", 1, 1_000);
    const seed = numberOption(values, "seed", 0, 2 ** 32 - 1);
    const random = seededRandom(seed);
    progress(`seed ${seed}`);

    const service = await startService(values, scope);
    const client = httpClient(service.url);
    scope.defer(() => client.close());
    const people = customers(service, client, random);
    progress(`setting up ${count} customers`);
    const phones = await several(count, people.withPin);
    // Right guesses, so that what is admitted is served. Of enough people, because guesses under way count as failed
    // until they are done: a handful of one person at once would lock.
    const logIn = () => people.verify(random.pick(phones), RIGHT_PIN);

    progress("measuring the capacity");
    const capacity = await capacityOf(logIn);
    if (!(capacity > 0)) throw new CouldNotRun("nothing was verified while the capacity was measured");

    progress(`offering ${Math.round(capacity * factor)} a second for ${seconds} s`);
    const idle = service.memory();
    const lag = monitorEventLoopDelay({ resolution: 1 });
    const health = watchHealth(service.url, CHECKS);
    scope.defer(async () => void (await health.abandon()));
    lag.enable();
    const result = await flood({ perSecond: capacity * factor, seconds, random, send: logIn });
    lag.disable();
    const checks = await health.stop();

    const afterwards = await logIn().catch(() => null);
    return report({
      capacity,
      seconds,
      result,
      checks,
      memory: { idle, loaded: service.memory() },
      ended: service.ended(),
      // It has nothing to wait for now: whoever logs in must be served.
      recovered: afterwards?.status === 200 || afterwards?.status === 202,
      generatorLagMs: lag.percentile(99) / NANO,
    });
  },
});
