import pg from "pg";
import { PostgresDialect } from "kysely";
import type { Dialect } from "kysely";

/** Our int8 columns hold sizes and ms since the epoch, far below 2⁵³: numbers, as SQLite gives them. */
const types: pg.CustomTypesConfig = {
  getTypeParser: (oid, format): unknown =>
    oid === pg.types.builtins.INT8 ? Number : pg.types.getTypeParser(oid, format),
};

/** @param queryTimeoutMs how long any one statement may take; null: as long as it takes */
export function postgresDialect(
  url: string,
  onError: (error: Error) => void,
  queryTimeoutMs: number | null = null,
): Dialect {
  const pool = new pg.Pool({
    connectionString: url,
    max: 10,
    types,
    // A server that does not answer is an error, not a request that hangs.
    connectionTimeoutMillis: 10_000,
    // Nor is one that answers no more, which all writes of the ledger would wait for.
    keepAlive: true,
    ...(queryTimeoutMs === null ? {} : { query_timeout: queryTimeoutMs }),
    // A machine that vanishes within a transaction would hold the ledger's head until TCP gives up, hours later.
    idle_in_transaction_session_timeout: 30_000,
  });
  // A connection that breaks says so even while it is in use, when the pool does not listen; unheard, that would end
  // the process. The pool repeats what it hears of idle ones.
  pool.on("connect", (client) => client.on("error", onError));
  pool.on("error", () => {});
  return new PostgresDialect({ pool });
}
