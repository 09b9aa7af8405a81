import { expect } from "chai";
import { sql } from "kysely";
import type { Store } from "../../server/ports.ts";
import { openStore } from "../../server/storage/open.ts";
import { testDatabase } from "./conformance.ts";
import { appendFor, range, sleep } from "./samples.ts";

describe("PostgreSQL", () => {
  const database = testDatabase("PostgreSQL");

  /** What an operator's restart of the server does to us. */
  const breakConnections = () =>
    sql`select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid()`.execute(database.raw());

  async function withBrokenConnections(use: (store: Store, heard: Error[]) => Promise<void>): Promise<void> {
    const heard: Error[] = [];
    const store = await openStore({
      url: database.url,
      newLedgerId: "test-ledger",
      onConnectionError: (error) => heard.push(error),
    });
    try {
      await use(store, heard);
    } finally {
      await store.close();
    }
  }

  it("may break a connection in the middle of a write: the write fails, the process and the next one do not", () =>
    withBrokenConnections(async (store, heard) => {
      const failed = await store
        .write(async (tx) => {
          await appendFor(tx, "a");
          await breakConnections();
          await sleep(50);
          await appendFor(tx, "a");
        })
        .catch((error: unknown) => error);
      expect(failed).to.be.instanceOf(Error);
      expect(heard).to.have.length.at.least(1);
      expect((await store.write((tx) => appendFor(tx, "a"))).index).to.equal(0);
    }));

  it("may break idle connections: that is told, once each, and new ones are made", () =>
    withBrokenConnections(async (store, heard) => {
      await Promise.all(range(3).map(() => store.write((tx) => appendFor(tx, "a"))));
      await breakConnections();
      await sleep(50);
      expect(heard).to.have.length(3);
      expect((await store.write((tx) => appendFor(tx, "a"))).index).to.equal(3);
    }));

  it("frees the ledger's head from a client that vanished within a transaction", async () => {
    await database.open();
    const { rows } = await sql<{ value: string }>`
      select current_setting('idle_in_transaction_session_timeout') as value`.execute(database.raw());
    expect(rows).to.deep.equal([{ value: "30s" }]);
  });

  it("serves more writes at once than it has connections", async () => {
    const store = await database.open();
    await Promise.all(range(100).map((i) => store.write((tx) => appendFor(tx, `${i % 7}`))));
    expect((await store.read.events.head()).size).to.equal(100);
  });

  it("waits for what it needs to see, even where the database's default is to see only the past", async () => {
    await database.open();
    await sql`do $$ begin execute format(
      'alter database %I set default_transaction_isolation to serializable', current_database()); end $$`.execute(
      database.raw(),
    );
    const store = await database.open();
    await Promise.all(range(20).map(() => store.write((tx) => appendFor(tx, "a"))));
    expect((await store.read.events.head()).size).to.equal(20);
  });
});
