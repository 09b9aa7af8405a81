/**
 * Reorganisations under load, of depth 1 to 12, which take transactions back for good (anvil does not return them to the
 * pool). `final` never goes back; `mined` does, as soon as its block is not canonical any more, and comes again.
 */
import { eventually } from "../../test/helpers/eventually.ts";
import { scoped } from "./command.ts";
import type { Scope } from "./command.ts";
import { seededRandom } from "./random.ts";
import type { Random } from "./random.ts";
import { isOver, progressMeter } from "./rig/outcome.ts";
import type { CampaignOptions, Outcome } from "./rig/outcome.ts";
import { relayerTransactions } from "./rig/relayer.ts";
import { statusWatch } from "./rig/status-watch.ts";
import { workload } from "./rig/workload.ts";
import { createWorld, tail } from "./rig/world.ts";

const DEEPEST = 12;
const BLOCK_MS = 120;
/** How long a status may speak of a block that is no more. */
const TRUTH_MS = 20_000;
const REORGS_PER_AUDIT = 20;
const CONNECTIONS = 2;
const PAUSE_MS = 40;
/** anvil's blocks bear whole seconds, each later than the last: a chain that runs ahead of the clock is fine with us. */
const FINAL_AFTER = DEEPEST + 1;

/** anvil 1.7 loses the whole state when it goes back after some 900 blocks: before that we take a new one. */
const REORGS_PER_CHAIN = 40;

interface Tally {
  readonly violations: string[];
  /** From each reorganisation until every status was true again, in ms. */
  readonly lies: number[];
  done: number;
  deepest: number;
  events: number;
  receipts: number;
  anchors: number;
  transactions: number;
  watched: number;
  regressions: number;
  recovered: number;
  finals: number;
}

export async function reorgs(_scope: Scope, options: CampaignOptions): Promise<Outcome> {
  const { n, seed, progress } = options;
  const random = seededRandom(seed);
  const tally: Tally = {
    violations: [],
    lies: [],
    done: 0,
    deepest: 0,
    events: 0,
    receipts: 0,
    anchors: 0,
    transactions: 0,
    watched: 0,
    regressions: 0,
    recovered: 0,
    finals: 0,
  };
  const meter = progressMeter(n, "reorganisations", progress);
  while (tally.done < n && !isOver(options, tally.violations)) {
    const until = Math.min(n, tally.done + REORGS_PER_CHAIN);
    await scoped((own) => season(own, options, random, tally, until, () => meter(tally.done)));
  }
  const lies = tally.lies.sort((a, b) => a - b).map(Math.round);
  return {
    name: "reorgs",
    rows: [
      ["deepest", String(tally.deepest)],
      ["until every status is true again: median / most", `${lies[lies.length >> 1]} / ${lies.at(-1)} ms`],
      ["events / receipts verified", `${tally.events} / ${tally.receipts}`],
      ["events watched, times back from mined", `${tally.watched}, ${tally.regressions}`],
      ["of them mined again, final at last", `${tally.recovered}, ${tally.finals}`],
      ["anchors / transactions of the relayer", `${tally.anchors} / ${tally.transactions}`],
    ],
    violations: tally.violations,
  };
}

async function season(
  scope: Scope,
  options: CampaignOptions,
  random: Random,
  tally: Tally,
  until: number,
  tell: () => void,
): Promise<void> {
  const { sabotage } = options;
  const { violations } = tally;
  const world = await createWorld(scope, {
    variables: {
      ANCHOR_CONFIRMATIONS: String(FINAL_AFTER),
      ...(sabotage === undefined ? {} : { SABOTAGE: sabotage }),
    },
  });
  const watch = statusWatch(world.chain.rpc);
  const load = workload(seededRandom(random.int(2 ** 32)), {
    onAcknowledged: (one) => watch.add(one.eventUrl),
  });
  const service = await world.start();
  await world.miner.mine(FINAL_AFTER);
  await world.miner.every(BLOCK_MS);
  let running = load.run(service, CONNECTIONS, PAUSE_MS);

  try {
    while (tally.done < until && !isOver(options, violations)) {
      await pause(100 + random.int(900));
      await watch.look(service);
      const depth = 1 + random.int(DEEPEST);
      tally.deepest = Math.max(tally.deepest, depth);
      await world.miner.reorg(depth);
      const reorgedAt = performance.now();
      const name = `reorganisation ${++tally.done} (depth ${depth})`;
      const allTrue = async () => (await watch.look(service)).length === 0;
      await eventually(allTrue, `after ${name} every status is true again`, TRUTH_MS).catch(
        async (error: Error) => {
          violations.push(`${error.message}: ${(await watch.look(service)).slice(0, 2).join("; ")}`);
        },
      );
      tally.lies.push(performance.now() - reorgedAt);
      violations.push(...watch.broken.splice(0).map((one) => `${name}: ${one}`));
      if (tally.done % REORGS_PER_AUDIT === 0) {
        await running.stop();
        violations.push(...(await world.examine(service, load)));
        running = load.run(service, CONNECTIONS, PAUSE_MS);
      }
      tell();
    }
    await running.stop();
    violations.push(...(await world.examine(service, load)));
    await world.miner.mine(FINAL_AFTER + 1);
    const allFinal = async () => {
      await watch.look(service);
      return watch.open === 0;
    };
    await eventually(allFinal, "everything becomes final", 30_000);
    violations.push(...watch.broken);
  } catch (error) {
    violations.push(`${(error as Error).message}\n${tail(service)}`);
  }
  await running.stop();
  const how = await service.stop("SIGTERM");
  if (how !== 0) violations.push(`the service did not close properly (${how})`);
  tally.events += world.audit.events;
  tally.receipts += world.audit.receipts;
  tally.anchors += world.audit.anchors;
  tally.transactions += await relayerTransactions(world.chain);
  tally.watched += watch.watched;
  tally.regressions += watch.regressions;
  tally.recovered += watch.recovered;
  tally.finals += watch.finals;
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
