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
        // The first page by the index as well: before all that there may ever be.
        .where("seq", "<", before ?? Number.MAX_SAFE_INTEGER)
        .orderBy("seq", "desc")
        .limit(limit)
        .execute(),
  };
}
