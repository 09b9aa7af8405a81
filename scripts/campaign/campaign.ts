/** `npm run campaign`: what breaks services, at scale: kills, faults, reorganisations, rivals, full disks, odd clocks. */
import { Argument, Command, InvalidArgumentError, Option } from "commander";
import { CouldNotRun, conclude, progress } from "./command.ts";
import { clock } from "./clock.ts";
import { disk } from "./disk.ts";
import { faults } from "./faults.ts";
import { kills } from "./kills.ts";
import { reorgs } from "./reorgs.ts";
import { leaders } from "./leaders.ts";
import { newSeed } from "./random.ts";
import type { CampaignOptions, Outcome } from "./rig/outcome.ts";
import { SABOTAGES } from "./rig/sabotage.ts";
import { findAnvil } from "./rig/chain.ts";
import type { Scope } from "./command.ts";
import { tamper } from "./tamper.ts";
import { table, verdict } from "./table.ts";

type Campaign = (scope: Scope, options: CampaignOptions) => Promise<Outcome>;

const CAMPAIGNS: Readonly<
  Record<string, { readonly run: Campaign; readonly n: number; readonly of: string }>
> = {
  kills: { run: kills, n: 1_000, of: "SIGKILLs, at every crash point and at random under load" },
  faults: { run: faults, n: 10_000, of: "faults of the chain's endpoint, of every kind and on every method" },
  reorgs: { run: reorgs, n: 500, of: "reorganisations of depth 1 to 12 under load" },
  leaders: {
    run: leaders,
    n: 200,
    of: "kills and pauses of two processes on one database, SQLite and PostgreSQL",
  },
  disk: { run: disk, n: 100, of: "times that the disk is full or its writes fail" },
  tamper: { run: tamper, n: 100_000, of: "changes to a ledger's database, each caught at the right event" },
  clock: { run: clock, n: 50, of: "jumps of the clock, of up to a year either way" },
};

/** Violations; the rest mostly says the same. */
const SHOWN = 10;
const KINDS = [...Object.keys(CAMPAIGNS), "all"];

function parse() {
  const whole = (text: string) => {
    if (!/^[1-9]\d{0,9}$/.test(text)) throw new InvalidArgumentError("Expected a whole number from 1.");
    return Number(text);
  };
  const width = Math.max(...KINDS.map((kind) => kind.length));
  const list = Object.entries(CAMPAIGNS).map(([kind, { n, of }]) => `  ${kind.padEnd(width)}  ${of} [${n}]`);
  return (
    new Command("npm run campaign --")
      .description("Breaks what can break around the service, and audits it afterwards. Prints one table.")
      .addArgument(new Argument("[campaign]", "which one").choices(KINDS).default("all"))
      .option("--n <N>", "how many [the campaign's own number]", whole)
      .option("--seed <S>", "brings the same choices again [random]", whole, newSeed())
      .addOption(
        new Option("--chain <KIND>", "kills and faults: which EVM")
          .choices(["anvil", "hardhat"])
          .default("anvil"),
      )
      .option("--point <NAME>", "kills: aim at this crash point alone, named as in the table")
      .addOption(
        new Option("--sabotage <MISTAKE>", "break the service on purpose: the campaign must notice").choices(
          Object.keys(SABOTAGES),
        ),
      )
      .addHelpText(
        "after",
        `\nCampaigns:\n${list.join("\n")}\n\nExit code 0: all hold, 1: one does not, 2: could not be run, or was interrupted (Ctrl-C prints the table so far).\n`,
      )
      // 1 is for what does not hold.
      .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
      .parse()
  );
}

const command = parse();
const kind = command.processedArgs[0] as string;
const { n, seed, chain, point, sabotage } = command.opts<{
  n?: number;
  seed: number;
  chain: "anvil" | "hardhat";
  point?: string;
  sabotage?: string;
}>();

let interrupted = false;
const onSignal = () => {
  interrupted = true;
  progress("interrupted: the table of what was done follows (once more, and it ends at once)");
};

await conclude(async (scope) => {
  if (kind !== "tamper" && findAnvil() === null) {
    throw new CouldNotRun("anvil is needed (an optional dependency, or on the PATH), and not to be found.");
  }
  const rows: [string, string, string][] = [];
  let holds = true;
  for (const [name, campaign] of Object.entries(CAMPAIGNS)) {
    if (interrupted || (kind !== "all" && kind !== name)) continue;
    const count = n ?? campaign.n;
    const startedAt = performance.now();
    progress(`${name}: ${count}, seed ${seed}`);
    const outcome = await campaign.run(scope, {
      n: count,
      seed,
      chain,
      ...(point === undefined ? {} : { point }),
      ...(sabotage === undefined ? {} : { sabotage }),
      interrupted: () => interrupted,
      progress: (line) => progress(`${name}: ${line}`),
    });
    for (const violation of outcome.violations.slice(0, SHOWN)) progress(`${name}: VIOLATION: ${violation}`);
    const more = outcome.violations.length - SHOWN;
    if (more > 0) progress(`${name}: and ${more} more`);
    const unbroken = outcome.violations.length === 0;
    holds &&= unbroken;
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
    const share = interrupted ? `${seconds} s towards ${count}` : `${count} in ${seconds} s`;
    rows.push([name, `${share}, seed ${seed}`, interrupted && unbroken ? "interrupted" : verdict(unbroken)]);
    rows.push(...outcome.rows.map(([what, value]): [string, string, string] => [`  ${what}`, value, ""]));
  }
  process.stdout.write(table(rows));
  if (interrupted && holds) throw new CouldNotRun("Interrupted: what was done until then holds.");
  return holds;
}, onSignal);
