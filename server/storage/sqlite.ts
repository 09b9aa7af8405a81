import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import Database from "better-sqlite3";
import { CompiledQuery, SqliteDialect, SqliteDriver } from "kysely";
import type { DatabaseConnection, Dialect, SqliteDialectConfig } from "kysely";

/**
 * A deferred BEGIN takes the write lock at its first write and fails with SQLITE_BUSY_SNAPSHOT if another process wrote
 * in between; an immediate one waits for the lock up front, and is also what makes `…ForUpdate` reads hold.
 */
class ImmediateDriver extends SqliteDriver {
  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw("begin immediate"));
  }
}

class ImmediateSqliteDialect extends SqliteDialect {
  readonly #config: SqliteDialectConfig;
  constructor(config: SqliteDialectConfig) {
    super(config);
    this.#config = config;
  }
  override createDriver(): ImmediateDriver {
    return new ImmediateDriver(this.#config);
  }
}

/** Opens (and creates) the file; an acknowledged commit survives a power cut. */
export function sqliteDialect(path: string): Dialect {
  if (path !== ":memory:") mkdirSync(dirname(path), { recursive: true });
  const database = new Database(path);
  database.pragma("journal_mode = WAL");
  // better-sqlite3 is built to fall back to NORMAL in WAL mode, which may lose the last commits on a power cut.
  database.pragma("synchronous = FULL");
  database.pragma("foreign_keys = ON");
  database.pragma("busy_timeout = 5000");
  return new ImmediateSqliteDialect({ database });
}
