import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";

/** What the account surfaces keep beside a verifier, who has proven a PIN in which session, and what support did. */
export function accounts(): Migration {
  return {
    async up(db: Kysely<unknown>) {
      const columns = [
        ["pin_length", "integer"],
        ["client_parameters", "text"],
        ["temporary_until", "bigint"],
        ["temporary_spent", "integer"],
      ] as const;
      for (const [name, type] of columns) {
        await db.schema.alterTable("credentials").addColumn(name, type).execute();
      }

      await db.schema
        .createTable("pin_sessions")
        .addColumn("id", "text", (col) => col.primaryKey())
        .addColumn("subject_id", "text", (col) => col.notNull().references("subjects.id"))
        .addColumn("generation", "bigint", (col) => col.notNull())
        .addColumn("expires_at", "bigint", (col) => col.notNull())
        .execute();
      await db.schema
        .createIndex("pin_sessions_by_subject")
        .on("pin_sessions")
        .column("subject_id")
        .execute();
      await db.schema.createIndex("pin_sessions_by_end").on("pin_sessions").column("expires_at").execute();

      // Apart from the events, and without their index: from this list nobody comes to an event, and so to a person.
      await db.schema
        .createTable("admin_actions")
        .addColumn("seq", "bigint", (col) => col.primaryKey())
        .addColumn("action", "text", (col) => col.notNull())
        .addColumn("timestamp", "bigint", (col) => col.notNull())
        .execute();
    },
  };
}
