import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";

/** What the figures of the support portal rest on, besides the events. */
export function figures(): Migration {
  return {
    async up(db: Kysely<unknown>) {
      // When we saw the batch in a block; null also for those of before this column.
      await db.schema.alterTable("batches").addColumn("mined_at", "bigint").execute();
      // A number an hour: a refused PIN leaves no event, and nothing of who sent it.
      await db.schema
        .createTable("weak_rejections")
        .addColumn("hour", "bigint", (col) => col.primaryKey())
        .addColumn("count", "bigint", (col) => col.notNull())
        .execute();
    },
  };
}
