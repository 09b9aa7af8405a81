/**
 * Kills: the process ends by SIGKILL at every crash point and at random, under load, over and over on one database and
 * chain, in a few lanes side by side. After each kill the next process must start, anchor what is left, and pass the
 * audit, before it is killed itself.
 */
import { CouldNotRun, scoped } from "./command.ts";
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
/** For a point that was missed before: some come by every five seconds. */
const MORE_PATIENCE_MS = 6_000;
const CONNECTIONS = 4;
const PAUSE_MS = 5;
/** Of the kills, so many are at no point in particular … */
const AT_RANDOM = 0.2;
/** … and so many on the way up, upon a crash that nothing has recovered from yet. */
const ON_THE_WAY_UP = 0.1;

/** A kill mostly waits, for a start and for the load to come to its point. So several go on side by side … */
const LANES = 3;
/** … each with a chain and a database of its own, unless there are too few kills to be worth that. */
const KILLS_PER_LANE = 20;

interface Lane {
  readonly world: World;
  readonly load: Workload;
  /** Those of all lanes. */
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
  const points = new Points();
  const openLane = async (own: Scope): Promise<Lane> => {
    const laneRandom = seededRandom(random.int(2 ** 32));
    return {
      world: await createWorld(own, worldOptions),
      load: workload(seededRandom(laneRandom.int(2 ** 32))),
      points,
      random: laneRandom,
      violations: [],
    };
  };
  const lanes: Lane[] = [];
  while (lanes.length < Math.min(LANES, Math.ceil(n / KILLS_PER_LANE))) lanes.push(await openLane(scope));
  const sum = (of: (lane: Lane) => number) => lanes.reduce((total, lane) => total + of(lane), 0);
  const violations: string[] = [];
  const meter = progressMeter(n, "kills", progress);
  let begun = 0;

  const run = async (lane: Lane) => {
    while (begun < n && !isOver(options, violations)) {
      const number = begun++;
      meter(number, `${points.names().length} points, ${sum(({ world }) => world.audit.events)} events`);
      const target = lane.random.chance(AT_RANDOM) ? null : (options.point ?? points.next());
      // What is only passed on a first start comes by on a new chain and database, and nowhere else.
      if (target !== null && points.missed(target) >= 3) {
        await scoped(async (own) => {
          const visit = await openLane(own);
          await kill(visit, target, true);
          await recover(visit);
          lane.violations.push(...visit.violations);
        });
      } else await kill(lane, target, target !== null && lane.random.chance(ON_THE_WAY_UP));
      violations.push(...lane.violations.splice(0).map((one) => `kill ${number}: ${one}`));
    }
    await recover(lane);
    violations.push(...lane.violations.splice(0));
  };
  await Promise.all(lanes.map(run));
  const { point } = options;
  if (point !== undefined && !points.names().includes(point)) {
    throw new CouldNotRun(
      `No process passed "${point}". Those that were:\n${points.names().sort().join("\n")}`,
    );
  }
  return {
    name: "kills",
    rows: [
      ["operations acknowledged", String(sum(({ load }) => load.count))],
      [
        "events / receipts verified",
        `${sum(({ world }) => world.audit.events)} / ${sum(({ world }) => world.audit.receipts)}`,
      ],
      ["anchor transactions", String(sum(({ world }) => world.audit.anchors))],
      ["killed at random", String(points.random)],
      ...points.counts().map(([point, count]): [string, string] => [`killed ${point}`, String(count)]),
    ],
    violations,
  };
}

/** Starts a process, audits what the last one left, and kills it: at the point, or at random if there is none. */
async function kill(lane: Lane, target: string | null, onTheWayUp: boolean): Promise<void> {
  const { world, load, points, random, violations } = lane;
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
  const missed = target !== null && points.missed(target) > 0;
  const patience = (missed ? MORE_PATIENCE_MS : PATIENCE_MS) + performance.now() - begun;
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
    violations.push(
      `on the way to ${target ?? "a random kill"}: ${(error as Error).message}\n${tail(started)}`,
    );
    await started.stop("SIGKILL");
  }
  violations.push(...load.violations.splice(0));
}

/** The last one is killed as well, and must have left nothing undone. */
async function recover({ world, load, violations }: Lane): Promise<void> {
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
