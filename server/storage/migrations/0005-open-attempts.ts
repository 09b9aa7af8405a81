import { sql } from "kysely";
import type { Migration } from "kysely/migration";

/** The attempts that a credential has under way, beside its counter: `[[attempt, reservedAt], …]`, null for none. */
export const openAttempts: Migration = {
  async up(db) {
    await db.schema.alterTable("credentials").addColumn("open_attempts", "text").execute();
    // Nearly empty: what a crash left behind is found at the next start without a look at everybody.
    await db.schema
      .createIndex("credentials_open")
      .on("credentials")
      .column("open_attempts")
      .where(sql.ref("open_attempts"), "is not", null)
      .execute();
  },
};
