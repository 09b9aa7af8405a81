import type { Tx } from "../ports.ts";
import type { Handle } from "./handle.ts";

export function cosignatures({ db }: Handle): Tx["cosignatures"] {
  return {
    async save(cosignature) {
      await db
        .insertInto("cosignatures")
        .values(cosignature)
        .onConflict((conflict) =>
          conflict
            .columns(["witness", "size"])
            .doUpdateSet({ timestamp: cosignature.timestamp, signature: cosignature.signature })
            // Anyone may send an old cosignature again: it must not take the place of a newer one.
            .where("cosignatures.timestamp", "<", cosignature.timestamp),
        )
        .execute();
    },

    async at(size, witness) {
      const row = await db
        .selectFrom("cosignatures")
        .selectAll()
        .where("witness", "=", witness)
        .where("size", "=", size)
        .executeTakeFirst();
      return row ?? null;
    },

    async latestSize(witness, most) {
      const row = await db
        .selectFrom("cosignatures")
        .select("size")
        .where("witness", "=", witness)
        .where("size", "<=", most)
        .orderBy("size", "desc")
        .limit(1)
        .executeTakeFirst();
      return row?.size ?? null;
    },
  };
}
