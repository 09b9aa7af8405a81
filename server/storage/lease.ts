import { LeaseLost } from "../ports.ts";
import type { Tx } from "../ports.ts";
import type { Handle } from "./handle.ts";

type LeaseMethods = Pick<Tx["anchors"], "lease" | "takeLease" | "holdLease" | "touchLease" | "releaseLease">;

/** One row, changed by compare-and-swap on its token only. */
export function lease({ db }: Handle): LeaseMethods {
  const row = (token: number) =>
    db.updateTable("anchor_lease").where("id", "=", 1).where("token", "=", token);
  return {
    async lease() {
      return db
        .selectFrom("anchor_lease")
        .select(["owner", "token", "beat"])
        .where("id", "=", 1)
        .executeTakeFirstOrThrow();
    },

    async takeLease(seen, owner) {
      const token = seen + 1;
      const { numUpdatedRows } = await row(seen).set({ owner, token, beat: 0 }).executeTakeFirst();
      return numUpdatedRows === 1n ? token : null;
    },

    // An update and not a look: PostgreSQL then keeps the row locked, so that nobody takes over between this and the
    // commit of what it was held for.
    async holdLease(token) {
      const { numUpdatedRows } = await row(token)
        .set((eb) => ({ beat: eb("beat", "+", 1) }))
        .where("owner", "!=", "")
        .executeTakeFirst();
      if (numUpdatedRows !== 1n) throw new LeaseLost();
    },

    async touchLease() {
      await db
        .updateTable("anchor_lease")
        .set((eb) => ({ beat: eb.ref("beat") }))
        .where("id", "=", 1)
        .execute();
    },

    async releaseLease(token) {
      await row(token).set({ owner: "" }).execute();
    },
  };
}
