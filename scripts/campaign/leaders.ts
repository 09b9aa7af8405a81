/**
 * Two processes on one database and one key, either of which may be killed or paused at any time. Whoever broadcasts has
 * the lease at that moment, the other takes over within seconds, and one that was paused finds that it may not send.
 */
import { randomInt } from "node:crypto";
import { eventually } from "../../test/helpers/eventually.ts";
import { startPostgres } from "../../test/helpers/postgres-server.ts";
import type { ServiceProcess } from "../../test/helpers/process.ts";
import { scoped } from "./command.ts";
import type { Scope } from "./command.ts";
import { seededRandom } from "./random.ts";
import type { Random } from "./random.ts";
import { faultProxy } from "./rig/fault-proxy.ts";
import type { FaultProxy } from "./rig/fault-proxy.ts";
import { isOver, progressMeter } from "./rig/outcome.ts";
import type { CampaignOptions, Outcome } from "./rig/outcome.ts";
import { workload } from "./rig/workload.ts";
import type { Workload } from "./rig/workload.ts";
import { createWorld, tail } from "./rig/world.ts";
import type { World } from "./rig/world.ts";

const LEASE_MS = 1_000;
/**
 * Between the last look at the lease and the start of the broadcast. What begins by right may still arrive late, or very
 * late where the process is paused just then. No sender can rule that out; it is harmless because the bytes were stored
 * under the lease, and the next holder sends the very same.
 */
const ASKED_MS = LEASE_MS / 2;
/** From the end of the sender to the next anchor, by the other. */
const HANDOVER_MS = 5_000;

interface Rival {
  readonly name: string;
  readonly proxy: FaultProxy;
  service: ServiceProcess;
  /** When we first saw that it had the lease no more, in ms; it may be earlier than that. */
  lostAt: number;
}

interface Tally {
  readonly violations: string[];
  readonly handovers: number[];
  kills: number;
  pauses: number;
  sends: number;
  /** Broadcasts that arrived when the lease had changed hands since they began. */
  late: number;
  acknowledged: number;
  events: number;
  receipts: number;
}

export async function leaders(scope: Scope, options: CampaignOptions): Promise<Outcome> {
  const { n, seed, progress } = options;
  const tally: Tally = {
    violations: [],
    handovers: [],
    kills: 0,
    pauses: 0,
    sends: 0,
    late: 0,
    acknowledged: 0,
    events: 0,
    receipts: 0,
  };
  const meter = progressMeter(n, "kills and pauses", progress);
  const onSqlite = Math.ceil(n / 2);
  await scoped((own) =>
    rivalry(own, options, { rounds: onSqlite, seed, tally, meter: (done) => meter(done) }),
  );
  if (n > onSqlite && !isOver(options, tally.violations)) {
    await scoped(async (own) => {
      progress("PostgreSQL");
      const server = await startPostgres();
      own.defer(() => server.stop());
      // Not of the seed: a name is all it is.
      const database = await server.createDatabase(`campaign_${randomInt(1e9)}`);
      const rounds = n - onSqlite;
      await rivalry(own, options, {
        rounds,
        seed: seed + 1,
        tally,
        databaseUrl: database.url,
        meter: (done) => meter(onSqlite + done),
      });
    });
  }
  const sorted = tally.handovers.sort((a, b) => a - b);
  const at = (share: number) => Math.round(sorted[Math.floor(share * (sorted.length - 1))] ?? NaN);
  return {
    name: "leaders",
    rows: [
      ["kills, pauses", `${tally.kills}, ${tally.pauses}`],
      [`handovers: median / most (lease of ${LEASE_MS} ms)`, `${at(0.5)} / ${at(1)} ms`],
      ["broadcasts; of them as the lease changed hands", `${tally.sends}; ${tally.late}`],
      ["operations acknowledged", String(tally.acknowledged)],
      ["events / receipts verified", `${tally.events} / ${tally.receipts}`],
    ],
    violations: tally.violations,
  };
}

async function rivalry(
  scope: Scope,
  options: CampaignOptions,
  run: {
    readonly rounds: number;
    readonly seed: number;
    readonly tally: Tally;
    readonly databaseUrl?: string;
    readonly meter: (done: number) => void;
  },
): Promise<void> {
  const { sabotage } = options;
  const { rounds, tally, databaseUrl, meter } = run;
  const random = seededRandom(run.seed);
  const world = await createWorld(scope, {
    ...(databaseUrl === undefined ? {} : { databaseUrl }),
    variables: {
      ANCHOR_LEASE_MS: String(LEASE_MS),
      ANCHOR_CONFIRMATIONS: "3",
      ...(sabotage === undefined ? {} : { SABOTAGE: sabotage }),
    },
  });
  // Some time passes between a broadcast and its block: that is when a change of hands is awkward.
  await world.miner.every(150);
  // What is asked of one while the other holds the database's lock may fail: that is no lost event.
  const load = workload(seededRandom(random.int(2 ** 32)), { faultsExpected: true });
  const rivals: Rival[] = [];
  let held: Rival | null = null;
  const looks = { begun: 0, newest: 0 };
  const holderNow = async () => {
    const look = ++looks.begun;
    const holder = await senderOf(world, rivals);
    // An answer that was overtaken is no news.
    if (look < looks.newest) return holder;
    looks.newest = look;
    if (held !== null && held !== holder) held.lostAt = monotonicMs();
    return (held = holder);
  };
  const watching = setInterval(() => void holderNow().catch(() => {}), 25);
  scope.defer(() => clearInterval(watching));
  for (const name of ["A", "B"]) {
    const proxy = await faultProxy(world.chain.url);
    scope.defer(() => proxy.close());
    const service = await world.start({ CHAIN_RPC_URL: proxy.url });
    const rival: Rival = { name, proxy, service, lostAt: -Infinity };
    proxy.onCall = async (call) => {
      const txHash = await world.sends.see(call);
      if (txHash === null) return;
      tally.sends++;
      const holder = await holderNow();
      if (holder === rival) return;
      const begunAt = await sentAt(rival, txHash);
      if (begunAt < rival.lostAt + ASKED_MS) tally.late++;
      else tally.violations.push(`${name} broadcasts, and ${holder?.name ?? "nobody"} holds the lease`);
    };
    rivals.push(rival);
  }

  for (let done = 1; done <= rounds && !isOver(options, tally.violations); done++) {
    const [a, b] = rivals as [Rival, Rival];
    const running = rivals.map(({ service }) => load.run(service, 2, 20));
    const before = tally.violations.length;
    try {
      await pause(200 + random.int(600));
      const holder = await senderOf(world, rivals);
      const target = random.chance(0.8) && holder !== null ? holder : random.pick(rivals);
      const other = target === a ? b : a;
      const round = { world, tally, random, target, other, load };
      await (random.chance(0.5) ? kill(round, target === holder) : suspend(round));
      await Promise.all(running.map((one) => one.stop()));
      tally.violations.push(...(await world.examine(random.pick(rivals).service, load)));
    } catch (error) {
      tally.violations.push(`${(error as Error).message}\nA: ${tail(a.service)}\nB: ${tail(b.service)}`);
      await Promise.all(running.map((one) => one.stop()));
    }
    for (let i = before; i < tally.violations.length; i++) {
      tally.violations[i] =
        `${databaseUrl === undefined ? "SQLite" : "PostgreSQL"}, round ${done}: ${tally.violations[i]}`;
    }
    meter(done);
  }
  tally.acknowledged += load.count;
  tally.events += world.audit.events;
  tally.receipts += world.audit.receipts;
  for (const { service } of rivals) await service.stop("SIGTERM");
}

interface Round {
  readonly world: World;
  readonly tally: Tally;
  readonly random: Random;
  readonly target: Rival;
  readonly other: Rival;
  readonly load: Workload;
}

async function kill({ world, tally, target, other }: Round, wasSending: boolean): Promise<void> {
  tally.kills++;
  const { size } = await world.store.read.events.head();
  await target.service.stop("SIGKILL");
  const killedAt = performance.now();
  if (wasSending) {
    await eventually(
      async () => (await senderOf(world, [other])) === other && (await world.eyes.treeHead()).size >= size,
      `${other.name} takes over from ${target.name}, which was killed`,
      HANDOVER_MS,
    );
    tally.handovers.push(performance.now() - killedAt);
  }
  target.service = await world.start({ CHAIN_RPC_URL: target.proxy.url });
}

async function suspend({ tally, random, target }: Round): Promise<void> {
  tally.pauses++;
  process.kill(target.service.pid, "SIGSTOP");
  try {
    await pause(
      random.pick([50, LEASE_MS / 2, LEASE_MS * 1.2, LEASE_MS * 2.5]) * (0.8 + 0.4 * random.next()),
    );
  } finally {
    process.kill(target.service.pid, "SIGCONT");
  }
  // What it was about to do, it would do now.
  await pause(300);
}

/** Which of them has the lease, by the process id in its name; null: nobody, or another. */
async function senderOf({ store }: World, rivals: readonly Rival[]): Promise<Rival | null> {
  const { owner } = await store.read.anchors.lease();
  return rivals.find(({ service }) => owner.split("/").includes(String(service.pid))) ?? null;
}

/** When it last began to broadcast that, in ms: it prints it first (crashing-main.ts). */
async function sentAt({ service }: Rival, txHash: string): Promise<number> {
  // What it printed before may be read after what it sent.
  await pause(50);
  const [, ms] = [...service.output().matchAll(new RegExp(`SENDS ${txHash} (\\d+)`, "g"))].at(-1) ?? [];
  return Number(ms);
}

const monotonicMs = () => Number(process.hrtime.bigint() / 1_000_000n);

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
