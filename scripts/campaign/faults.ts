/**
 * Faults of the chain's endpoint, of every kind and on every method, in spells between which it behaves. After each spell
 * nothing may stand still for longer than two block intervals; no event is lost and none is anchored twice.
 */
import type { ServiceProcess } from "../../test/helpers/process.ts";
import type { Scope } from "./command.ts";
import { seededRandom } from "./random.ts";
import type { Random } from "./random.ts";
import { FAULTS, seededFaults } from "./rig/fault-plan.ts";
import type { Fault } from "./rig/fault-plan.ts";
import { isOver, progressMeter } from "./rig/outcome.ts";
import type { CampaignOptions, Outcome } from "./rig/outcome.ts";
import { relayerTransactions } from "./rig/relayer.ts";
import { workload } from "./rig/workload.ts";
import type { Workload } from "./rig/workload.ts";
import { createWorld, tail, tryStart } from "./rig/world.ts";
import type { World } from "./rig/world.ts";

/** As on many a second-layer chain. */
const BLOCK_MS = 2_000;
/** For six chains and six services to be late by, on two processors. */
const SLACK_MS = 250;
/** Before another sends for one that was killed, whatever the endpoint does. */
const LEASE_MS = 3_000;
/** So many of the spells are such. */
const CONTROLS = 0.2;
/** Mostly they wait for blocks: so many side by side, each with a chain of its own. */
const LANES = 6;
const SPELL_MS = 4_000;
const SPELLS_PER_AUDIT = 5;
/** The load: one operation after another, with a pause between. */
const PAUSE_MS = 100;

interface Lane {
  readonly number: number;
  readonly world: World;
  readonly load: Workload;
  readonly random: Random;
  service: ServiceProcess;
}

interface Stall {
  readonly spell: string;
  /** After the spell, the longest time in which nothing moved … */
  readonly ms: number;
  /** … and the blocks that came meanwhile. */
  readonly blocks: number;
  /** Until all was anchored, in ms. */
  readonly recovery: number;
  /** Whether there were no faults in it. */
  readonly calm: boolean;
  /** Whether the service was killed within, so that its successor had to wait for the lease as well. */
  readonly killed: boolean;
  /** What it had logged by then. */
  readonly log: string;
}

interface Tally {
  readonly met: Map<string, number>;
  readonly stalls: Stall[];
  readonly violations: string[];
  faults: number;
  /** Starts that ended because the endpoint misbehaved: whoever supervises it starts it again. */
  refusedStarts: number;
  restarts: number;
  events: number;
  receipts: number;
  anchors: number;
  transactions: number;
}

export async function faults(scope: Scope, options: CampaignOptions): Promise<Outcome> {
  const { n, seed, progress } = options;
  const tally: Tally = {
    met: new Map(),
    stalls: [],
    violations: [],
    faults: 0,
    refusedStarts: 0,
    restarts: 0,
    events: 0,
    receipts: 0,
    anchors: 0,
    transactions: 0,
  };
  const meter = progressMeter(n, "faults", progress);
  const lanes = Math.min(LANES, Math.ceil(n / 15));
  await Promise.all(
    Array.from({ length: lanes }, (_, number) =>
      runLane(scope, options, number, tally, () => meter(tally.faults)),
    ),
  );
  const counts = [...tally.met.values()];
  const methods = new Set([...tally.met.keys()].map((key) => key.split(" ")[0]));
  const spread = (values: number[]) => {
    const sorted = values.sort((a, b) => a - b);
    const at = (share: number) => Math.round(sorted[Math.floor(share * (sorted.length - 1))] ?? NaN);
    return `${at(0.5)} / ${at(0.99)} / ${at(1)} ms of ${values.length}`;
  };
  const stalls = (which: (stall: Stall) => boolean) => spread(tally.stalls.filter(which).map(({ ms }) => ms));
  return {
    name: "faults",
    rows: [
      ["faults", String(tally.faults)],
      [
        "methods × kinds met, least often",
        `${methods.size} × ${FAULTS.length}: ${counts.length}, ${Math.min(...counts)}`,
      ],
      ["spells", String(tally.stalls.length)],
      [
        `stall after a spell: median / 99 % / most (a block each ${BLOCK_MS} ms)`,
        stalls(({ calm, killed }) => !calm && !killed),
      ],
      ["the same without a fault", stalls(({ calm, killed }) => calm && !killed)],
      [`the same where it was killed within (lease of ${LEASE_MS} ms)`, stalls(({ killed }) => killed)],
      ["all anchored after a spell", spread(tally.stalls.map(({ recovery }) => recovery))],
      ["restarts within a spell, of them refused", `${tally.restarts}, ${tally.refusedStarts}`],
      ["events / receipts verified", `${tally.events} / ${tally.receipts}`],
      ["anchors / transactions of the relayer", `${tally.anchors} / ${tally.transactions}`],
    ],
    violations: [...tally.violations, ...stalled(tally)],
  };

  async function runLane(
    scope: Scope,
    { chain, sabotage }: CampaignOptions,
    number: number,
    tally: Tally,
    tell: () => void,
  ): Promise<void> {
    const random = seededRandom(seed + number * 7919);
    const world = await createWorld(scope, {
      ...(chain === undefined ? {} : { chain }),
      variables: {
        ANCHOR_CONFIRMATIONS: "3",
        CHAIN_TIMEOUT_MS: "1000",
        ANCHOR_LEASE_MS: String(LEASE_MS),
        ...(sabotage === undefined ? {} : { SABOTAGE: sabotage }),
      },
    });
    // The first start opens the epoch: with all the time that it needs.
    const service = await world.start({ CHAIN_TIMEOUT_MS: "10000" });
    await world.miner.every(BLOCK_MS);
    const lane: Lane = { number, world, load: workload(seededRandom(random.int(2 ** 32))), random, service };
    let running = lane.load.run(lane.service, 1, PAUSE_MS);
    for (let spell = 0; tally.faults < n && !isOver(options, tally.violations); spell++) {
      const restart = random.chance(0.1);
      const killAndStart = async () => {
        await running.stop();
        await lane.service.stop("SIGKILL");
        lane.service = await startAgain(lane, tally);
        running = lane.load.run(lane.service, 1, PAUSE_MS);
      };
      await misbehave(lane, seed + number * 104_729 + spell, tally, restart ? killAndStart : null);
      if (spell % SPELLS_PER_AUDIT === SPELLS_PER_AUDIT - 1) {
        await running.stop();
        await audit(lane, tally);
        running = lane.load.run(lane.service, 1, PAUSE_MS);
      }
      tell();
    }
    await running.stop();
    await audit(lane, tally);
    tally.events += world.audit.events;
    tally.receipts += world.audit.receipts;
    tally.anchors += world.audit.anchors;
    tally.transactions += await relayerTransactions(world.chain);
    await lane.service.stop("SIGTERM");
  }
}

/** One spell of faults, and how long it is felt. */
async function misbehave(
  lane: Lane,
  seed: number,
  tally: Tally,
  restart: (() => Promise<void>) | null,
): Promise<void> {
  const { world, random } = lane;
  const kinds: readonly Fault[] = random.chance(0.5) ? FAULTS : [random.pick(FAULTS)];
  const share = random.chance(CONTROLS) ? 0 : random.pick([0.15, 0.3, 0.3, 0.6, 1]);
  const before = world.proxy.faults;
  const enough = 3 + random.int(30);
  const until = performance.now() + (share === 0 ? SPELL_MS / 4 : SPELL_MS);
  world.proxy.plan = seededFaults(seed, share, kinds);
  await restart?.();
  while (world.proxy.faults - before < enough && performance.now() < until) await pause(20);
  world.proxy.calm();
  tally.faults += world.proxy.faults - before;
  for (const [method, faults] of world.proxy.met)
    for (const [fault, times] of faults) tally.met.set(`${method} ${fault} ${lane.number}`, times);

  const name = `lane ${lane.number}, spell of seed ${seed} (${Math.round(share * 100)} % of ${kinds.length === 1 ? kinds[0] : "all kinds"})`;
  await watchRecovery(lane, tally, { spell: name, calm: share === 0, killed: restart !== null });
}

/** Until all is anchored that was committed by now: how long it takes, and how long nothing moves. */
async function watchRecovery(
  { world, service }: Lane,
  tally: Tally,
  spell: Pick<Stall, "spell" | "calm" | "killed">,
): Promise<void> {
  const calmAt = performance.now();
  const { size } = await world.store.read.events.head();
  let anchored = (await world.eyes.treeHead()).size;
  let movedAt = calmAt;
  let movedIn = await world.eyes.blockNumber();
  let stall = { ms: 0, blocks: 0 };
  while (anchored < size) {
    await pause(20);
    const now = performance.now();
    const head = await world.eyes.treeHead();
    const block = await world.eyes.blockNumber();
    stall = { ms: Math.max(stall.ms, now - movedAt), blocks: Math.max(stall.blocks, block - movedIn) };
    if (head.size > anchored) [movedAt, movedIn] = [now, block];
    anchored = head.size;
    if (now - calmAt > 30_000) {
      const readiness = await service.get("/health/ready").catch(() => null);
      tally.violations.push(
        `${spell.spell}: never recovered; readiness says ${JSON.stringify(readiness?.body)}`,
      );
      return;
    }
  }
  const recovery = performance.now() - calmAt;
  tally.stalls.push({ ...spell, ...stall, recovery, log: stall.blocks > 2 ? tail(service) : "" });
}

/** By the clock and by blocks. Whoever follows one that was killed may wait for the lease first. */
function stalled({ stalls }: Tally): string[] {
  return stalls
    .filter(({ ms, blocks, killed }) => {
      const within = 2 * BLOCK_MS + SLACK_MS + (killed ? LEASE_MS : 0);
      return ms > within && blocks > Math.ceil((killed ? LEASE_MS : 0) / BLOCK_MS) + 2;
    })
    .map(
      ({ spell, ms, blocks, log }) =>
        `${spell}: stalled for ${Math.round(ms)} ms, ${blocks} blocks, after it ended\n${log}`,
    );
}

async function startAgain(lane: Lane, tally: Tally): Promise<ServiceProcess> {
  for (let tries = 0; ; tries++) {
    tally.restarts++;
    // Within the spell at first; a fault that comes with every start is not to last for ever.
    if (tries === 5) lane.world.proxy.calm();
    const started = await tryStart(lane.world, {});
    if (typeof started !== "string") return started;
    tally.refusedStarts++;
    if (tries > 5) throw new Error(`it does not start though the endpoint is well:\n${started}`);
  }
}

async function audit({ number, world, load, service }: Lane, tally: Tally): Promise<void> {
  try {
    const problems = await world.examine(service, load);
    tally.violations.push(...problems.map((one) => `lane ${number}: ${one}`));
  } catch (error) {
    tally.violations.push(`lane ${number}: ${(error as Error).message}\n${tail(service)}`);
  }
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
