import type { Kysely } from "kysely";
import type { Schema } from "./schema.ts";

/** A database, or one transaction of it, as the repositories get it. */
export interface Handle {
  readonly db: Kysely<Schema>;
  /**
   * Whether what is read to be acted on must be locked. PostgreSQL runs transactions side by side; SQLite's BEGIN
   * IMMEDIATE lets one in at a time, and its dialect has no such clause.
   */
  readonly rowLocks: boolean;
  readonly dialect: "sqlite" | "postgres";
}
