import { readFileSync } from "node:fs";
import { expect } from "chai";
import fc from "fast-check";
import { FINDING_CODES, createReplay } from "../../../server/audit/replay/index.ts";
import { genuineLedger } from "./forged-ledgers.ts";
import { feed, replayed } from "./replayed.ts";
import type { Payload } from "./world.ts";

describe("Replay", () => {
  it("answers any payload with findings, and never with an exception", async () => {
    const genuine = await genuineLedger();
    const value = fc.oneof(
      fc.jsonValue({ maxDepth: 2 }),
      fc.constantFrom("__proto__", "2026-01-01T00:00:00.000Z", -1),
    );
    fc.assert(
      fc.property(fc.nat(genuine.length - 1), fc.nat(), value, fc.boolean(), (at, field, changed, inside) => {
        const payload = genuine[at]!;
        const target = inside ? (payload["outcome"] as Payload) : payload;
        const name = Object.keys(target)[field % Object.keys(target).length] ?? "v";
        const bent = { ...target, [name]: changed };
        const ledger = genuine.with(at, inside ? { ...payload, outcome: bent } : bent);
        for (const { code, index, message } of replayed(ledger)) {
          expect(FINDING_CODES).to.have.property(code);
          expect(index).to.be.within(0, genuine.length - 1);
          expect(message).to.be.a("string").and.not.equal("");
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it("misses no field of an event that it rests on", async () => {
    const genuine = await genuineLedger();
    for (const [at, payload] of genuine.entries()) {
      for (const field of Object.keys(payload["outcome"] as Payload)) {
        const { [field]: _, ...outcome } = payload["outcome"] as Payload;
        // The text that was accepted is the contract's to check.
        if (["documentHash", "documentVersion", "reason"].includes(field)) continue;
        expect(replayed(genuine.with(at, { ...payload, outcome })), `${at} without ${field}`).not.to.be.empty;
      }
    }
  });

  it("counts what it has no rule for, and says so instead of passing it off as examined", async () => {
    const genuine = await genuineLedger();
    const replay = createReplay();
    const foreign = { ...genuine[0]!, type: "something_new" };
    expect(feed(replay, [foreign, { ...foreign, subjectSeq: 1 }])).to.deep.equal([]);
    expect(replay.summary()).to.deep.include({ replayed: 0, notReplayed: { "fra/something_new": 2 } });
  });

  it("names every code of its findings in the documentation, and no other", () => {
    const text = readFileSync(new URL("../../../docs/policy-replay.md", import.meta.url), "utf8");
    const rows = [...text.matchAll(/^\| `([a-z_]+)` +\| (.*?) +\|$/gm)].map(([, code, meaning]) => [
      code,
      meaning,
    ]);
    expect(Object.fromEntries(rows)).to.deep.equal(FINDING_CODES);
  });
});
