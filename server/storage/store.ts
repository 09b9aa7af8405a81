import { sql } from "kysely";
import type { Kysely } from "kysely";
import type { DatabaseUnavailable, Store, Tx } from "../ports.ts";
import { adminActions } from "./admin-actions.ts";
import { anchors } from "./anchors.ts";
import { consents } from "./consents.ts";
import { cosignatures } from "./cosignatures.ts";
import { credentials } from "./credentials.ts";
import { databaseTrouble } from "./trouble.ts";
import { events, tiles } from "./events.ts";
import { GroupCommit } from "./group-commit.ts";
import type { Handle } from "./handle.ts";
import { idempotency } from "./idempotency.ts";
import { otps } from "./otps.ts";
import type { Schema } from "./schema.ts";
import { secretMarks } from "./secret-marks.ts";
import { sessions } from "./sessions.ts";
import { subjects } from "./subjects.ts";
import { weakRejections } from "./weak-rejections.ts";

const tables = (handle: Handle): Tx => ({
  subjects: subjects(handle),
  credentials: credentials(handle),
  sessions: sessions(handle),
  adminActions: adminActions(handle),
  otps: otps(handle),
  consents: consents(handle),
  idempotency: idempotency(handle),
  events: events(handle),
  weakRejections: weakRejections(handle),
  tiles: tiles(handle),
  anchors: anchors(handle),
  cosignatures: cosignatures(handle),
  secretMarks: secretMarks(handle),
});

export class KyselyStore implements Store {
  readonly read: Tx;
  readonly #db: Kysely<Schema>;
  readonly #dialect: Handle["dialect"];
  readonly #ledgerWrites = new GroupCommit((work) => this.#inTransaction(work));
  #trouble: DatabaseUnavailable | null = null;

  constructor(db: Kysely<Schema>, options: { sqlite: boolean }) {
    this.#db = db;
    this.#dialect = options.sqlite ? "sqlite" : "postgres";
    this.read = named(tables({ db, rowLocks: false, dialect: this.#dialect }));
  }

  write<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.#inTransaction((handle) => work(tables(handle)));
  }

  writeLedger<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.#ledgerWrites.write((handle) => work(tables(handle)));
  }

  async #inTransaction<T>(work: (handle: Handle) => Promise<T>): Promise<T> {
    const rowLocks = this.#dialect === "postgres";
    try {
      const result = await this.#db
        .transaction()
        // What a lock was waited for must be seen once it is held, whatever the database's own default is.
        .setIsolationLevel("read committed")
        .execute((db) => work({ db, rowLocks, dialect: this.#dialect }));
      this.#trouble = null;
      return result;
    } catch (error) {
      const trouble = databaseTrouble(error);
      if (trouble === null) throw error;
      // Another process's lock is no fault of the database, and says nothing about the next write.
      if (trouble.reason !== "busy") this.#trouble = trouble;
      throw trouble;
    }
  }

  trouble(): DatabaseUnavailable | null {
    return this.#trouble;
  }

  async scrub(): Promise<void> {
    if (this.#dialect === "sqlite") await sql`pragma wal_checkpoint(truncate)`.execute(this.#db);
  }

  close(): Promise<void> {
    return this.#db.destroy();
  }
}

/** The same repositories, whose errors say what is wrong with the database where that is what they are about. */
function named(repositories: Tx): Tx {
  type Methods = Record<string, (...args: never[]) => Promise<unknown>>;
  const naming =
    (method: Methods[string]) =>
    (...args: never[]) =>
      method(...args).catch((error: unknown) => {
        throw databaseTrouble(error) ?? error;
      });
  const wrap = (methods: Methods) =>
    Object.fromEntries(Object.entries(methods).map(([name, method]) => [name, naming(method)]));
  return Object.fromEntries(
    Object.entries(repositories).map(([name, methods]) => [name, wrap(methods as unknown as Methods)]),
  ) as unknown as Tx;
}
