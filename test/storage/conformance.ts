/** One suite for every database: what the Store port promises, SQLite and PostgreSQL both keep. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Kysely } from "kysely";
import type { KyselyConfig } from "kysely";
import type { Store } from "../../server/ports.ts";
import { openStore } from "../../server/storage/open.ts";
import { postgresDialect } from "../../server/storage/postgres.ts";
import type { Schema } from "../../server/storage/schema.ts";
import { sqliteDialect } from "../../server/storage/sqlite.ts";
import { createDatabase } from "../helpers/postgres.ts";

export type Kind = "SQLite" | "PostgreSQL";

/** The database of the test that runs; empty at its start, and all that was opened is closed at its end. */
export interface TestDatabase {
  readonly kind: Kind;
  readonly url: string;
  open(newLedgerId?: string): Promise<Store>;
  /** The same database without our repositories, to look behind them. */
  raw(options?: Pick<KyselyConfig, "log">): Kysely<Schema>;
}

type Place = { readonly url: string; readonly drop: () => Promise<void> };

const places: Record<Kind, () => Promise<Place>> = {
  async SQLite() {
    const folder = await mkdtemp(join(tmpdir(), "ledger-sqlite-"));
    return {
      url: `sqlite:${join(folder, "ledger.db")}`,
      drop: () => rm(folder, { recursive: true, force: true }),
    };
  },
  PostgreSQL: createDatabase,
};

export function conformance(title: string, suite: (database: TestDatabase) => void): void {
  for (const kind of ["SQLite", "PostgreSQL"] as const) {
    describe(`${title} (${kind})`, () => suite(testDatabase(kind)));
  }
}

export function testDatabase(kind: Kind): TestDatabase {
  let place: Place;
  const opened: (() => Promise<void>)[] = [];
  beforeEach(async () => {
    place = await places[kind]();
  });
  afterEach(async () => {
    for (const close of opened.splice(0)) await close();
    await place.drop();
  });
  return {
    kind,
    get url() {
      return place.url;
    },
    async open(newLedgerId = "test-ledger") {
      const store = await openStore({ url: place.url, newLedgerId });
      opened.push(() => store.close());
      return store;
    },
    raw(options = {}) {
      const dialect =
        kind === "SQLite"
          ? sqliteDialect(place.url.replace("sqlite:", ""))
          : postgresDialect(place.url, () => {});
      const db = new Kysely<Schema>({ dialect, ...options });
      opened.push(() => db.destroy());
      return db;
    },
  };
}
