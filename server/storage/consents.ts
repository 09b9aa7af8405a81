import type { Selectable } from "kysely";
import type { Consent, ConsentChange, ConsentPurpose } from "../domain/consent.ts";
import type { Tx } from "../ports.ts";
import type { Schema } from "./schema.ts";
import type { Handle } from "./handle.ts";

export function consents({ db }: Handle): Tx["consents"] {
  return {
    async bySubject(subjectId) {
      const rows = await db
        .selectFrom("consents")
        .selectAll()
        .where("subject_id", "=", subjectId)
        .orderBy("granted_at")
        .execute();
      return rows.map(fromRow);
    },

    async insert(consent) {
      await db
        .insertInto("consents")
        .values({
          id: consent.id,
          subject_id: consent.subjectId,
          purpose: consent.purpose,
          document_version: consent.documentVersion,
          document_hash: consent.documentHash,
          granted_at: consent.grantedAt,
          expires_at: consent.expiresAt,
          revoked_at: consent.revokedAt,
          event_id: consent.eventId,
        })
        .execute();
    },

    async setRevoked(consentId, revokedAt) {
      await db.updateTable("consents").set({ revoked_at: revokedAt }).where("id", "=", consentId).execute();
    },

    async queueChange(eventIndex, change) {
      const { last } = await db
        .selectFrom("consent_changes")
        .select((eb) => eb.fn.max("seq").as("last"))
        .executeTakeFirstOrThrow();
      await db
        .insertInto("consent_changes")
        .values({
          // Gapless, because changes are queued by whoever holds the ledger's head.
          seq: (last as number | null) === null ? 0 : last + 1,
          event_index: eventIndex,
          consent_id: change.consentId,
          action: change.action,
          timestamp: change.timestamp,
          expires_at: change.expiresAt,
          purpose: change.purpose,
          document_hash: change.documentHash,
        })
        .execute();
    },

    async changes(from, limit) {
      const rows = await db
        .selectFrom("consent_changes")
        .selectAll()
        .where("seq", ">=", from)
        .orderBy("seq")
        .limit(limit)
        .execute();
      return rows.map((row) => ({
        eventIndex: row.event_index,
        change: {
          consentId: row.consent_id,
          action: row.action as ConsentChange["action"],
          timestamp: row.timestamp,
          expiresAt: row.expires_at,
          purpose: row.purpose as ConsentPurpose,
          documentHash: row.document_hash,
        },
      }));
    },

    async changeCount() {
      const { count } = await db
        .selectFrom("consent_changes")
        .select((eb) => eb.fn.countAll().as("count"))
        .executeTakeFirstOrThrow();
      return Number(count);
    },
  };
}

function fromRow(row: Selectable<Schema["consents"]>): Consent {
  return {
    id: row.id,
    subjectId: row.subject_id,
    purpose: row.purpose as ConsentPurpose,
    documentVersion: row.document_version,
    documentHash: row.document_hash,
    grantedAt: row.granted_at,
    expiresAt: row.expires_at,
    revokedAt: row.revoked_at,
    eventId: row.event_id,
  };
}
