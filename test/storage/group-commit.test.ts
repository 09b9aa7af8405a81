import { expect } from "chai";
import fc from "fast-check";
import { DatabaseUnavailable } from "../../server/ports.ts";
import { conformance } from "./conformance.ts";
import { NOW, appendFor, range, subjectOf } from "./samples.ts";

conformance("writes of the ledger that come together", (database) => {
  it("share a transaction: the last one's events are there when the first is told", async () => {
    const store = await database.open();
    const sizes = await Promise.all(
      range(5).map(async (i) => {
        await store.writeLedger((tx) => appendFor(tx, `s${i}`));
        return (await store.read.events.head()).size;
      }),
    );
    expect(sizes).to.deep.equal([5, 5, 5, 5, 5]);
  });

  it("take their turn as they came, each seeing what those before it did", async () => {
    const store = await database.open();
    const seen = await Promise.all(
      range(40).map((i) =>
        store.writeLedger(async (tx) => {
          const { size } = await tx.events.headForUpdate();
          const event = await appendFor(tx, `s${i % 3}`);
          return [size, event.index];
        }),
      ),
    );
    expect(seen).to.deep.equal(range(40).map((i) => [i, i]));
  });

  it("are each all or nothing: who throws takes back its own part, fails with the very error, and nobody else's", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.boolean(), { minLength: 1, maxLength: 40 }), async (fails) => {
        const store = await database.open();
        const { size: before } = await store.read.events.head();
        const outcomes = await Promise.allSettled(
          fails.map((fail, i) =>
            store.writeLedger(async (tx) => {
              const { id } = await subjectOf(tx, `s${i}`);
              const credential = await tx.credentials.getForUpdate(id, "fra", NOW);
              await tx.credentials.save({ ...credential, generation: credential.generation + 1 }, NOW);
              const event = await appendFor(tx, `s${i}`);
              if (fail) throw new Error(`refused ${i}`);
              return event.index;
            }),
          ),
        );
        let next = before;
        const expected = fails.map((fail) => (fail ? "refused" : next++));
        expect(
          outcomes.map((one) =>
            one.status === "fulfilled" ? one.value : (one.reason as Error).message.replace(/ \d+$/, ""),
          ),
        ).to.deep.equal(expected);
        expect((await store.read.events.head()).size).to.equal(next);
        expect(await store.read.events.range({ from: before, to: next, limit: 100 })).to.have.length(
          next - before,
        );
      }),
      { numRuns: 5 },
    );
  });

  it("are told nothing of success where the database fails one of them: nothing of any is kept, and the next ones work", async () => {
    const store = await database.open();
    const full = () =>
      Object.assign(new Error("no space"), { code: database.kind === "SQLite" ? "SQLITE_FULL" : "53100" });
    const outcomes = await Promise.allSettled(
      range(4).map((i) =>
        store.writeLedger(async (tx) => {
          if (i === 1) throw new Error("a refusal, which rests on what is not durable");
          const event = await appendFor(tx, `s${i}`);
          if (i === 2) throw full();
          return event;
        }),
      ),
    );
    for (const outcome of outcomes) {
      expect(outcome.status).to.equal("rejected");
      if (outcome.status === "rejected") {
        expect(outcome.reason).to.be.instanceOf(DatabaseUnavailable).and.to.include({ reason: "full" });
      }
    }
    expect(store.trouble()).to.include({ reason: "full" });
    expect((await store.read.events.head()).size).to.equal(0);
    expect((await store.writeLedger((tx) => appendFor(tx, "a"))).index).to.equal(0);
    expect(store.trouble()).to.equal(null);
  });

  it("say nothing of the database when all that came is refused, be it one or several", async () => {
    const store = await database.open();
    const full = Object.assign(new Error("no space"), {
      code: database.kind === "SQLite" ? "SQLITE_FULL" : "53100",
    });
    await store.writeLedger(() => Promise.reject(full)).catch(() => {});
    for (const count of [1, 3]) {
      const refused = await Promise.allSettled(
        range(count).map((i) => store.writeLedger(() => Promise.reject(new Error(`refused ${i}`)))),
      );
      expect(refused.map((one) => one.status === "rejected" && (one.reason as Error).message)).to.deep.equal(
        range(count).map((i) => `refused ${i}`),
      );
      expect(store.trouble()).to.include({ reason: "full" });
    }
    await Promise.allSettled([
      store.writeLedger(() => Promise.reject(new Error("refused"))),
      store.writeLedger((tx) => appendFor(tx, "a")),
    ]);
    expect(store.trouble()).to.equal(null);
  });

  it("and other writes leave each other alone", async () => {
    const store = await database.open();
    await Promise.all(
      range(30).map((i) =>
        i % 3 === 0
          ? store.write((tx) => tx.weakRejections.add(i, 1))
          : store.writeLedger((tx) => appendFor(tx, `s${i}`)),
      ),
    );
    expect((await store.read.events.head()).size).to.equal(20);
  });
});
