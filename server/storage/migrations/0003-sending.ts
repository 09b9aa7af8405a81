import { sql } from "kysely";
import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";
import type { ColumnTypes } from "./column-types.ts";

/**
 * What one process, and no second, needs to send: a lease, and batches of which each place in the ledger and each nonce
 * of an account carries one. The two tables are made anew, because SQLite cannot take a constraint back (nonces were
 * unique whoever's they were).
 */
export function sending({ binary }: ColumnTypes): Migration {
  return {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable("anchor_lease")
        .addColumn("id", "integer", (col) => col.primaryKey())
        .addColumn("owner", "text", (col) => col.notNull())
        .addColumn("token", "bigint", (col) => col.notNull())
        .addColumn("beat", "bigint", (col) => col.notNull())
        .execute();
      await sql`insert into anchor_lease (id, owner, token, beat) values (1, '', 0, 0)`.execute(db);

      for (const index of [
        "batches_by_size",
        "batches_in_order",
        "batches_by_status",
        "anchor_attempts_by_batch",
      ]) {
        await db.schema.dropIndex(index).execute();
      }
      await sql`create table attempts_before as select * from anchor_attempts`.execute(db);
      await db.schema.dropTable("anchor_attempts").execute();
      await db.schema.alterTable("batches").renameTo("batches_before").execute();

      await db.schema
        .createTable("batches")
        .addColumn("id", "bigint", (col) => col.primaryKey())
        .addColumn("epoch", "integer", (col) => col.notNull().references("epochs.number"))
        .addColumn("from_size", "bigint", (col) => col.notNull())
        .addColumn("to_size", "bigint", (col) => col.notNull())
        .addColumn("from_change", "bigint", (col) => col.notNull())
        .addColumn("to_change", "bigint", (col) => col.notNull())
        .addColumn("root", binary, (col) => col.notNull())
        .addColumn("relayer", "text", (col) => col.notNull())
        .addColumn("nonce", "bigint", (col) => col.notNull())
        .addColumn("status", "text", (col) => col.notNull())
        .addColumn("created_at", "bigint", (col) => col.notNull())
        .addColumn("tx_hash", "text")
        .addColumn("block_number", "bigint")
        .addColumn("block_hash", "text")
        .execute();
      // Whose key signed the earlier ones is not known here: nobody's, so whoever sends now takes a nonce of its own.
      await sql`
        insert into batches
        select id, epoch, from_size, to_size, from_change, to_change, root, '', nonce, status, created_at,
               tx_hash, block_number, block_hash
        from batches_before`.execute(db);
      await db.schema.dropTable("batches_before").execute();

      await db.schema
        .createTable("anchor_attempts")
        .addColumn("tx_hash", "text", (col) => col.primaryKey())
        .addColumn("batch_id", "bigint", (col) => col.notNull().references("batches.id"))
        .addColumn("ordinal", "integer", (col) => col.notNull())
        .addColumn("raw", "text", (col) => col.notNull())
        .addColumn("relayer", "text", (col) => col.notNull())
        .addColumn("nonce", "bigint", (col) => col.notNull())
        .addColumn("max_priority_fee", "text")
        .addColumn("max_fee", "text", (col) => col.notNull())
        .execute();
      await sql`
        insert into anchor_attempts
        select a.tx_hash, a.batch_id, a.ordinal, a.raw, '', b.nonce, null, '0'
        from attempts_before a join batches b on b.id = a.batch_id`.execute(db);
      await db.schema.dropTable("attempts_before").execute();

      const index = (name: string, table: string, columns: string[]) =>
        db.schema.createIndex(name).on(table).columns(columns);
      // The second fence: two senders that plan the same batch, or give two batches one nonce, fail here, before
      // anything is broadcast.
      await index("batches_once", "batches", ["epoch", "from_size", "from_change"]).unique().execute();
      await index("batches_nonce", "batches", ["epoch", "relayer", "nonce"]).unique().execute();
      await index("batches_by_size", "batches", ["epoch", "to_size"]).execute();
      await index("batches_in_order", "batches", ["epoch", "id"]).execute();
      await index("batches_by_status", "batches", ["epoch", "status", "id"]).execute();
      await index("anchor_attempts_in_order", "anchor_attempts", ["batch_id", "ordinal"]).unique().execute();
      await index("anchor_attempts_by_nonce", "anchor_attempts", ["relayer", "nonce"]).execute();
    },
  };
}
