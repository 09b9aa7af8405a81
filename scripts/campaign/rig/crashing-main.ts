/**
 * The service as `server/main.ts` runs it, but for what a campaign needs to do to it:
 *
 *     CRASH_AT, CRASH_NTH   SIGKILL to itself at the n-th passing of that point (crash-points.ts)
 *     CRASH_ARMED           "later": passings count from SIGUSR2 on, so that it can first be audited
 *     CLOCK_FILE            holds how many ms the machine's clock is off, at any time
 *     SABOTAGE              breaks it on purpose, to see that a campaign notices (sabotage.ts)
 *
 * Each point is printed when it is first passed, and each broadcast with the time at which it begins, in ms of the clock
 * that all processes of the machine share.
 */
import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import type { Chain } from "../../../server/ports.ts";

process.env.UV_THREADPOOL_SIZE ??= String(availableParallelism() + 4);

const { pino } = await import("pino");
const { compose } = await import("../../../server/compose.ts");
const { toConfig } = await import("../../../server/config/config.ts");
const { readEnv } = await import("../../../server/config/env.ts");
const { readSecrets } = await import("../../../server/config/secrets.ts");
const { SteadyClock } = await import("../../../server/crypto/clock.ts");
const { chainWithPoints, storeWithPoints } = await import("./crash-points.ts");
const { overriding } = await import("./overriding.ts");
const { sabotageOf } = await import("./sabotage.ts");

const { CRASH_AT, CRASH_NTH = "1", CRASH_ARMED, CLOCK_FILE, SABOTAGE } = process.env;
const passed = new Set<string>();
let armed = CRASH_ARMED !== "later";
let remaining = Number(CRASH_NTH);

process.on("SIGUSR2", () => (armed = true));

function at(point: string): void {
  if (!passed.has(point)) process.stdout.write(`POINT ${point}\n`);
  passed.add(point);
  // No exit handler, no flush, no finally: the kernel ends it here.
  if (armed && point === CRASH_AT && --remaining <= 0) process.kill(process.pid, "SIGKILL");
}

const tellingSends = (chain: Chain): Chain =>
  overriding(chain, {
    broadcast(transaction) {
      process.stdout.write(`SENDS ${transaction.txHash} ${process.hrtime.bigint() / 1_000_000n}\n`);
      return chain.broadcast(transaction);
    },
  });

const env = readEnv(process.env);
const config = toConfig(env);
const log = pino({ level: config.logLevel, base: null });
const sabotage = sabotageOf(SABOTAGE);
const wall = () => Date.now() + (CLOCK_FILE === undefined ? 0 : Number(readFileSync(CLOCK_FILE, "utf8")));
const service = await compose(config, readSecrets(env), log, {
  clock: SABOTAGE === "naive-clock" ? { now: wall } : new SteadyClock(wall),
  wrapStore: (store) => sabotage.store(storeWithPoints(store, at)),
  wrapChain: (chain) => sabotage.chain(chainWithPoints(tellingSends(chain), at)),
});
for (const signal of ["SIGTERM", "SIGINT"] as const) {
  process.once(signal, () => void service.close().then(() => process.exit(0)));
}
const url = await service.app.listen({ ...config.listen });
process.stdout.write(
  `\n  API       ${url}\n  Docs      ${url}/docs\n  Chain     ${service.chain.url}\n  Contract  ${service.chain.contract}\n\n`,
);
