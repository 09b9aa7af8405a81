import type { AliasKind, Subject, Tx } from "../ports.ts";
import { compiled } from "./compiled.ts";
import type { Handle } from "./handle.ts";
import type { Schema } from "./schema.ts";

const selectByAlias = compiled(({ db }, { alias }: { alias: string }) =>
  db
    .selectFrom("aliases")
    .innerJoin("subjects", "subjects.id", "aliases.subject_id")
    .select(["subjects.id", "subjects.identity_hash"])
    .where("aliases.alias", "=", alias),
);
const claimAlias = compiled(({ db }, row: Schema["aliases"]) =>
  db
    .insertInto("aliases")
    .values(row)
    .onConflict((conflict) => conflict.column("alias").doNothing()),
);
const insertSubject = compiled(({ db }, row: Schema["subjects"]) => db.insertInto("subjects").values(row));
const takeSeq = compiled(({ db }, { id }: { id: string }) =>
  db
    .updateTable("subjects")
    .set((eb) => ({ next_seq: eb("next_seq", "+", 1) }))
    .where("id", "=", id)
    .returning("next_seq"),
);

export function subjects(handle: Handle): Tx["subjects"] {
  const { db, rowLocks } = handle;
  const byAlias = async (alias: string): Promise<Subject | null> => {
    const [row] = (await selectByAlias(handle, { alias })).rows;
    return row === undefined ? null : { id: row.id, identityHash: row.identity_hash };
  };

  return {
    byAlias,

    async byAliasOrCreate(alias: string, kind: AliasKind, candidate: Subject, now: number) {
      // Not looked up first: a stranger must not take longer than a customer. And the alias before the subject, as its
      // foreign key waits for the commit: who loses a race for it has nothing to undo.
      const claimed = await claimAlias(handle, { alias, kind, subject_id: candidate.id });
      if (claimed.numAffectedRows === 0n) {
        const known = await byAlias(alias);
        if (known === null) throw new Error("an alias exists without its subject");
        return known;
      }
      await insertSubject(handle, {
        id: candidate.id,
        identity_hash: candidate.identityHash,
        next_seq: 0,
        created_at: now,
      });
      return candidate;
    },

    async byIdentityHash(identityHash: string) {
      const row = await db
        .selectFrom("subjects")
        .select(["id", "identity_hash"])
        .where("identity_hash", "=", identityHash)
        // Whom nothing links to a person any more is nobody's to act upon.
        .where((eb) =>
          eb.exists(
            eb.selectFrom("aliases").select("alias").whereRef("aliases.subject_id", "=", "subjects.id"),
          ),
        )
        .executeTakeFirst();
      return row === undefined ? null : { id: row.id, identityHash: row.identity_hash };
    },

    async aliasKinds(subjectId: string) {
      const rows = await db
        .selectFrom("aliases")
        .select("kind")
        .where("subject_id", "=", subjectId)
        .execute();
      return [...new Set(rows.map(({ kind }) => kind as AliasKind))].sort();
    },

    async addAlias(subjectId: string, alias: string, kind: AliasKind) {
      await db.insertInto("aliases").values({ alias, kind, subject_id: subjectId }).execute();
    },

    async nextSeq(subjectId: string) {
      const [row] = (await takeSeq(handle, { id: subjectId })).rows;
      if (row === undefined) throw new Error("an event of a subject that does not exist");
      return row.next_seq - 1;
    },

    async erase(subjectId: string) {
      const aliases = db.selectFrom("aliases").select("alias").where("subject_id", "=", subjectId);
      await db.deleteFrom("otp_grants").where("phone_alias", "in", aliases).execute();
      await db.deleteFrom("otp_challenges").where("phone_alias", "in", aliases).execute();
      await db.deleteFrom("otp_counters").where("phone_alias", "in", aliases).execute();
      await db.deleteFrom("aliases").where("subject_id", "=", subjectId).execute();
      await db.deleteFrom("pin_sessions").where("subject_id", "=", subjectId).execute();
      await db.deleteFrom("credentials").where("subject_id", "=", subjectId).execute();
      // Whoever is appending for the subject holds its row: waited for here, its event is seen below and emptied too.
      if (rowLocks) {
        await db.selectFrom("subjects").select("id").where("id", "=", subjectId).forNoKeyUpdate().execute();
      }
      const { numUpdatedRows } = await db
        .updateTable("events")
        .set({ payload: null, salt: null })
        .where("subject_id", "=", subjectId)
        .where("payload", "is not", null)
        .executeTakeFirst();
      return Number(numUpdatedRows);
    },
  };
}
