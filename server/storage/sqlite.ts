import { closeSync, mkdirSync, openSync } from "node:fs";
import { dirname } from "node:path";
import Database from "better-sqlite3";
import { CompiledQuery, SqliteAdapter, SqliteDialect, SqliteDriver, SqliteQueryCompiler, sql } from "kysely";
import type { DatabaseConnection, Dialect, Kysely, SqliteDatabase, SqliteStatement } from "kysely";
import type { Schema } from "./schema.ts";

/** More than there are statements in the code; what is built from lists of varying length is not kept beyond it. */
const MAX_PREPARED = 200;

/** Kysely prepares a statement anew for every call, which costs more than most of ours take to run. */
function preparingOnce(database: Database.Database): SqliteDatabase {
  const statements = new Map<string, SqliteStatement>();
  return {
    prepare(sql) {
      const known = statements.get(sql);
      if (known !== undefined) return known;
      const statement = database.prepare(sql) as SqliteStatement;
      if (statements.size < MAX_PREPARED) statements.set(sql, statement);
      return statement;
    },
    close: () => database.close(),
  };
}

/** How long a write waits for another process's lock, and between looks. */
const LOCK_WAIT_MS = 5_000;
const LOCK_POLL_MS = 5;

class LedgerSqliteDriver extends SqliteDriver {
  readonly #database: Database.Database;
  constructor(database: Database.Database) {
    super({ database: preparingOnce(database) });
    this.#database = database;
  }

  /**
   * A deferred BEGIN takes the write lock at its first write and fails with SQLITE_BUSY_SNAPSHOT if another process
   * wrote in between; an immediate one waits for the lock up front, and is also what makes `…ForUpdate` reads hold.
   *
   * SQLite would wait for it by stopping this process (the driver is synchronous), so we come back instead.
   */
  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    const deadline = performance.now() + LOCK_WAIT_MS;
    for (;;) {
      try {
        await connection.executeQuery(CompiledQuery.raw("begin immediate"));
        return;
      } catch (error) {
        if (!isLocked(error) || performance.now() > deadline) throw error;
      }
      // Unevenly, lest two processes keep meeting.
      await new Promise((resolve) => setTimeout(resolve, LOCK_POLL_MS * (0.5 + Math.random())));
    }
  }

  /** A full disk or an I/O error rolls back by itself; to do it again would hide that error behind another. */
  override async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    if (this.#database.inTransaction) await super.rollbackTransaction(connection);
  }
}

function isLocked(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return typeof code === "string" && /^SQLITE_(BUSY|LOCKED)/.test(code);
}

class LedgerSqliteAdapter extends SqliteAdapter {
  /**
   * SQLite can roll back DDL, though Kysely does not use it. We do: a migration killed halfway leaves nothing behind,
   * and of two processes that open a new file together, the second waits and finds the work done.
   */
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

/**
 * SQLite looks at the values of bare parameters when it plans, to guess how many rows they leave, and plans again when
 * they change: at every call, which takes several times what most of our queries do. Behind a plus it sees none.
 */
class PlanningOnce extends SqliteQueryCompiler {
  protected override getCurrentParameterPlaceholder(): string {
    return "+?";
  }
}

class LedgerSqliteDialect extends SqliteDialect {
  readonly #database: Database.Database;
  constructor(database: Database.Database) {
    super({ database });
    this.#database = database;
  }
  override createDriver(): LedgerSqliteDriver {
    return new LedgerSqliteDriver(this.#database);
  }
  override createAdapter(): LedgerSqliteAdapter {
    return new LedgerSqliteAdapter();
  }
  override createQueryCompiler(): PlanningOnce {
    return new PlanningOnce();
  }
}

/** SQLite's own timeout does not hold for the switch to WAL, where it fears that two would wait for each other. */
function patiently(work: () => void): void {
  const deadline = performance.now() + LOCK_WAIT_MS;
  for (;;) {
    try {
      work();
      return;
    } catch (error) {
      if (!isLocked(error) || performance.now() > deadline) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LOCK_POLL_MS * (0.5 + Math.random()));
    }
  }
}

/** To be called once it is open: beginTransaction waits for locks from here on, and this is all that may stop us. */
export async function pollForLocks(db: Kysely<Schema>): Promise<void> {
  await sql`pragma busy_timeout = 2`.execute(db);
}

/** Opens (and creates) the file; an acknowledged commit survives a power cut. */
export function sqliteDialect(path: string): Dialect {
  if (path !== ":memory:") {
    mkdirSync(dirname(path), { recursive: true });
    // It holds verifiers: readable by its owner only. SQLite gives its companions (-wal, -shm) the same mode.
    closeSync(openSync(path, "a", 0o600));
  }
  // For the migrations, which another process may be making, too.
  const database = new Database(path, { timeout: LOCK_WAIT_MS });
  patiently(() => database.pragma("journal_mode = WAL"));
  // better-sqlite3 is built to fall back to NORMAL in WAL mode, which may lose the last commits on a power cut.
  database.pragma("synchronous = FULL");
  database.pragma("foreign_keys = ON");
  // What is deleted is overwritten with zeros: erasure means that the bytes are gone, not only unreachable.
  database.pragma("secure_delete = ON");
  // Nor are they to be found in a temporary file, where a savepoint would keep the pages that it may have to restore.
  database.pragma("temp_store = MEMORY");
  return new LedgerSqliteDialect(database);
}
