import { DatabaseUnavailable } from "../ports.ts";

type Reason = DatabaseUnavailable["reason"];

/** Result codes of SQLite, extended ones by their beginning. */
const SQLITE: readonly (readonly [RegExp, Reason])[] = [
  [/^SQLITE_FULL/, "full"],
  [/^SQLITE_READONLY/, "read_only"],
  [/^SQLITE_(IOERR|CANTOPEN)/, "io_error"],
  [/^SQLITE_(BUSY|LOCKED)/, "busy"],
];

/** SQLSTATEs of PostgreSQL, by class or whole, and what Node says when nobody is there. */
const POSTGRES: readonly (readonly [RegExp, Reason])[] = [
  [/^(53100|53200)$/, "full"],
  [/^25006$/, "read_only"],
  [/^58/, "io_error"],
  [/^(08|57P|53300|57014)/, "unreachable"],
  [/^(ECONN\w+|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH)$/, "unreachable"],
];

/** node-postgres has no code for these. */
const LOST =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection|Query read timeout)/;

/** Null where the error is no trouble of the database's, but somebody's mistake or decision. */
export function databaseTrouble(error: unknown): DatabaseUnavailable | null {
  if (!(error instanceof Error)) return null;
  if (error instanceof DatabaseUnavailable) return error;
  const { code } = error as { code?: unknown };
  if (typeof code === "string") {
    const [, reason] = [...SQLITE, ...POSTGRES].find(([pattern]) => pattern.test(code)) ?? [];
    if (reason !== undefined) return new DatabaseUnavailable(reason, { cause: error });
  }
  return LOST.test(error.message) ? new DatabaseUnavailable("unreachable", { cause: error }) : null;
}
