/**
 * Clocks that are set, by up to a year either way, while the service runs or between two runs. The ledger's order and
 * time never go back, and no lock ends before its time; the year that a machine slept through is not told from one that its
 * clock was set ahead by, so the one thing that ends a lock early is a restart on a clock ahead.
 */
import { renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ServiceProcess } from "../../test/helpers/process.ts";
import { CouldNotRun } from "./command.ts";
import type { Scope } from "./command.ts";
import { RIGHT_PIN, WRONG_PIN } from "./customers.ts";
import { seededRandom } from "./random.ts";
import { isOver, progressMeter } from "./rig/outcome.ts";
import type { CampaignOptions, Outcome } from "./rig/outcome.ts";
import { workload } from "./rig/workload.ts";
import { createWorld, tail } from "./rig/world.ts";
import type { World } from "./rig/world.ts";

const DAY_MS = 86_400_000;
const JUMPS = [365 * DAY_MS, 365 * DAY_MS, DAY_MS, 3_600_000];

export async function clock(scope: Scope, options: CampaignOptions): Promise<Outcome> {
  const { n, seed, sabotage, progress } = options;
  const random = seededRandom(seed);
  const world = await createWorld(scope, sabotage === undefined ? {} : { variables: { SABOTAGE: sabotage } });
  const file = join(world.dataDir, "clock");
  const set = (offset: number) => {
    // At once: the service may read it at any moment.
    writeFileSync(`${file}.new`, String(offset));
    renameSync(`${file}.new`, file);
  };
  set(0);
  let offset = 0;
  let highest = 0;
  // What the ledger has seen of the clock: a process looks at it once, at its start.
  let seen = 0;
  const load = workload(seededRandom(random.int(2 ** 32)));
  const violations: string[] = [];
  const meter = progressMeter(n, "jumps", progress);
  const counts = { running: 0, restarts: 0, locks: 0, ended: 0 };
  let read = 0;
  let service = await world.start({ CLOCK_FILE: file });

  try {
    for (let done = 1; done <= n && !isOver(options, violations); done++) {
      const phone = `+2011${String(done).padStart(8, "0")}`;
      await lock(service, phone);
      // Ahead is ahead of all that the ledger has seen: to come back to its own time is no jump for it.
      const jump = random.pick(JUMPS);
      const next = random.chance(0.5) ? highest + jump : offset - jump;
      highest = Math.max(highest, next);
      const restart = random.chance(0.4);
      const ahead = restart && next > seen;
      if (restart) seen = Math.max(seen, next);
      const running = load.run(service, 2, 5);
      if (restart) {
        await service.stop(random.pick(["SIGKILL", "SIGTERM"]));
        await running.stop();
        set(next);
        service = await world.start({ CLOCK_FILE: file });
        await load.once(service);
      } else {
        set(next);
        for (let i = 0; i < 3; i++) await load.once(service);
        await running.stop();
      }
      counts[restart ? "restarts" : "running"]++;
      const held = (await verify(service, phone)) === 423;
      counts[held ? "locks" : "ended"]++;
      const how = `jump ${done}, from ${offset / DAY_MS} to ${next / DAY_MS} days ${restart ? "between runs" : "while it ran"}`;
      if (!held && !ahead) violations.push(`${how}: it ended a lock of 15 minutes`);
      offset = next;
      const problems = [...(await inOrder(world, read)), ...(await world.examine(service, load))];
      violations.push(...problems.map((one) => `${how}: ${one}`));
      read = world.audit.events;
      meter(done);
    }
  } catch (error) {
    violations.push(`${(error as Error).message}\n${tail(service)}`);
  }
  await service.stop("SIGTERM");
  return {
    name: "clock",
    rows: [
      ["jumps while it ran, between runs", `${counts.running}, ${counts.restarts}`],
      ["locks that held, that a restart on a clock ahead ended", `${counts.locks}, ${counts.ended}`],
      ["events in order / receipts verified", `${world.audit.events} / ${world.audit.receipts}`],
    ],
    violations,
  };
}

const verify = async (service: ServiceProcess, phoneNumber: string, pin = RIGHT_PIN): Promise<number> =>
  (await service.post("/api/pin/verify-pin", { pin, phoneNumber }, { prefer: "respond-async" })).status;

/** Guesses count whether or not there is a PIN, so that nobody can tell; the lock is as good as any. */
async function lock(service: ServiceProcess, phone: string): Promise<void> {
  for (let guesses = 0; guesses < 10; guesses++) {
    if ((await verify(service, phone, WRONG_PIN)) === 423) return;
  }
  throw new CouldNotRun("ten wrong guesses brought no lock");
}

/** The ledger's time never goes back. */
async function inOrder({ store }: World, from: number): Promise<string[]> {
  const { size } = await store.read.events.head();
  let before = from === 0 ? 0 : ((await store.read.events.timestampAt(from - 1)) ?? 0);
  for (let index = from; index < size; index++) {
    const timestamp = (await store.read.events.timestampAt(index)) ?? 0;
    if (timestamp < before) return [`event ${index} is of ${timestamp}, the one before of ${before}`];
    before = timestamp;
  }
  return [];
}
