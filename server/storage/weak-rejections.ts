import type { Tx } from "../ports.ts";
import type { Handle } from "./handle.ts";

export function weakRejections({ db }: Handle): Tx["weakRejections"] {
  return {
    async add(hour, count) {
      await db
        .insertInto("weak_rejections")
        .values({ hour, count })
        .onConflict((conflict) =>
          conflict
            .column("hour")
            .doUpdateSet((eb) => ({ count: eb("weak_rejections.count", "+", eb.ref("excluded.count")) })),
        )
        .execute();
    },

    between: (from, to) =>
      db
        .selectFrom("weak_rejections")
        .selectAll()
        .where("hour", ">=", from)
        .where("hour", "<", to)
        .orderBy("hour")
        .execute(),
  };
}
