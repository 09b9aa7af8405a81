import pg from "pg";
import { PostgresDialect } from "kysely";
import type { Dialect } from "kysely";

/** Our int8 columns hold sizes and ms since the epoch, far below 2⁵³: numbers, as SQLite gives them. */
const types: pg.CustomTypesConfig = {
  getTypeParser: (oid, format): unknown =>
    oid === pg.types.builtins.INT8 ? Number : pg.types.getTypeParser(oid, format),
};

export function postgresDialect(url: string, onError: (error: Error) => void): Dialect {
  const pool = new pg.Pool({ connectionString: url, max: 10, types });
  // An idle connection that breaks is reported here; without a listener it would end the process.
  pool.on("error", onError);
  return new PostgresDialect({ pool });
}
