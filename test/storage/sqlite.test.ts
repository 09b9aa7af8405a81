import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { expect } from "chai";
import { sql } from "kysely";
import type { Kysely } from "kysely";
import { DatabaseUnavailable } from "../../server/ports.ts";
import { openStore } from "../../server/storage/open.ts";
import type { Schema } from "../../server/storage/schema.ts";
import { KyselyStore } from "../../server/storage/store.ts";
import { testDatabase } from "./conformance.ts";
import { appendFor, range, sleep } from "./samples.ts";

async function pragma(db: Kysely<Schema>, name: string): Promise<unknown> {
  const { rows } = await sql<Record<string, unknown>>`pragma ${sql.raw(name)}`.execute(db);
  return Object.values(rows[0] ?? {})[0];
}

/** Another process, as far as SQLite's locks are concerned: it holds the write lock for a while. */
async function holdWriteLock(path: string, ms: number): Promise<{ released: Promise<unknown> }> {
  const worker = new Worker(
    `const { workerData: { path, ms }, parentPort } = require("node:worker_threads");
     const database = new (require("better-sqlite3"))(path);
     database.exec("begin immediate; update ledger set last_timestamp = 7");
     parentPort.postMessage("held");
     setTimeout(() => { database.exec("commit"); database.close(); }, ms);`,
    { eval: true, workerData: { path, ms } },
  );
  const released = once(worker, "exit");
  await once(worker, "message");
  return { released };
}

describe("SQLite", () => {
  const database = testDatabase("SQLite");
  const path = () => database.url.replace("sqlite:", "");

  it("syncs every commit to disk on every connection, after the first writes as before them", async () => {
    await database.open();
    for (const _connection of range(2)) {
      const db = database.raw();
      const store = new KyselyStore(db, { sqlite: true });
      expect(await pragma(db, "synchronous"), "FULL").to.equal(2);
      for (const _write of range(3)) {
        await store.write((tx) => appendFor(tx, "a"));
        expect(await pragma(db, "synchronous"), "FULL").to.equal(2);
      }
      expect(await pragma(db, "journal_mode")).to.equal("wal");
      expect(await pragma(db, "foreign_keys")).to.equal(1);
      expect(await pragma(db, "temp_store"), "what a savepoint keeps is not written to a file").to.equal(2);
      await store.close();
    }
  });

  it("waits for another process's write instead of failing, and then sees it", async () => {
    const store = await database.open();
    const { released } = await holdWriteLock(path(), 300);
    const seen = await store.write((tx) => tx.events.headForUpdate());
    expect(seen.lastTimestamp).to.equal(7);
    await released;
  });

  it("reads while another process writes, and sees what was committed", async () => {
    const store = await database.open();
    const { released } = await holdWriteLock(path(), 300);
    expect((await store.read.events.head()).lastTimestamp, "without waiting").to.equal(0);
    await released;
    expect((await store.read.events.head()).lastTimestamp).to.equal(7);
  });

  it("reports what went wrong, even when SQLite has rolled back by itself", async () => {
    await database.open();
    const db = database.raw();
    const trouble = new Error("disk I/O error");
    const failed = await db
      .transaction()
      .execute(async (tx) => {
        await sql`rollback`.execute(tx);
        throw trouble;
      })
      .catch((error: unknown) => error);
    expect(failed).to.equal(trouble);
  });

  it("takes a migration back whole when it fails halfway", async () => {
    const db = database.raw();
    // Stands in the way of one of the last tables.
    await sql`create table anchor_attempts (x integer)`.execute(db);
    const failed = await database.open().catch((error: unknown) => error);
    expect(failed).to.be.instanceOf(Error);
    const tables = await db.introspection.getTables();
    expect(tables.map(({ name }) => name)).to.deep.equal(["anchor_attempts"]);
    await sql`drop table anchor_attempts`.execute(db);
    const store = await database.open();
    expect((await store.write((tx) => appendFor(tx, "a"))).index).to.equal(0);
  });

  it("that is full refuses the whole write, says so, still reads, and heals when there is space again", async () => {
    await (await database.open()).write((tx) => appendFor(tx, "a"));
    const db = database.raw();
    const store = new KyselyStore(db, { sqlite: true });
    const pages = (await pragma(db, "page_count")) as number;
    await sql`pragma max_page_count = ${sql.lit(pages)}`.execute(db);
    const fill = async () => {
      for (const i of range(200)) await store.write((tx) => appendFor(tx, `b${i}`));
    };
    const refused = await fill().then(
      () => null,
      (error: unknown) => error,
    );
    expect(refused).to.be.instanceOf(DatabaseUnavailable).and.to.include({ reason: "full" });
    expect(store.trouble()).to.equal(refused);
    const { size } = await store.read.events.head();
    expect(await store.read.events.digests(0, size + 1), "what was acknowledged, and no more").to.have.length(
      size,
    );
    await sql`pragma max_page_count = 1000000`.execute(db);
    expect((await store.write((tx) => appendFor(tx, "c"))).index).to.equal(size);
    expect(store.trouble()).to.equal(null);
  });

  it("waits for another process's lock without stopping this one", async () => {
    const store = await database.open();
    const { released } = await holdWriteLock(path(), 300);
    let turns = 0;
    const clock = setInterval(() => turns++, 5);
    await store.write((tx) => tx.events.headForUpdate());
    clearInterval(clock);
    expect(turns).to.be.greaterThan(20);
    await released;
  });

  it("can be had in memory", async () => {
    const store = await openStore({ url: "sqlite::memory:", newLedgerId: "ledger" });
    await Promise.all(range(5).map(() => store.write((tx) => appendFor(tx, "a").then(() => sleep(1)))));
    expect((await store.read.events.head()).size).to.equal(5);
    await store.close();
  });
});
