import { sql } from "kysely";
import type { Kysely } from "kysely";
import type { Store, Tx } from "../ports.ts";
import { adminActions } from "./admin-actions.ts";
import { anchors } from "./anchors.ts";
import { consents } from "./consents.ts";
import { cosignatures } from "./cosignatures.ts";
import { credentials } from "./credentials.ts";
import { events, tiles } from "./events.ts";
import type { Handle } from "./handle.ts";
import { idempotency } from "./idempotency.ts";
import { otps } from "./otps.ts";
import type { Schema } from "./schema.ts";
import { sessions } from "./sessions.ts";
import { subjects } from "./subjects.ts";

const tables = (handle: Handle): Tx => ({
  subjects: subjects(handle),
  credentials: credentials(handle),
  sessions: sessions(handle),
  adminActions: adminActions(handle),
  otps: otps(handle),
  consents: consents(handle),
  idempotency: idempotency(handle),
  events: events(handle),
  tiles: tiles(handle),
  anchors: anchors(handle),
  cosignatures: cosignatures(handle),
});

export class KyselyStore implements Store {
  readonly read: Tx;
  readonly #db: Kysely<Schema>;
  readonly #rowLocks: boolean;
  readonly #sqlite: boolean;

  constructor(db: Kysely<Schema>, options: { sqlite: boolean }) {
    this.#db = db;
    this.#sqlite = options.sqlite;
    this.#rowLocks = !options.sqlite;
    this.read = tables({ db, rowLocks: false });
  }

  write<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    return (
      this.#db
        .transaction()
        // What a lock was waited for must be seen once it is held, whatever the database's own default is.
        .setIsolationLevel("read committed")
        .execute((db) => work(tables({ db, rowLocks: this.#rowLocks })))
    );
  }

  async scrub(): Promise<void> {
    if (this.#sqlite) await sql`pragma wal_checkpoint(truncate)`.execute(this.#db);
  }

  close(): Promise<void> {
    return this.#db.destroy();
  }
}
