import { expect } from "chai";
import fc from "fast-check";
import { hashFromTile, subtreesBetween, toHex } from "../../server/ledger/index.ts";
import type { Reads, Store } from "../../server/ports.ts";
import { completeTiles, inclusionProof, nodeHashes, rootAt } from "../../server/services/tree.ts";
import { conformance } from "./conformance.ts";
import type { TestDatabase } from "./conformance.ts";
import { RangeTree } from "./range-tree.ts";
import { NOW, appendFor, range, sha256 } from "./samples.ts";

const LARGEST = 65_537;
const DIGESTS = range(LARGEST).map((i) => sha256(`event ${i}`));
const NAIVE = new RangeTree(DIGESTS);
const hex = (hashes: readonly Uint8Array[]) => hashes.map((hash) => toHex(hash));

/** Brings a ledger from one size to another: the events in bulk, the tiles as every append completes them. */
async function grow(database: TestDatabase, store: Store, from: number, to: number): Promise<void> {
  const rows = range(to - from).map((i) => ({
    leaf_index: from + i,
    id: `event-${from + i}`,
    subject_id: "subject-a",
    subject_seq: from + i,
    timestamp: NOW,
    type: "pin_verify",
    payload: null,
    salt: null,
    digest: DIGESTS[from + i]!,
  }));
  const db = database.raw();
  await db.transaction().execute(async (tx) => {
    // SQLite binds at most 32,766 values in a statement.
    for (let i = 0; i < rows.length; i += 3_000) {
      await tx
        .insertInto("events")
        .values(rows.slice(i, i + 3_000))
        .execute();
    }
  });
  await store.write(async (tx) => {
    for (let size = from + 1; size <= to; size++) await completeTiles(tx, size);
  });
}

/** The reads, counted: each is a row of tiles, or a range of digests. */
function counting({ events, tiles }: Reads) {
  const count = { reads: 0, digests: 0 };
  const reads = {
    events: {
      ...events,
      async digests(from: number, to: number) {
        count.reads++;
        count.digests += to - from;
        return events.digests(from, to);
      },
    },
    tiles: {
      async get(level: number, index: number) {
        count.reads++;
        return tiles.get(level, index);
      },
    },
  };
  return { count, reads };
}

async function expectNaive(reads: Pick<Reads, "events" | "tiles">, index: number, size: number) {
  const proof = await inclusionProof(reads, index, size);
  expect(hex(proof), `proof of ${index} in ${size}`).to.deep.equal(hex(NAIVE.inclusion(index, size)));
}

conformance("the stored tree", (database) => {
  it("is the naive one at and around every tile's end, when it gets there and ever after", async function () {
    this.timeout(60_000);
    const store = await database.open();
    const sizes = [0, 1, 2, 255, 256, 257, 511, 512, 513, 65_279, 65_280, 65_535, 65_536, LARGEST];
    let size = 0;
    for (const next of sizes) {
      await grow(database, store, size, next);
      size = next;
      for (const past of sizes.filter((one) => one <= size)) {
        expect(toHex(await rootAt(store.read, past)), `root at ${past} of ${size}`).to.equal(
          toHex(NAIVE.root(past)),
        );
      }
      const edges = [0, 1, 254, 255, 256, 257, 511, 512, 65_279, 65_280, 65_535, 65_536];
      for (const index of edges.filter((one) => one < size)) await expectNaive(store.read, index, size);
    }

    const { count, reads } = counting(store.read);
    for (const index of [0, 255, 256, 32_767, 65_535, 65_536]) {
      for (const past of [LARGEST, 65_536, 65_535].filter((one) => index < one)) {
        Object.assign(count, { reads: 0, digests: 0 });
        await expectNaive(reads, index, past);
        // On each of three levels the tile of the leaf's own path and that of the right edge.
        expect(count.reads, `reads for ${index} in ${past}`).to.be.at.most(6);
        expect(count.digests, `digests for ${index} in ${past}`).to.be.at.most(256);
      }
    }

    // What moves a ledger to another chain: the subtrees between any two sizes.
    for (const [from, to] of [
      [0, LARGEST],
      [255, 65_536],
      [257, 513],
    ] as const) {
      const nodes = subtreesBetween(from, to);
      const expected = nodes.map(({ level, index }) =>
        toHex(new RangeTree(DIGESTS.slice(index * 2 ** level, (index + 1) * 2 ** level)).root(2 ** level)),
      );
      expect(hex(await nodeHashes(store.read, nodes, to))).to.deep.equal(expected);
    }
  });

  it("is the naive one for any event at any size", async () => {
    const store = await database.open();
    const largest = 1_100;
    await grow(database, store, 0, largest);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: largest }), fc.nat(), async (size, seed) => {
        expect(toHex(await rootAt(store.read, size))).to.equal(toHex(NAIVE.root(size)));
        await expectNaive(store.read, seed % size, size);
      }),
      { numRuns: 60 },
    );
  });

  it("is completed by appending, and holds what was appended", async () => {
    const store = await database.open();
    const size = 258;
    await store.write(async (tx) => {
      for (let i = 0; i < size; i++) await appendFor(tx, "a");
    });
    const digests = await store.read.events.digests(0, size);
    expect(toHex(await rootAt(store.read, size))).to.equal(toHex(new RangeTree(digests).root(size)));
    expect(await store.read.tiles.get(0, 0)).to.have.length(256 * 32);
    expect(await store.read.tiles.get(1, 0)).to.have.length(32);
    expect(await store.read.tiles.get(0, 1), "written once it is full").to.equal(null);
  });

  it("folds nodes high in the tree once, and forgets what a transaction folded that was taken back", async () => {
    const store = await database.open();
    const node = { level: 11, index: 0 };
    const tile = (name: string) => ({
      level: 1,
      index: 0,
      hashes: new Uint8Array(range(8).flatMap((i) => [...sha256(`${name} ${i}`)])),
    });
    const fold = async (reads: Parameters<typeof nodeHashes>[0]) =>
      hex(await nodeHashes(reads, [node], 2_048));
    const failing = store.write(async (tx) => {
      await tx.tiles.put(tile("taken back"));
      expect(await fold(tx)).to.have.length(1);
      throw new Error("taken back");
    });
    await failing.catch((error: unknown) => expect(error).to.have.property("message", "taken back"));
    await store.write((tx) => tx.tiles.put(tile("kept")));

    const { count, reads } = counting(store.read);
    const [first, again] = [await fold(reads), await fold(reads)];
    expect(again).to.deep.equal(first);
    expect(await fold(store.read)).to.deep.equal(first);
    const kept = hashFromTile(node, tile("kept").hashes);
    expect(first).to.deep.equal(hex([kept]));
    expect(count.reads).to.equal(1);
  });

  it("says so when events or tiles are missing, instead of proving something else", async () => {
    const store = await database.open();
    await grow(database, store, 0, 600);
    const missing = await rootAt(store.read, 700).catch((error: unknown) => error);
    expect(missing).to.be.instanceOf(Error);
    await database.raw().deleteFrom("tiles").where("level", "=", 1).execute();
    const damaged = await rootAt(store.read, 600).catch((error: unknown) => error);
    expect(damaged).to.be.instanceOf(Error).with.property("message", "tile 1/0 is missing or too short");
  });
});
