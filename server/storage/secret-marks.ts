import type { Tx } from "../ports.ts";
import type { Handle } from "./handle.ts";

export function secretMarks({ db }: Handle): Tx["secretMarks"] {
  const get = async (name: string) => {
    const row = await db
      .selectFrom("secret_marks")
      .select("mark")
      .where("name", "=", name)
      .executeTakeFirst();
    return row?.mark ?? null;
  };
  return {
    get,

    async getOrAdd(name, mark) {
      await db
        .insertInto("secret_marks")
        .values({ name, mark })
        .onConflict((conflict) => conflict.column("name").doNothing())
        .execute();
      return (await get(name)) ?? mark;
    },
  };
}
