/**
 * Kills: the process ends by SIGKILL at every crash point and at random, under load, over and over on one database and
 * chain. After each kill the next process must start, anchor what is left, and pass the audit, before it is killed itself.
 */
import { scoped } from "./command.ts";
import type { Scope } from "./command.ts";
import { seededRandom } from "./random.ts";
import type { Random } from "./random.ts";
import { isOver, progressMeter } from "./rig/outcome.ts";
import type { CampaignOptions, Outcome } from "./rig/outcome.ts";
import { Points } from "./rig/points.ts";
import { workload } from "./rig/workload.ts";
import type { Workload } from "./rig/workload.ts";
import { createWorld, tail, tryStart } from "./rig/world.ts";
import type { World } from "./rig/world.ts";

/** How long the load may take to come to a point; then it is killed where it is. */
const PATIENCE_MS = 1_200;
const CONNECTIONS = 4;
const PAUSE_MS = 5;
/** Of the kills, so many are at no point in particular … */
const AT_RANDOM = 0.2;
/** … and so many on the way up, upon a crash that nothing has recovered from yet. */
const ON_THE_WAY_UP = 0.1;

interface Campaign {
  readonly world: World;
  readonly load: Workload;
  readonly points: Points;
  readonly random: Random;
  readonly violations: string[];
}

export async function kills(scope: Scope, options: CampaignOptions): Promise<Outcome> {
  const { n, seed, progress } = options;
  const random = seededRandom(seed);
  const worldOptions = {
    ...(options.chain === undefined ? {} : { chain: options.chain }),
    variables: {
      ANCHOR_CONFIRMATIONS: "3",
      // What a killed sender costs the next process, each time.
      ANCHOR_LEASE_MS: "300",
      ...(options.sabotage === undefined ? {} : { SABOTAGE: options.sabotage }),
    },
  };
  const world = await createWorld(scope, worldOptions);
  const campaign: Campaign = {
    world,
    load: workload(seededRandom(random.int(2 ** 32))),
    points: new Points(),
    random,
    violations: [],
  };
  const { load, points, violations } = campaign;
  const meter = progressMeter(n, "kills", progress);

  for (let done = 0; done < n && !isOver(options, violations); done++) {
    meter(done, `${points.names().length} points, ${world.audit.events} events`);
    const before = violations.length;
    const target = random.chance(AT_RANDOM) ? null : points.next();
    // What is only passed on a first start comes by on a new chain and database, and nowhere else.
    if (target !== null && points.missed(target) >= 3) {
      await scoped(async (own) => {
        const fresh = await createWorld(own, worldOptions);
        const visit: Campaign = {
          ...campaign,
          world: fresh,
          load: workload(seededRandom(random.int(2 ** 32))),
        };
        await kill(visit, target, true);
        await recover(visit);
      });
    } else await kill(campaign, target, target !== null && random.chance(ON_THE_WAY_UP));
    for (let i = before; i < violations.length; i++) violations[i] = `kill ${done}: ${violations[i]}`;
  }
  await recover(campaign);
  return {
    name: "kills",
    rows: [
      ["operations acknowledged", String(load.count)],
      ["events / receipts verified", `${world.audit.events} / ${world.audit.receipts}`],
      ["anchor transactions", String(world.audit.anchors)],
      ["killed at random", String(points.random)],
      ...points.counts().map(([point, count]): [string, string] => [`killed ${point}`, String(count)]),
    ],
    violations,
  };
}

/** Starts a process, audits what the last one left, and kills it: at the point, or at random if there is none. */
async function kill(campaign: Campaign, target: string | null, onTheWayUp: boolean): Promise<void> {
  const { world, load, points, random, violations } = campaign;
  if (random.chance(0.6)) await world.miner.automine();
  else await world.miner.every(50 + random.int(200));
  // Rare points are not waited for twice.
  const nth = onTheWayUp || (target !== null && points.missed(target) > 0) ? 1 : 1 + random.int(4);
  const begun = performance.now();
  const started = await tryStart(world, {
    ...(target === null ? {} : { CRASH_AT: target, CRASH_NTH: String(nth) }),
    CRASH_ARMED: onTheWayUp ? "now" : "later",
  });
  // A machine that is slow to start it is slow to come to the point.
  const patience = PATIENCE_MS + performance.now() - begun;
  if (typeof started === "string") {
    if (onTheWayUp && started.includes("(SIGKILL)")) points.note(started, target);
    else violations.push(`the next process does not start: ${started}`);
    return;
  }
  try {
    if (!onTheWayUp) {
      violations.push(...(await world.examine(started, load)));
      await load.checkPins(started, 1);
      process.kill(started.pid, "SIGUSR2");
    }
    const running = load.run(started, CONNECTIONS, PAUSE_MS);
    const ended = await Promise.race([started.ended, after(target === null ? random.int(600) : patience)]);
    if (ended === null) await started.stop("SIGKILL");
    else if (ended !== "SIGKILL") violations.push(`it ended by itself (${ended}): ${tail(started)}`);
    await running.stop();
    points.note(started.output(), ended === "SIGKILL" ? target : null, target);
  } catch (error) {
    violations.push(`after ${points.last ?? "a random kill"}: ${(error as Error).message}\n${tail(started)}`);
    await started.stop("SIGKILL");
  }
  violations.push(...load.violations.splice(0));
}

/** The last one is killed as well, and must have left nothing undone. */
async function recover(campaign: Campaign): Promise<void> {
  const { world, load, violations } = campaign;
  await world.miner.automine();
  const last = await tryStart(world, {});
  if (typeof last === "string") return void violations.push(`the last process does not start: ${last}`);
  await world.examine(last, load).then(
    (problems) => violations.push(...problems),
    (error: Error) => violations.push(`${error.message}\n${tail(last)}`),
  );
  const how = await last.stop("SIGTERM");
  if (how !== 0) violations.push(`the last process did not close properly (${how}): ${tail(last)}`);
}

const after = (ms: number) => new Promise<null>((resolve) => setTimeout(() => resolve(null), ms));
