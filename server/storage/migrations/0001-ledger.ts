import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";
import type { ColumnTypes } from "./column-types.ts";

export function ledger({ binary }: ColumnTypes): Migration {
  return {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable("ledger")
        .addColumn("id", "integer", (col) => col.primaryKey())
        .addColumn("ledger_id", "text", (col) => col.notNull())
        .addColumn("size", "bigint", (col) => col.notNull())
        .addColumn("last_timestamp", "bigint", (col) => col.notNull())
        .execute();

      await db.schema
        .createTable("subjects")
        .addColumn("id", "text", (col) => col.primaryKey())
        .addColumn("identity_hash", "text", (col) => col.notNull().unique())
        .addColumn("next_seq", "bigint", (col) => col.notNull())
        .addColumn("created_at", "bigint", (col) => col.notNull())
        .execute();

      await db.schema
        .createTable("aliases")
        .addColumn("alias", "text", (col) => col.primaryKey())
        .addColumn("kind", "text", (col) => col.notNull())
        .addColumn("subject_id", "text", (col) => col.notNull())
        .addForeignKeyConstraint("aliases_subject", ["subject_id"], "subjects", ["id"], (constraint) =>
          constraint.deferrable().initiallyDeferred(),
        )
        .execute();
      await db.schema.createIndex("aliases_by_subject").on("aliases").column("subject_id").execute();

      await db.schema
        .createTable("credentials")
        .addColumn("subject_id", "text", (col) => col.notNull().references("subjects.id"))
        .addColumn("policy", "text", (col) => col.notNull())
        .addColumn("phc", "text")
        .addColumn("pepper_id", "text")
        .addColumn("reserved", "bigint", (col) => col.notNull())
        .addColumn("cleared", "bigint", (col) => col.notNull())
        .addColumn("locked_until", "bigint")
        .addColumn("disabled_at", "bigint")
        .addColumn("generation", "bigint", (col) => col.notNull())
        .addColumn("created_at", "bigint", (col) => col.notNull())
        .addColumn("updated_at", "bigint", (col) => col.notNull())
        .addPrimaryKeyConstraint("credentials_pk", ["subject_id", "policy"])
        .execute();

      await db.schema
        .createTable("otp_challenges")
        .addColumn("id", "text", (col) => col.primaryKey())
        .addColumn("phone_alias", "text", (col) => col.notNull())
        .addColumn("code_mac", binary, (col) => col.notNull())
        .addColumn("failed_tries", "integer", (col) => col.notNull())
        .addColumn("created_at", "bigint", (col) => col.notNull())
        .addColumn("expires_at", "bigint", (col) => col.notNull())
        .execute();
      await db.schema
        .createIndex("otp_challenges_by_phone")
        .on("otp_challenges")
        .columns(["phone_alias", "created_at"])
        .execute();

      await db.schema
        .createTable("otp_grants")
        .addColumn("phone_alias", "text", (col) => col.notNull())
        .addColumn("purpose", "text", (col) => col.notNull())
        .addColumn("challenge_id", "text", (col) => col.notNull().references("otp_challenges.id"))
        .addColumn("used_at", "bigint")
        .addPrimaryKeyConstraint("otp_grants_pk", ["phone_alias", "purpose"])
        .execute();
      await db.schema
        .createIndex("otp_grants_by_challenge")
        .on("otp_grants")
        .column("challenge_id")
        .execute();

      await db.schema
        .createTable("otp_counters")
        .addColumn("phone_alias", "text", (col) => col.primaryKey())
        .addColumn("reserved", "bigint", (col) => col.notNull())
        .addColumn("cleared", "bigint", (col) => col.notNull())
        .addColumn("locked_until", "bigint")
        .addColumn("disabled_at", "bigint")
        .execute();

      await db.schema
        .createTable("consents")
        .addColumn("id", "text", (col) => col.primaryKey())
        .addColumn("subject_id", "text", (col) => col.notNull().references("subjects.id"))
        .addColumn("purpose", "text", (col) => col.notNull())
        .addColumn("document_version", "text", (col) => col.notNull())
        .addColumn("document_hash", "text", (col) => col.notNull())
        .addColumn("granted_at", "bigint", (col) => col.notNull())
        .addColumn("expires_at", "bigint")
        .addColumn("revoked_at", "bigint")
        .addColumn("event_id", "text", (col) => col.notNull())
        .execute();
      await db.schema.createIndex("consents_by_subject").on("consents").column("subject_id").execute();

      await db.schema
        .createTable("consent_changes")
        .addColumn("seq", "bigint", (col) => col.primaryKey())
        .addColumn("event_index", "bigint", (col) => col.notNull())
        .addColumn("consent_id", "text", (col) => col.notNull())
        .addColumn("action", "text", (col) => col.notNull())
        .addColumn("timestamp", "bigint", (col) => col.notNull())
        .addColumn("expires_at", "bigint", (col) => col.notNull())
        .addColumn("purpose", "text", (col) => col.notNull())
        .addColumn("document_hash", "text", (col) => col.notNull())
        .execute();

      await db.schema
        .createTable("events")
        .addColumn("leaf_index", "bigint", (col) => col.primaryKey())
        .addColumn("id", "text", (col) => col.notNull().unique())
        .addColumn("subject_id", "text", (col) => col.notNull())
        .addColumn("subject_seq", "bigint", (col) => col.notNull())
        .addColumn("timestamp", "bigint", (col) => col.notNull())
        .addColumn("type", "text", (col) => col.notNull())
        .addColumn("payload", binary)
        .addColumn("salt", binary)
        .addColumn("digest", binary, (col) => col.notNull())
        .addUniqueConstraint("events_subject_seq", ["subject_id", "subject_seq"])
        .execute();

      await db.schema
        .createTable("idempotency")
        .addColumn("id", "text", (col) => col.primaryKey())
        .addColumn("fingerprint", "text", (col) => col.notNull())
        .addColumn("outcome", "text")
        .addColumn("conflicts", "integer", (col) => col.notNull())
        .addColumn("created_at", "bigint", (col) => col.notNull())
        .execute();
      await db.schema.createIndex("idempotency_by_age").on("idempotency").column("created_at").execute();

      await db.schema
        .createTable("tiles")
        .addColumn("level", "integer", (col) => col.notNull())
        .addColumn("tile_index", "bigint", (col) => col.notNull())
        .addColumn("hashes", binary, (col) => col.notNull())
        .addPrimaryKeyConstraint("tiles_pk", ["level", "tile_index"])
        .execute();

      await db.schema
        .createTable("epochs")
        .addColumn("number", "integer", (col) => col.primaryKey())
        .addColumn("chain_id", "bigint", (col) => col.notNull())
        .addColumn("contract", "text", (col) => col.notNull())
        .addColumn("genesis_hash", "text", (col) => col.notNull())
        .addColumn("code_hash", "text", (col) => col.notNull())
        .addColumn("disposable", "integer", (col) => col.notNull())
        .addColumn("opened_at", "bigint", (col) => col.notNull())
        .execute();

      await db.schema
        .createTable("batches")
        .addColumn("id", "bigint", (col) => col.primaryKey())
        .addColumn("epoch", "integer", (col) => col.notNull().references("epochs.number"))
        .addColumn("from_size", "bigint", (col) => col.notNull())
        .addColumn("to_size", "bigint", (col) => col.notNull())
        .addColumn("from_change", "bigint", (col) => col.notNull())
        .addColumn("to_change", "bigint", (col) => col.notNull())
        .addColumn("root", binary, (col) => col.notNull())
        .addColumn("nonce", "bigint", (col) => col.notNull())
        .addColumn("status", "text", (col) => col.notNull())
        .addColumn("created_at", "bigint", (col) => col.notNull())
        .addColumn("tx_hash", "text")
        .addColumn("block_number", "bigint")
        .addColumn("block_hash", "text")
        // A nonce carries one batch: a second sender fails here, before it has broadcast anything.
        .addUniqueConstraint("batches_nonce", ["epoch", "nonce"])
        .execute();
      await db.schema.createIndex("batches_by_size").on("batches").columns(["epoch", "to_size"]).execute();
      await db.schema.createIndex("batches_in_order").on("batches").columns(["epoch", "id"]).execute();
      await db.schema
        .createIndex("batches_by_status")
        .on("batches")
        .columns(["epoch", "status", "id"])
        .execute();

      await db.schema
        .createTable("anchor_attempts")
        .addColumn("tx_hash", "text", (col) => col.primaryKey())
        .addColumn("batch_id", "bigint", (col) => col.notNull().references("batches.id"))
        .addColumn("raw", "text", (col) => col.notNull())
        .addColumn("ordinal", "integer", (col) => col.notNull())
        .execute();
      await db.schema
        .createIndex("anchor_attempts_by_batch")
        .on("anchor_attempts")
        .column("batch_id")
        .execute();
    },
  };
}
