import { sql } from "kysely";
import type { RawBuilder, Selectable } from "kysely";
import { HOUR } from "../domain/time.ts";
import type { LedgerHead, StoredEvent, Tx } from "../ports.ts";
import { compiled } from "./compiled.ts";
import type { Handle } from "./handle.ts";
import type { Schema } from "./schema.ts";

const headRow = ({ db }: Handle) => db.selectFrom("ledger").select(["ledger_id", "size", "last_timestamp"]);
const selectHead = compiled((handle, _: object) => headRow(handle));
const lockHead = compiled((handle, _: object) =>
  headRow(handle).$if(handle.rowLocks, (query) => query.forUpdate()),
);
const advanceHead = compiled(({ db }, { now }: { now: number }) =>
  db.updateTable("ledger").set({ last_timestamp: now }).where("last_timestamp", "<", now),
);
const insertEvent = compiled(({ db }, row: Schema["events"]) => db.insertInto("events").values(row));
const moveHead = compiled(({ db }, head: { from: number; to: number; timestamp: number }) =>
  db
    .updateTable("ledger")
    .set({ size: head.to, last_timestamp: head.timestamp })
    .where("size", "=", head.from),
);

export function events(handle: Handle): Tx["events"] {
  const { db, dialect } = handle;
  const head = async (select: typeof selectHead) => {
    const [row] = (await select(handle, {})).rows;
    if (row === undefined) throw new Error("the database has no ledger");
    return { ledgerId: row.ledger_id, size: row.size, lastTimestamp: row.last_timestamp };
  };

  /** Nobody else can move it before the transaction ends. */
  let locked: LedgerHead | null = null;

  return {
    head: () => head(selectHead),
    headForUpdate: async () => (locked ??= await head(lockHead)),

    async advance(now) {
      locked = null;
      await advanceHead(handle, { now });
    },

    async append(event) {
      locked = null;
      await insertEvent(handle, {
        leaf_index: event.index,
        id: event.id,
        subject_id: event.subjectId,
        subject_seq: event.subjectSeq,
        timestamp: event.timestamp,
        type: event.type,
        payload: event.payload,
        salt: event.salt,
        digest: event.digest,
      });
      // Compare and swap, though the head is locked: were that lock ever lost, two events would share a place.
      const { numAffectedRows } = await moveHead(handle, {
        from: event.index,
        to: event.index + 1,
        timestamp: event.timestamp,
      });
      if (numAffectedRows !== 1n)
        throw new Error(`the ledger's head moved while event ${event.index} was appended`);
    },

    async byId(id) {
      const row = await db.selectFrom("events").selectAll().where("id", "=", id).executeTakeFirst();
      return row === undefined ? null : fromRow(row);
    },

    async range({ from, to, limit, newestFirst = false, type, identityHash }) {
      const rows = await db
        .selectFrom("events")
        .selectAll()
        .where("leaf_index", ">=", from)
        .where("leaf_index", "<", to)
        .$if(type !== undefined, (query) => query.where("type", "=", type as string))
        .$if(identityHash !== undefined, (query) =>
          query.where("subject_id", "=", (eb) =>
            eb
              .selectFrom("subjects")
              .select("id")
              .where("identity_hash", "=", identityHash as string),
          ),
        )
        // Of one subject the sequence runs as the index does, and there is an index in the database for it.
        .orderBy(identityHash === undefined ? "leaf_index" : "subject_seq", newestFirst ? "desc" : "asc")
        .limit(limit)
        .execute();
      return rows.map(fromRow);
    },

    async timestampAt(index) {
      const row = await db
        .selectFrom("events")
        .select("timestamp")
        .where("leaf_index", "=", index)
        .executeTakeFirst();
      return row?.timestamp ?? null;
    },

    async digests(from, to) {
      const rows = await db
        .selectFrom("events")
        .select("digest")
        .where("leaf_index", ">=", from)
        .where("leaf_index", "<", to)
        .orderBy("leaf_index")
        .execute();
      return rows.map((row) => row.digest);
    },

    async outcomes(from, to) {
      const member = outcomeMember[dialect];
      const rows = await db
        .selectFrom((eb) =>
          eb
            .selectFrom("events")
            .select([
              "type",
              sql<number>`timestamp - timestamp % ${sql.lit(HOUR)}`.as("hour"),
              member("result").as("result"),
              // The last attempt counted, and a lock stands: that attempt brought it about.
              sql<number>`case when ${member("attempt")} = ${member("reserved")}
                and ${member("lockedUntil")} is not null then 1 else 0 end`.as("locks"),
            ])
            .where("leaf_index", ">=", from)
            .where("leaf_index", "<", to)
            .as("told"),
        )
        .select(["hour", "type", "result", "locks", ({ fn }) => fn.countAll<number>().as("count")])
        .groupBy(["hour", "type", "result", "locks"])
        .execute();
      return rows.map((row) => ({ ...row, locks: row.locks === 1 }));
    },
  };
}

/** Of the payload's outcome; null where it has no such member, or the payload was erased. Payloads are JSON in UTF-8. */
const outcomeMember: Readonly<Record<Handle["dialect"], (name: string) => RawBuilder<string | null>>> = {
  sqlite: (name) => sql`json_extract(cast(payload as text), ${sql.lit(`$.outcome.${name}`)})`,
  postgres: (name) => sql`(convert_from(payload, 'UTF8')::json #>> ${sql.lit(`{outcome,${name}}`)})`,
};

function fromRow(row: Selectable<Schema["events"]>): StoredEvent {
  return {
    index: row.leaf_index,
    id: row.id,
    subjectId: row.subject_id,
    subjectSeq: row.subject_seq,
    timestamp: row.timestamp,
    type: row.type,
    payload: row.payload,
    salt: row.salt,
    digest: row.digest,
  };
}

export function tiles({ db }: Handle): Tx["tiles"] {
  return {
    async get(level, index) {
      const row = await db
        .selectFrom("tiles")
        .select("hashes")
        .where("level", "=", level)
        .where("tile_index", "=", index)
        .executeTakeFirst();
      return row?.hashes ?? null;
    },

    async put({ level, index, hashes }) {
      await db
        .insertInto("tiles")
        .values({ level, tile_index: index, hashes })
        .onConflict((conflict) => conflict.columns(["level", "tile_index"]).doUpdateSet({ hashes }))
        .execute();
    },
  };
}
