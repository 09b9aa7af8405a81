import { expect } from "chai";
import fc from "fast-check";
import { createReplay } from "../../../server/audit/replay/index.ts";
import { history, play } from "./histories.ts";
import { feed, replayed } from "./replayed.ts";

const RUNS = Number(process.env["REPLAY_RUNS"] ?? 40);

describe("Replay of what the service really did", function () {
  this.timeout(0);

  it("finds nothing wrong, whatever customers, guessers and crashes did side by side", async () => {
    const seen = new Map<string, number>();
    let events = 0;
    await fc.assert(
      fc.asyncProperty(history(80), async (steps) => {
        const payloads = await play(steps);
        expect(replayed(payloads)).to.deep.equal([]);
        events += payloads.length;
        for (const payload of payloads) {
          const outcome = payload?.["outcome"] as { result?: string } | undefined;
          const name = `${String(payload?.["type"])} ${outcome?.result ?? ""}`;
          seen.set(name, (seen.get(name) ?? 0) + 1);
        }
      }),
      { numRuns: RUNS },
    );
    if (process.env["REPLAY_RUNS"] !== undefined) console.log(events, Object.fromEntries(seen));
  });

  it("goes on from a snapshot, at any event, as if it had never stopped", async () => {
    await fc.assert(
      fc.asyncProperty(history(60), fc.nat(), async (steps, cut) => {
        const payloads = await play(steps);
        const at = cut % (payloads.length + 1);
        const whole = createReplay();
        feed(whole, payloads);

        const first = createReplay();
        const before = feed(first, payloads.slice(0, at));
        const stored = JSON.parse(JSON.stringify(first.snapshot())) as ReturnType<typeof first.snapshot>;
        const second = createReplay({ from: stored });
        const after = feed(second, payloads.slice(at), at);
        expect([...before, ...after, ...second.end()]).to.deep.equal([]);
        expect(second.snapshot()).to.deep.equal(whole.snapshot());
        expect(second.summary()).to.deep.equal(whole.summary());
      }),
      { numRuns: Math.ceil(RUNS / 4) },
    );
  });
});
