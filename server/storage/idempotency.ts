import type { Tx } from "../ports.ts";
import type { Handle } from "./handle.ts";

export function idempotency({ db, rowLocks }: Handle): Tx["idempotency"] {
  return {
    async claim({ id, fingerprint }, { now, lease, keep }) {
      await db
        .deleteFrom("idempotency")
        .where("created_at", "<", now - keep)
        .execute();
      const inserted = await db
        .insertInto("idempotency")
        .values({ id, fingerprint, outcome: null, conflicts: 0, created_at: now })
        .onConflict((conflict) => conflict.column("id").doNothing())
        .executeTakeFirst();
      if (inserted.numInsertedOrUpdatedRows === 1n) return null;

      const row = await db
        .selectFrom("idempotency")
        .select(["fingerprint", "outcome", "conflicts", "created_at"])
        .where("id", "=", id)
        .$if(rowLocks, (query) => query.forUpdate())
        .executeTakeFirst();
      // Released since it stood in the way.
      if (row === undefined) return this.claim({ id, fingerprint }, { now, lease, keep });
      if (row.outcome !== null || row.created_at >= now - lease) {
        if (row.fingerprint === fingerprint) return row;
        const conflicts = row.conflicts + 1;
        await db.updateTable("idempotency").set({ conflicts }).where("id", "=", id).execute();
        return { ...row, conflicts };
      }
      // Whoever claimed it ended without an outcome, and so without an effect: it is ours now.
      await db
        .updateTable("idempotency")
        .set({ fingerprint, created_at: now })
        .where("id", "=", id)
        .execute();
      return null;
    },

    async complete({ id, claimedAt }, outcome) {
      const { numUpdatedRows } = await db
        .updateTable("idempotency")
        .set({ outcome })
        .where("id", "=", id)
        .where("created_at", "=", claimedAt)
        .where("outcome", "is", null)
        .executeTakeFirst();
      return numUpdatedRows === 1n;
    },

    async release({ id, claimedAt }) {
      await db
        .deleteFrom("idempotency")
        .where("id", "=", id)
        .where("created_at", "=", claimedAt)
        .where("outcome", "is", null)
        .execute();
    },
  };
}
