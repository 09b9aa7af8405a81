import type { Kysely } from "kysely";
import type { Schema } from "./schema.ts";

/** A database, or one transaction of it, as the repositories get it. */
export interface Handle {
  readonly db: Kysely<Schema>;
  /**
   * Whether `…ForUpdate` must ask for row locks. PostgreSQL runs transactions side by side; SQLite's BEGIN IMMEDIATE
   * lets one in at a time, and its dialect has no such clause.
   */
  readonly rowLocks: boolean;
}
