import type { Tx } from "../ports.ts";
import type { Handle } from "./handle.ts";

export function secretMarks({ db }: Handle): Tx["secretMarks"] {
  return {
    async get(name) {
      const row = await db
        .selectFrom("secret_marks")
        .select("mark")
        .where("name", "=", name)
        .executeTakeFirst();
      return row?.mark ?? null;
    },

    async addUnlessThere(name, mark) {
      await db
        .insertInto("secret_marks")
        .values({ name, mark })
        .onConflict((conflict) => conflict.column("name").doNothing())
        .execute();
    },
  };
}
