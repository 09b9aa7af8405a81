import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";
import type { ColumnTypes } from "./column-types.ts";

export function cosignatures({ binary }: ColumnTypes): Migration {
  return {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable("cosignatures")
        .addColumn("witness", "text", (col) => col.notNull())
        .addColumn("size", "bigint", (col) => col.notNull())
        .addColumn("timestamp", "bigint", (col) => col.notNull())
        .addColumn("signature", binary, (col) => col.notNull())
        // The witness first: what is looked for is the latest size of each.
        .addPrimaryKeyConstraint("cosignatures_pk", ["witness", "size"])
        .execute();
    },
  };
}
