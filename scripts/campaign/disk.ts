/**
 * Full disks and failing writes under load. Nothing is acknowledged that is not durable, reading goes on, it heals by
 * itself when space returns, and the file opens clean, also when the process was killed meanwhile.
 */
import Database from "better-sqlite3";
import { join } from "node:path";
import { eventually } from "../../test/helpers/eventually.ts";
import type { ServiceProcess } from "../../test/helpers/process.ts";
import { CouldNotRun } from "./command.ts";
import type { Scope } from "./command.ts";
import { seededRandom } from "./random.ts";
import { isOver, progressMeter } from "./rig/outcome.ts";
import type { CampaignOptions, Outcome } from "./rig/outcome.ts";
import { allowWrites, smallDisk } from "./rig/small-disk.ts";
import { workload } from "./rig/workload.ts";
import { createWorld, tail } from "./rig/world.ts";

const HEAL_MS = 10_000;

export async function disk(scope: Scope, options: CampaignOptions): Promise<Outcome> {
  const { n, seed, sabotage, progress } = options;
  const random = seededRandom(seed);
  const small = smallDisk(scope);
  if (small === null) progress("no file system can be mounted here: failing writes only, no full disk");
  const world = await createWorld(scope, {
    ...(small === null ? {} : { dataDir: small.path }),
    variables: sabotage === undefined ? {} : { SABOTAGE: sabotage },
  });
  const known: string[] = [];
  const load = workload(seededRandom(random.int(2 ** 32)), {
    faultsExpected: true,
    onAcknowledged: (one) => known.push(one.eventUrl),
  });
  const violations: string[] = [];
  const meter = progressMeter(n, "times", progress);
  const counts = { full: 0, failing: 0, killed: 0, refused: 0, reads: 0 };
  const healing: number[] = [];
  let service = await world.start();
  await load.once(service);

  for (let done = 1; done <= n && !isOver(options, violations); done++) {
    const full = small !== null && random.chance(0.6);
    const running = load.run(service, 4, 5);
    await pause(random.int(200));
    if (full) small.fill(random.pick([0, 0, 4_096, 16_384, 65_536, 262_144]));
    else if (!allowWrites(service.pid, false)) throw new CouldNotRun("prlimit is needed (util-linux)");
    counts[full ? "full" : "failing"]++;
    // Less than an answer's worth of space may be left: until a write is refused it is not in trouble.
    const refused = await eventually(() => isRefused(service, load.once), "a write is refused", 5_000).catch(
      () => false,
    );
    if (refused) counts.refused++;
    const seen = known.length === 0 ? null : await service.get(random.pick(known)).catch(() => null);
    if (seen?.status === 200) counts.reads++;
    else violations.push(`time ${done}: reading an event while writes fail: ${seen?.status}`);
    await pause(random.int(300));
    const killed = random.chance(0.3);
    if (killed) {
      counts.killed++;
      await service.stop("SIGKILL");
    }
    await running.stop();

    if (full) small.empty();
    else if (!killed) allowWrites(service.pid, true);
    const freedAt = performance.now();
    try {
      if (killed) service = await world.start();
      await eventually(async () => !(await isRefused(service, load.once)), "it takes writes again", HEAL_MS);
      if (!killed) healing.push(performance.now() - freedAt);
      await load.checkPins(service, 2);
      violations.push(...(await world.examine(service, load)).map((one) => `time ${done}: ${one}`));
    } catch (error) {
      violations.push(
        `time ${done} (${full ? "full" : "failing writes"}): ${(error as Error).message}\n${tail(service)}`,
      );
      break;
    }
    violations.push(...integrity(join(world.dataDir, "ledger.db")).map((one) => `time ${done}: ${one}`));
    meter(done, `${load.count} operations acknowledged`);
  }
  await service.stop("SIGTERM");
  return {
    name: "disk",
    rows: [
      ["disk full, writes failing", `${counts.full}, ${counts.failing}`],
      [
        "of them a write was refused, reading went on, killed meanwhile",
        `${counts.refused}, ${counts.reads}, ${counts.killed}`,
      ],
      ["to heal, most", `${Math.round(Math.max(0, ...healing))} ms`],
      ["operations acknowledged", String(load.count)],
      ["events / receipts verified", `${world.audit.events} / ${world.audit.receipts}`],
    ],
    violations,
  };
}

/** An operation that needs a write gets no "done". */
async function isRefused(
  service: ServiceProcess,
  once: (api: ServiceProcess) => Promise<{ readonly status: number } | null>,
): Promise<boolean> {
  const answer = await once(service);
  return answer === null || answer.status >= 500;
}

function integrity(path: string): string[] {
  const database = new Database(path, { readonly: true, timeout: 5_000 });
  try {
    const found = database.pragma("integrity_check", { simple: true });
    return found === "ok" ? [] : [`the file is damaged: ${String(found)}`];
  } finally {
    database.close();
  }
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
