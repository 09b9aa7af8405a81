import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";

/** By what the database knows its secrets again. */
export const secretMarks: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable("secret_marks")
      .addColumn("name", "text", (col) => col.primaryKey())
      .addColumn("mark", "text", (col) => col.notNull())
      .execute();
  },
};
