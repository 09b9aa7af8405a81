import type { Kysely } from "kysely";
import { toHex } from "../../server/ledger/index.ts";
import type { Schema } from "../../server/storage/schema.ts";
import { NOW, range, sha256 } from "./samples.ts";

/** So many that a planner who knows their number reads none of the tables whole, if it can help it. */
export const MANY = 3_000;

/** A database that has been in use for a while. */
export async function fill(db: Kysely<Schema>): Promise<void> {
  const bytes = sha256("bytes");
  const payload = new TextEncoder().encode('{"outcome":{"result":"valid"}}');
  const many = range(MANY);
  const ids = (prefix: string) => many.map((i) => `${prefix}-${i}`);
  const insert = async <T extends keyof Schema>(table: T, rows: Schema[T][]) => {
    // SQLite binds at most 32,766 values in a statement.
    for (let i = 0; i < rows.length; i += 1_000) {
      await db
        .insertInto<keyof Schema>(table)
        .values(rows.slice(i, i + 1_000))
        .execute();
    }
  };
  await insert(
    "subjects",
    ids("subject").map((id) => ({ id, identity_hash: toHex(sha256(id)), next_seq: 1, created_at: NOW })),
  );
  await insert(
    "aliases",
    many.map((i) => ({ alias: `alias-${i}`, kind: "phone", subject_id: `subject-${i}` })),
  );
  await insert(
    "credentials",
    many.map((i) => ({
      subject_id: `subject-${i}`,
      policy: "fra",
      phc: null,
      pepper_id: null,
      reserved: 0,
      cleared: 0,
      locked_until: null,
      disabled_at: null,
      generation: 0,
      open_attempts: null,
      created_at: NOW,
      updated_at: NOW,
      pin_length: null,
      client_parameters: null,
      temporary_until: null,
      temporary_spent: null,
    })),
  );
  await insert(
    "pin_sessions",
    many.map((i) => ({
      id: `session-${i}`,
      subject_id: `subject-${i}`,
      generation: 1,
      expires_at: NOW + i,
    })),
  );
  await insert(
    "admin_actions",
    many.map((i) => ({ seq: i + 1, action: "unlock", timestamp: NOW })),
  );
  await insert(
    "idempotency",
    many.map((i) => ({ id: `key-${i}`, fingerprint: "f", outcome: "{}", conflicts: 0, created_at: NOW })),
  );
  await insert(
    "otp_counters",
    many.map((i) => ({
      phone_alias: `alias-${i}`,
      reserved: 0,
      cleared: 0,
      locked_until: null,
      disabled_at: null,
    })),
  );
  await insert(
    "otp_challenges",
    many.map((i) => ({
      id: `c-${i}`,
      phone_alias: `alias-${i}`,
      code_mac: bytes,
      failed_tries: 0,
      created_at: NOW,
      expires_at: NOW,
    })),
  );
  await insert(
    "otp_grants",
    many.map((i) => ({
      phone_alias: `alias-${i}`,
      purpose: "consent",
      challenge_id: `c-${i}`,
      used_at: null,
    })),
  );
  await insert(
    "consents",
    many.map((i) => ({
      id: `consent-${i}`,
      subject_id: `subject-${i}`,
      purpose: "pin_set",
      document_version: "1",
      document_hash: "0x",
      granted_at: NOW,
      expires_at: null,
      revoked_at: null,
      event_id: `event-${i}`,
    })),
  );
  await insert(
    "consent_changes",
    many.map((i) => ({
      seq: i,
      event_index: i,
      consent_id: `consent-${i}`,
      action: "grant",
      timestamp: 1,
      expires_at: 0,
      purpose: "pin_set",
      document_hash: "0x",
    })),
  );
  await insert(
    "events",
    many.map((i) => ({
      leaf_index: i,
      id: `event-${i}`,
      subject_id: `subject-${i}`,
      subject_seq: 0,
      timestamp: NOW,
      type: "pin_verify",
      payload,
      salt: bytes,
      digest: bytes,
    })),
  );
  await insert(
    "tiles",
    many.map((i) => ({ level: 0, tile_index: i, hashes: bytes })),
  );
  await insert(
    "batches",
    many.map((i) => ({
      id: i,
      epoch: 1,
      from_size: i * 10,
      to_size: i * 10 + 10,
      from_change: i,
      to_change: i,
      root: bytes,
      relayer: "0xrelayer",
      nonce: i,
      status: i < MANY - 5 ? "final" : "mined",
      created_at: NOW,
      tx_hash: "0x",
      block_number: i,
      block_hash: "0x",
      mined_at: NOW,
    })),
  );
  await insert(
    "anchor_attempts",
    many.map((i) => ({
      tx_hash: `0x${i}`,
      batch_id: i,
      ordinal: 0,
      raw: "0x",
      relayer: "0xrelayer",
      nonce: i,
      max_fee: "1",
      max_priority_fee: null,
    })),
  );
  await insert(
    "weak_rejections",
    many.map((i) => ({ hour: i, count: 1 })),
  );
  await insert(
    "cosignatures",
    many.map((i) => ({ witness: `witness-${i % 3}`, size: i, timestamp: i, signature: bytes })),
  );
  await db.updateTable("ledger").set({ size: MANY }).execute();
}
