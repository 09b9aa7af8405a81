import type { ExpressionBuilder, Selectable } from "kysely";
import type { PolicyId } from "../domain/policy.ts";
import { NEW_COUNTER } from "../domain/lockout.ts";
import type { OpenAttempt } from "../domain/open-attempts.ts";
import type { Credential, Tx, Verifier } from "../ports.ts";
import type { Schema } from "./schema.ts";
import { counterColumns, counterOf } from "./counters.ts";
import { compiled } from "./compiled.ts";
import type { Handle } from "./handle.ts";

interface Key {
  readonly subject_id: string;
  readonly policy: string;
}

const byKey = ({ db }: Handle, { subject_id, policy }: Key) =>
  db.selectFrom("credentials").selectAll().where("subject_id", "=", subject_id).where("policy", "=", policy);
const select = compiled(byKey);
const lock = compiled((handle, key: Key) =>
  byKey(handle, key).$if(handle.rowLocks, (query) => query.forUpdate()),
);
const insertUnlessThere = compiled(({ db }, row: Schema["credentials"]) =>
  db
    .insertInto("credentials")
    .values(row)
    .onConflict((conflict) => conflict.columns(["subject_id", "policy"]).doNothing()),
);
const update = compiled(({ db }, { subject_id, policy, ...row }: ReturnType<typeof toRow>) =>
  db.updateTable("credentials").set(row).where("subject_id", "=", subject_id).where("policy", "=", policy),
);

export function credentials(handle: Handle): Tx["credentials"] {
  const { db } = handle;
  const getKnownForUpdate: Tx["credentials"]["getKnownForUpdate"] = async (subjectId, policy) => {
    const [row] = (await lock(handle, { subject_id: subjectId, policy })).rows;
    if (row === undefined) throw new Error("a credential is gone while it is looked for");
    return fromRow(row);
  };

  return {
    getKnownForUpdate,

    async get(subjectId, policy) {
      const [row] = (await select(handle, { subject_id: subjectId, policy })).rows;
      return row === undefined ? null : fromRow(row);
    },

    async getForUpdate(subjectId, policy, now) {
      const fresh: Credential = {
        subjectId,
        policy,
        verifier: null,
        generation: 0,
        counter: NEW_COUNTER,
        pinLength: null,
        clientParameters: null,
        temporary: null,
        open: [],
      };
      await insertUnlessThere(handle, { ...toRow(fresh, now), created_at: now });
      return getKnownForUpdate(subjectId, policy);
    },

    async save(credential, now) {
      await update(handle, toRow(credential, now));
    },

    async withOpenAttempts() {
      const rows = await db
        .selectFrom("credentials")
        .innerJoin("subjects", "subjects.id", "credentials.subject_id")
        .select(["subjects.id", "subjects.identity_hash", "credentials.policy"])
        .where("credentials.open_attempts", "is not", null)
        .execute();
      return rows.map((row) => ({
        subject: { id: row.id, identityHash: row.identity_hash },
        policy: row.policy as PolicyId,
      }));
    },

    async pepperIdsInUse() {
      const rows = await db
        .selectFrom("credentials")
        .select("pepper_id")
        .distinct()
        .where("phc", "is not", null)
        .where("pepper_id", "is not", null)
        .orderBy("pepper_id")
        .$narrowType<{ pepper_id: string }>()
        .execute();
      return rows.map((row) => row.pepper_id);
    },

    async formatCounts() {
      const rows = await db
        .selectFrom("credentials")
        .select((eb) => [formatOf(eb).as("format"), eb.fn.countAll<number>().as("count")])
        .where("phc", "is not", null)
        .groupBy("format")
        .orderBy("format")
        .execute();
      return rows;
    },
  };
}

function fromRow(row: Selectable<Schema["credentials"]>): Credential {
  return {
    subjectId: row.subject_id,
    policy: row.policy as PolicyId,
    verifier: toVerifier(row.phc, row.pepper_id),
    generation: row.generation,
    counter: counterOf(row),
    pinLength: row.pin_length,
    clientParameters: row.client_parameters,
    temporary:
      row.temporary_until === null
        ? null
        : { expiresAt: row.temporary_until, spent: row.temporary_spent ?? 0 },
    open: toOpenAttempts(row.open_attempts),
  };
}

/** Only the function's name leaves the database, and only one that we know. */
function formatOf(eb: ExpressionBuilder<Schema, "credentials">) {
  const starts = (name: string) => eb("phc", "like", `$${name}$%`);
  return eb
    .case()
    .when(starts("argon2id"))
    .then("argon2id")
    .when(starts("argon2i"))
    .then("argon2i")
    .when(starts("pbkdf2-sha256"))
    .then("pbkdf2-sha256")
    .when(starts("pbkdf2-sha512"))
    .then("pbkdf2-sha512")
    .else("other")
    .end();
}

function toVerifier(phc: string | null, pepperId: string | null): Verifier | null {
  return phc === null ? null : { phc, pepperId };
}

function toOpenAttempts(json: string | null): OpenAttempt[] {
  const rows = JSON.parse(json ?? "[]") as [number, number][];
  return rows.map(([attempt, reservedAt]) => ({ attempt, reservedAt }));
}

function toRow(credential: Credential, now: number) {
  return {
    subject_id: credential.subjectId,
    policy: credential.policy,
    phc: credential.verifier?.phc ?? null,
    pepper_id: credential.verifier?.pepperId ?? null,
    generation: credential.generation,
    ...counterColumns(credential.counter),
    pin_length: credential.pinLength,
    client_parameters: credential.clientParameters,
    temporary_until: credential.temporary?.expiresAt ?? null,
    temporary_spent: credential.temporary?.spent ?? null,
    open_attempts:
      credential.open.length === 0
        ? null
        : JSON.stringify(credential.open.map(({ attempt, reservedAt }) => [attempt, reservedAt])),
    updated_at: now,
  };
}
