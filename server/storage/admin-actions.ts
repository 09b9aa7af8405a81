import type { Tx } from "../ports.ts";
import type { Handle } from "./handle.ts";

export function adminActions({ db }: Handle): Tx["adminActions"] {
  return {
    async append(action, timestamp) {
      await db
        .insertInto("admin_actions")
        .values((eb) => ({
          seq: eb
            .selectFrom("admin_actions")
            .select((inner) => inner.fn.coalesce(inner(inner.fn.max("seq"), "+", 1), inner.lit(1)).as("seq")),
          action,
          timestamp,
        }))
        .execute();
    },

    page: (before, limit) =>
      db
        .selectFrom("admin_actions")
        .selectAll()
        .$if(before !== null, (query) => query.where("seq", "<", before ?? 0))
        .orderBy("seq", "desc")
        .limit(limit)
        .execute(),
  };
}
