import { expect } from "chai";
import fc from "fast-check";
import { Admission } from "../../server/crypto/admission.ts";
import { Refusal } from "../../server/domain/errors.ts";

/** Hashes that end when the test says so. */
class Hashes {
  readonly started: number[] = [];
  readonly running = new Map<number, { resolve(): void; reject(error: Error): void }>();
  readonly hash = (id: number) => (): Promise<void> => {
    this.started.push(id);
    return new Promise((resolve, reject) => this.running.set(id, { resolve, reject }));
  };
  async end(id: number): Promise<void> {
    this.running.get(id)!.resolve();
    this.running.delete(id);
    await settled();
  }
  async fail(id: number): Promise<void> {
    this.running.get(id)!.reject(new Error("the engine failed"));
    this.running.delete(id);
    await settled();
  }
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe("Admission to hashing", () => {
  it("runs as many hashes as there are cores, and the others in the order in which they came", async () => {
    const admission = new Admission(2, 10);
    const hashes = new Hashes();
    for (let id = 0; id < 6; id++) void admission.hashing(hashes.hash(id));
    expect(hashes.started).to.deep.equal([0, 1]);
    await hashes.end(1);
    expect(hashes.started).to.deep.equal([0, 1, 2]);
    await hashes.end(2);
    await hashes.end(0);
    expect(hashes.started).to.deep.equal([0, 1, 2, 3, 4]);
    expect(admission.running).to.equal(2);
  });

  it("lets nobody slip in between one that ends and the one that waits", async () => {
    const admission = new Admission(1, 10);
    const hashes = new Hashes();
    const first = admission.hashing(hashes.hash(0));
    void admission.hashing(hashes.hash(1));
    const late = first.then(() => admission.hashing(hashes.hash(2)));
    await hashes.end(0);
    expect(hashes.started).to.deep.equal([0, 1]);
    await hashes.end(1);
    await hashes.end(2);
    await late;
    expect(admission.running).to.equal(0);
  });

  it("refuses at once, without running anything, when every slot is taken", async () => {
    const admission = new Admission(2, 3);
    const endings: (() => void)[] = [];
    const taken = Array.from({ length: 5 }, () =>
      admission.withSlot(() => new Promise<void>((resolve) => endings.push(resolve))),
    );
    expect(admission.slots).to.equal(5);
    let ran = false;
    const refusal: unknown = await admission
      .withSlot(async () => void (ran = true))
      .catch((error: unknown) => error);
    expect(refusal).to.be.instanceOf(Refusal).and.to.include({ code: "OVERLOADED", retryAfterMs: 1_000 });
    expect(ran).to.equal(false);
    expect(admission.slots, "a refusal takes no slot and frees none").to.equal(5);

    endings[0]!();
    await taken[0];
    expect(await admission.withSlot(async () => "in")).to.equal("in");
    for (const end of endings) end();
    await Promise.all(taken);
    expect(admission.slots).to.equal(0);
  });

  it("frees the slot of an operation that throws", async () => {
    const admission = new Admission(1, 0);
    for (let i = 0; i < 3; i++) {
      const error: unknown = await admission
        .withSlot(() => Promise.reject(new Error("mine")))
        .catch((thrown: unknown) => thrown);
      expect(error).to.have.property("message", "mine");
    }
    expect(admission.slots).to.equal(0);
  });

  it("keeps the permit until the hash ends, though the operation that asked for it is gone", async () => {
    const admission = new Admission(1, 10);
    const hashes = new Hashes();
    const gone: unknown = await admission
      .withSlot(async () => {
        void admission.hashing(hashes.hash(0));
        throw new Error("the client has left");
      })
      .catch((error: unknown) => error);
    expect(gone).to.have.property("message", "the client has left");
    void admission.hashing(hashes.hash(1));
    await settled();
    expect(hashes.started, "the core is still busy").to.deep.equal([0]);
    await hashes.end(0);
    expect(hashes.started).to.deep.equal([0, 1]);
  });

  it("hands the permit of a hash that fails to the next", async () => {
    const admission = new Admission(1, 10);
    const hashes = new Hashes();
    const failing = admission.hashing(hashes.hash(0)).catch((error: unknown) => error);
    void admission.hashing(hashes.hash(1));
    await hashes.fail(0);
    expect(await failing).to.have.property("message", "the engine failed");
    expect(hashes.started).to.deep.equal([0, 1]);
    await hashes.end(1);
    expect(admission.running).to.equal(0);
  });

  it("hands on as many results together as hashes still wait, at most eight, and at once when none does", async () => {
    const admission = new Admission(2, 20);
    const hashes = new Hashes();
    const told: number[] = [];
    for (let id = 0; id < 20; id++) void admission.hashing(hashes.hash(id)).then(() => told.push(id));
    const known: number[] = [];
    for (let id = 0; id < 20; id++) {
      await hashes.end(id);
      known.push(told.length);
    }
    expect(told).to.deep.equal([...Array(20).keys()]);
    // Eighteen wait at first: eight together, then five while five wait, three while two do, and each by itself.
    const expected = [0, 0, 0, 0, 0, 0, 0, 8, 8, 8, 8, 8, 13, 13, 13, 16, 17, 18, 19, 20];
    expect(known).to.deep.equal(expected);
  });

  it("hands on what failed with the others, as a failure", async () => {
    const admission = new Admission(1, 20);
    const hashes = new Hashes();
    const told: unknown[] = [];
    for (let id = 0; id < 9; id++) {
      void admission.hashing(hashes.hash(id)).then(
        () => told.push(id),
        (error: unknown) => told.push((error as Error).message),
      );
    }
    await hashes.end(0);
    await hashes.fail(1);
    await hashes.end(2);
    expect(told).to.deep.equal([]);
    await hashes.end(3);
    expect(told).to.have.members([0, "the engine failed", 2, 3]);
  });

  it("never runs more than it may, is never idle while one waits, keeps the order, and keeps no result for longer than the queue is", async () => {
    const step = fc.oneof(
      fc.constant({ do: "arrive" as const }),
      fc.record({ do: fc.constantFrom("end" as const, "fail" as const), which: fc.nat() }),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 4 }),
        fc.array(step, { maxLength: 40 }),
        async (cores, steps) => {
          const admission = new Admission(cores, 1_000);
          const hashes = new Hashes();
          let [arrived, ended, told] = [0, 0, 0];
          const tell = () => void told++;
          for (const action of steps) {
            const ids = [...hashes.running.keys()];
            if (action.do === "arrive") {
              void admission.hashing(hashes.hash(arrived++)).then(tell, tell);
            } else if (ids.length > 0) {
              await hashes[action.do](ids[action.which % ids.length]!);
              ended++;
            }
            expect(hashes.started).to.deep.equal([...hashes.started.keys()]);
            expect(hashes.running.size).to.equal(Math.min(cores, arrived - ended));
            expect(admission.running).to.equal(hashes.running.size);
            const waiting = arrived - ended - hashes.running.size;
            expect(ended - told).to.satisfy((kept: number) => kept === 0 || kept < Math.min(8, waiting));
          }
        },
      ),
      { numRuns: 200 },
    );
  });
});
