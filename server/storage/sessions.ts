import type { Tx } from "../ports.ts";
import type { Handle } from "./handle.ts";

export function sessions({ db }: Handle): Tx["sessions"] {
  return {
    async get(id) {
      const row = await db.selectFrom("pin_sessions").selectAll().where("id", "=", id).executeTakeFirst();
      if (row === undefined) return null;
      return { id, subjectId: row.subject_id, generation: row.generation, expiresAt: row.expires_at };
    },

    async save({ id, subjectId, generation, expiresAt }, now) {
      await db.deleteFrom("pin_sessions").where("expires_at", "<=", now).execute();
      const values = { subject_id: subjectId, generation, expires_at: expiresAt };
      await db
        .insertInto("pin_sessions")
        .values({ id, ...values })
        .onConflict((conflict) => conflict.column("id").doUpdateSet(values))
        .execute();
    },

    async remove(id) {
      await db.deleteFrom("pin_sessions").where("id", "=", id).execute();
    },
  };
}
