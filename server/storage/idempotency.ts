import type { Tx } from "../ports.ts";
import { compiled } from "./compiled.ts";
import type { Handle } from "./handle.ts";
import type { Schema } from "./schema.ts";

const deleteOld = compiled(({ db }, { before }: { before: number }) =>
  db.deleteFrom("idempotency").where("created_at", "<", before),
);
const insertUnlessThere = compiled(({ db }, row: Schema["idempotency"]) =>
  db
    .insertInto("idempotency")
    .values(row)
    .onConflict((conflict) => conflict.column("id").doNothing()),
);
const setOutcome = compiled(({ db }, claim: { id: string; claimedAt: number; outcome: string }) =>
  db
    .updateTable("idempotency")
    .set({ outcome: claim.outcome })
    .where("id", "=", claim.id)
    .where("created_at", "=", claim.claimedAt)
    .where("outcome", "is", null),
);

export function idempotency(handle: Handle): Tx["idempotency"] {
  const { db, rowLocks } = handle;
  return {
    async claim({ id, fingerprint }, { now, lease, keep }) {
      await deleteOld(handle, { before: now - keep });
      const claim = { id, fingerprint, outcome: null, conflicts: 0, created_at: now };
      const { numAffectedRows } = await insertUnlessThere(handle, claim);
      if (numAffectedRows === 1n) return null;

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
      const { numAffectedRows } = await setOutcome(handle, { id, claimedAt, outcome });
      return numAffectedRows === 1n;
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
