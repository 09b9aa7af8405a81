import { Kysely } from "kysely";
import type { Dialect } from "kysely";
import { Migrator } from "kysely/migration";
import type { Store } from "../ports.ts";
import { PlainBytes } from "./bytes.ts";
import { migrations } from "./migrations/index.ts";
import { postgresDialect } from "./postgres.ts";
import type { Schema } from "./schema.ts";
import { sqliteDialect, pollForLocks } from "./sqlite.ts";
import { KyselyStore } from "./store.ts";

export interface StoreOptions {
  /** `sqlite:./data/ledger.db`, `sqlite::memory:` or `postgres://…` */
  readonly url: string;
  /** The id to give the ledger if the database is new. */
  readonly newLedgerId: string;
  readonly onConnectionError?: (error: Error) => void;
}

/** A write of ours takes milliseconds; the head's lock is waited for until a vanished machine's session is ended. */
const QUERY_TIMEOUT_MS = 60_000;

/** Opens the database, brings its schema up to date and creates the ledger's row if there is none. */
export async function openStore(options: StoreOptions): Promise<Store> {
  const { url, onConnectionError = () => {} } = options;
  if (!/^postgres(ql)?:/.test(url)) {
    const db = kysely(sqliteDialect(url.replace(/^sqlite:/, "")));
    await bringUpToDate(db, options, "blob");
    await pollForLocks(db);
    return new KyselyStore(db, { sqlite: true });
  }
  // A migration takes as long as it takes.
  const patient = kysely(postgresDialect(url, onConnectionError));
  await bringUpToDate(patient, options, "bytea");
  await patient.destroy();
  return new KyselyStore(kysely(postgresDialect(url, onConnectionError, QUERY_TIMEOUT_MS)), {
    sqlite: false,
  });
}

const kysely = (dialect: Dialect) => new Kysely<Schema>({ dialect, plugins: [new PlainBytes()] });

async function bringUpToDate(
  db: Kysely<Schema>,
  { newLedgerId }: StoreOptions,
  binary: "blob" | "bytea",
): Promise<void> {
  try {
    const { error } = await new Migrator({ db, provider: migrations({ binary }) }).migrateToLatest();
    if (error !== undefined)
      throw new Error("the database's schema could not be brought up to date", { cause: error });
    await db.transaction().execute((tx) =>
      tx
        .insertInto("ledger")
        .values({ id: 1, ledger_id: newLedgerId, size: 0, last_timestamp: 0 })
        .onConflict((conflict) => conflict.column("id").doNothing())
        .execute(),
    );
  } catch (error) {
    await db.destroy();
    throw error;
  }
}
