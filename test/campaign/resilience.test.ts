/** The campaigns of `npm run campaign`, a little of each; more by KILLS=100, FAULTS=…, and so on, SEED=… to repeat. */
import { expect } from "chai";
import { clock } from "../../scripts/campaign/clock.ts";
import { scoped } from "../../scripts/campaign/command.ts";
import type { Scope } from "../../scripts/campaign/command.ts";
import { disk } from "../../scripts/campaign/disk.ts";
import { faults } from "../../scripts/campaign/faults.ts";
import { kills } from "../../scripts/campaign/kills.ts";
import { leaders } from "../../scripts/campaign/leaders.ts";
import { reorgs } from "../../scripts/campaign/reorgs.ts";
import { findAnvil } from "../../scripts/campaign/rig/chain.ts";
import type { CampaignOptions, Outcome } from "../../scripts/campaign/rig/outcome.ts";

/** The same each time: `npm run campaign` is for new ones. */
const SEED = Number(process.env.SEED ?? 1);

type Campaign = (scope: Scope, options: CampaignOptions) => Promise<Outcome>;

const run = (campaign: Campaign, n: number, more: Partial<CampaignOptions> = {}): Promise<Outcome> =>
  scoped((scope) => campaign(scope, { n, seed: SEED, progress: () => {}, ...more }));

const PROMISES: readonly (readonly [variable: string, n: number, promise: string, campaign: Campaign])[] = [
  ["KILLS", 4, "Kills at crash points and at random lose, double and forge nothing", kills],
  ["FAULTS", 10, "Faults of the endpoint neither lose nor double an anchor, and pass with the fault", faults],
  ["REORGS", 4, "Reorganisations move events back from mined and never from final", reorgs],
  ["LEADERS", 2, "Of two processes on one database one sends, whoever is killed or paused", leaders],
  ["DISK", 2, "A full or failing disk takes nothing that was acknowledged, and heals", disk],
  ["CLOCK", 3, "A clock that is set changes neither the order of events nor a lock", clock],
];

describe(`A little of each campaign (SEED=${SEED})`, () => {
  before("anvil is optional", function () {
    if (findAnvil() !== null) return;
    console.log("      anvil is not installed and not on the PATH: skipped");
    this.skip();
  });

  for (const [variable, few, promise, campaign] of PROMISES) {
    const n = Number(process.env[variable] ?? few);
    it(`${promise}: ${n}`, async () => {
      const { violations } = await run(campaign, n);
      expect(violations, `${variable}=${n} SEED=${SEED}`).to.deep.equal([]);
    }).timeout(120_000 + n * 60_000);
  }

  it("notices what is broadcast before it is durable", async () => {
    const { violations } = await run(kills, 3, { sabotage: "broadcast-before-commit" });
    // Either it is seen when it is sent, or the chain then has what the database knows nothing of.
    expect(violations.join("\n")).to.match(
      /was broadcast before it was durable|does not start: [^]*The contract holds/,
    );
  }).timeout(180_000);

  it("notices what is acknowledged and not committed", async () => {
    const { violations } = await run(disk, 1, { sabotage: "acknowledge-failed-commit" });
    expect(violations.join("\n")).to.match(/the acknowledged event \S+ \(\S+\) is gone/);
  }).timeout(180_000);
});
