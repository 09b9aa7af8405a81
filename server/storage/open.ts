import { Kysely } from "kysely";
import { Migrator } from "kysely/migration";
import type { Store } from "../ports.ts";
import { PlainBytes } from "./bytes.ts";
import { migrations } from "./migrations/index.ts";
import { postgresDialect } from "./postgres.ts";
import type { Schema } from "./schema.ts";
import { sqliteDialect, stopForNoLock } from "./sqlite.ts";
import { KyselyStore } from "./store.ts";

export interface StoreOptions {
  /** `sqlite:./data/ledger.db`, `sqlite::memory:` or `postgres://…` */
  readonly url: string;
  /** The id to give the ledger if the database is new. */
  readonly newLedgerId: string;
  readonly onConnectionError?: (error: Error) => void;
}

/** Opens the database, brings its schema up to date and creates the ledger's row if there is none. */
export async function openStore(options: StoreOptions): Promise<Store> {
  const postgres = /^postgres(ql)?:/.test(options.url);
  const db = new Kysely<Schema>({
    dialect: postgres
      ? postgresDialect(options.url, options.onConnectionError ?? (() => {}))
      : sqliteDialect(options.url.replace(/^sqlite:/, "")),
    plugins: [new PlainBytes()],
  });
  try {
    const provider = migrations({ binary: postgres ? "bytea" : "blob" });
    const { error } = await new Migrator({ db, provider }).migrateToLatest();
    if (error !== undefined)
      throw new Error("the database's schema could not be brought up to date", { cause: error });
    await db.transaction().execute((tx) =>
      tx
        .insertInto("ledger")
        .values({ id: 1, ledger_id: options.newLedgerId, size: 0, last_timestamp: 0 })
        .onConflict((conflict) => conflict.column("id").doNothing())
        .execute(),
    );
    if (!postgres) await stopForNoLock(db);
  } catch (error) {
    await db.destroy();
    throw error;
  }
  return new KyselyStore(db, { sqlite: !postgres });
}
