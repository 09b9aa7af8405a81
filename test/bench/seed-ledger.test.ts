import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { expect } from "chai";
import { openLedger } from "../../scripts/bench/ledger-under-test.ts";
import { eventId, seedLedger } from "../../scripts/bench/seed-ledger.ts";
import { countReads } from "../../scripts/bench/sql-tap.ts";
import { TileWriter } from "../../scripts/bench/tile-writer.ts";
import { decodePayload, eventDigest, leafHash, verifyInclusion } from "../../server/ledger/index.ts";
import { inclusionProof, rootAt } from "../../server/services/tree.ts";

const open = (path: string) =>
  openLedger(`sqlite:${path}`, {
    newLedgerId: "0192f5a0-0000-7000-8000-000000000000",
    randomBytes: (length) => new Uint8Array(randomBytes(length)),
  });

describe("A ledger seeded for the benchmark", function () {
  this.timeout(10_000);
  let folder: string;
  let path: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "seed-ledger-"));
    path = join(folder, "ledger.db");
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("is one that the service can go on with: what it appends and what was seeded proves, before and after more seeding", async () => {
    await (await open(path)).close();
    await seedLedger(path, 300);
    const ledger = await open(path);
    // Through the end of a tile, so that the service completes what the seeder began.
    for (let i = 0; i < 250; i++) await ledger.append();
    await ledger.close();
    expect(await seedLedger(path, 1_100)).to.equal(550);

    const grown = await open(path);
    const { store } = grown;
    const size = 1_100;
    const root = await rootAt(store.read, size);
    for (const index of [0, 255, 299, 300, 511, 549, 550, 800, size - 1]) {
      const [digest] = await store.read.events.digests(index, index + 1);
      const proof = await inclusionProof(store.read, index, size);
      expect(verifyInclusion(leafHash(digest!), index, size, proof, root), `index ${index}`).to.equal(true);
    }
    await grown.close();
  });

  it("has events as the service writes them: canonical, under their ids, with their own digests", async () => {
    await (await open(path)).close();
    await seedLedger(path, 20);
    const ledger = await open(path);
    const { store } = ledger;
    const event = await store.read.events.byId(eventId(13));
    expect(event?.index).to.equal(13);
    expect(decodePayload(event!.payload!)).to.include({ id: event!.id, subjectSeq: 0 });
    expect(event!.digest).to.deep.equal(eventDigest(event!.salt!, event!.payload!));
    await ledger.close();
  });

  it("has the tiles of the service's own tree three levels high", () => {
    const database = new Database(":memory:");
    database.exec("create table tiles (level, tile_index, hashes, primary key (level, tile_index))");
    database.exec("create table events (leaf_index, digest)");
    const tiles = new TileWriter(database, 0);
    const size = 256 * 256 + 300;
    for (let i = 0; i < size; i++) tiles.append(createHash("sha256").update(String(i)).digest());
    tiles.flush();
    const widths = database
      .prepare("select level, count(*) as n, sum(length(hashes)) / 32 as hashes from tiles group by level")
      .all();
    expect(widths).to.deep.equal([
      { level: 0, n: 257, hashes: 257 * 256 },
      { level: 1, n: 2, hashes: 257 },
      { level: 2, n: 1, hashes: 1 },
    ]);
    database.close();
  });

  it("has its reads counted, statement by statement", async () => {
    const ledger = await open(path);
    const { reads } = await countReads(() => ledger.store.read.events.head());
    await ledger.close();
    expect(reads).to.deep.equal({ statements: 1, rows: 1 });
  });
});
