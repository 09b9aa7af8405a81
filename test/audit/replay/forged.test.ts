import { expect } from "chai";
import fc from "fast-check";
import { FORGERIES, forge } from "./forgeries.ts";
import { history, play } from "./histories.ts";
import { replayed } from "./replayed.ts";
import type { Payload } from "./world.ts";

const RUNS = Number(process.env["REPLAY_RUNS"] ?? 40);

describe("Replay of a forged ledger", function () {
  this.timeout(0);
  const ledgers: (Payload | null)[][] = [];
  const done = new Map<string, number>();

  before(async () => {
    for (const steps of fc.sample(history(80), { numRuns: RUNS, seed: 6 })) ledgers.push(await play(steps));
  });

  for (const name of Object.keys(FORGERIES)) {
    it(`names the event and the rule: ${name}`, () => {
      let count = 0;
      for (const ledger of ledgers) {
        for (const { ledger: forged, index, codes } of forge(name, ledger)) {
          count++;
          const findings = replayed(forged);
          const named = findings.some((finding) => finding.index === index && codes.includes(finding.code));
          if (!named) {
            const around = forged.slice(Math.max(0, index - 6), index + 2);
            expect.fail(
              `${codes.join(" or ")} at ${index}; found ${JSON.stringify(findings.slice(0, 5))} in ${JSON.stringify(around.map((payload) => [payload?.["type"], payload?.["timestamp"], payload?.["identityHash"], payload?.["outcome"]]))}`,
            );
          }
        }
      }
      done.set(name, count);
      expect(count, "the histories give occasion for it").to.be.greaterThan(0);
    });
  }

  after(() => {
    if (process.env["REPLAY_RUNS"] !== undefined) console.log(Object.fromEntries(done));
  });
});
