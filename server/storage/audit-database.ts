import { existsSync } from "node:fs";
import Database from "better-sqlite3";
import { Kysely, SqliteDialect, sql } from "kysely";
import type { ControlledTransaction, Dialect, Selectable } from "kysely";
import { toHex } from "../ledger/index.ts";
import { SourceUnavailable } from "../ports/audit.ts";
import type { LedgerSource, OpenLedger, StatedBatch, StatedEvent } from "../ports/audit.ts";
import { PlainBytes } from "./bytes.ts";
import { postgresDialect } from "./postgres.ts";
import type { Schema } from "./schema.ts";

const PAGE = 100;

type Snapshot = ControlledTransaction<Schema>;

/**
 * A ledger in the service's own database: `sqlite:FILE` or `postgres://…`. Nothing is written, no schema brought up to
 * date, and all is read in one transaction, so that it is of one moment while the service goes on.
 */
export function databaseSource(url: string): LedgerSource {
  const postgres = /^postgres(ql)?:/.test(url);
  return {
    description: postgres ? "a PostgreSQL database" : url,
    settled: true,
    open: (from) =>
      readable(async () => {
        const db = new Kysely<Schema>({
          dialect: postgres ? postgresDialect(url, () => {}) : readOnlySqlite(url.replace(/^sqlite:/, "")),
          plugins: [new PlainBytes()],
        });
        try {
          const begin = db.startTransaction();
          const snapshot = await (
            postgres ? begin.setIsolationLevel("repeatable read").setAccessMode("read only") : begin
          ).execute();
          // An auditor waits for the chain between two pages, for as long as its endpoint takes. No lock is held.
          if (postgres) await sql`set local idle_in_transaction_session_timeout = 0`.execute(snapshot);
          return await openLedger(snapshot, from, () => db.destroy());
        } catch (error) {
          await db.destroy();
          throw error;
        }
      }),
  };
}

function readOnlySqlite(path: string): Dialect {
  if (!existsSync(path)) throw new SourceUnavailable(`there is no file ${path}`);
  const database = new Database(path, { readonly: true, fileMustExist: true, timeout: 5_000 });
  // In KiB. It is read once, from its first page to its last: a cache, of 16 MB by default, would keep what nobody asks for again.
  database.pragma("cache_size = -1024");
  return new SqliteDialect({ database });
}

async function openLedger(snapshot: Snapshot, from: number, close: () => Promise<void>): Promise<OpenLedger> {
  const head = await snapshot.selectFrom("ledger").selectAll().executeTakeFirstOrThrow();
  const epoch = await snapshot
    .selectFrom("epochs")
    .selectAll()
    .orderBy("number", "desc")
    .limit(1)
    .executeTakeFirst();
  return {
    ledgerId: String(head.ledger_id),
    from,
    size: head.size,
    checkpoint: null,
    anchor: epoch === undefined ? null : { chainId: epoch.chain_id, contract: epoch.contract },
    events: () => events(snapshot, from),
    inside: {
      lastTimestamp: head.last_timestamp,
      tile: (level, index) =>
        readable(async () => {
          const row = await snapshot
            .selectFrom("tiles")
            .select("hashes")
            .where("level", "=", level)
            .where("tile_index", "=", index)
            .executeTakeFirst();
          return row === undefined ? null : bytes(row.hashes);
        }),
      tileCount: () =>
        readable(async () => {
          const query = snapshot.selectFrom("tiles").select((eb) => eb.fn.countAll().as("count"));
          return Number((await query.executeTakeFirstOrThrow()).count);
        }),
      batches: () => batches(snapshot, epoch?.number ?? 0),
    },
    async close() {
      // Where the connection is gone so is the transaction, and what was being read has said so.
      await snapshot
        .rollback()
        .execute()
        .catch(() => {});
      await close();
    },
  };
}

async function* events(snapshot: Snapshot, from: number): AsyncGenerator<readonly StatedEvent[], void> {
  let after = from - 1;
  for (;;) {
    const rows = await readable(() =>
      snapshot
        .selectFrom("events")
        .leftJoin("subjects", "subjects.id", "events.subject_id")
        .selectAll("events")
        .select("subjects.identity_hash")
        .where("leaf_index", ">", after)
        .orderBy("leaf_index")
        .limit(PAGE)
        .execute(),
    );
    const last = rows.at(-1);
    if (last === undefined) return;
    after = last.leaf_index;
    yield rows.map((row) => ({
      index: row.leaf_index,
      digest: toHex(bytes(row.digest)),
      payload: row.payload === null ? null : bytes(row.payload),
      salt: row.salt === null ? null : bytes(row.salt),
      columns: {
        id: row.id,
        type: row.type,
        timestamp: row.timestamp,
        subjectId: row.subject_id,
        subjectSeq: row.subject_seq,
        identityHash: row.identity_hash,
      },
    }));
  }
}

/** The batches of all epochs in the order of the sizes they reach, merged from one cursor for each epoch. */
async function* batches(snapshot: Snapshot, current: number): AsyncGenerator<StatedBatch, void> {
  const epochs = await readable(() => snapshot.selectFrom("batches").select("epoch").distinct().execute());
  const heads: { batch: StatedBatch; rest: AsyncGenerator<StatedBatch, void> }[] = [];
  const advance = async (rest: AsyncGenerator<StatedBatch, void>) => {
    const { value, done } = await rest.next();
    if (done !== true) heads.push({ batch: value, rest });
  };
  for (const { epoch } of epochs) await advance(batchesOf(snapshot, epoch, epoch === current));
  while (heads.length > 0) {
    heads.sort((a, b) => a.batch.toSize - b.batch.toSize);
    const [first] = heads.splice(0, 1);
    if (first === undefined) return;
    yield first.batch;
    await advance(first.rest);
  }
}

async function* batchesOf(
  snapshot: Snapshot,
  epoch: number,
  current: boolean,
): AsyncGenerator<StatedBatch, void> {
  let after = -1;
  for (;;) {
    const rows = await readable(() =>
      snapshot
        .selectFrom("batches")
        .selectAll()
        .where("epoch", "=", epoch)
        .where("id", ">", after)
        .orderBy("id")
        .limit(PAGE)
        .execute(),
    );
    const last = rows.at(-1);
    if (last === undefined) return;
    after = last.id;
    for (const row of rows) yield batch(row, current);
  }
}

function batch(row: Selectable<Schema["batches"]>, current: boolean): StatedBatch {
  return {
    id: row.id,
    current,
    epoch: row.epoch,
    fromSize: row.from_size,
    toSize: row.to_size,
    root: bytes(row.root),
    status: row.status,
    txHash: row.tx_hash,
    blockNumber: row.block_number,
    blockHash: row.block_hash,
  };
}

/** SQLite puts anything into any column; what is not bytes is none of ours, and no hash is empty. */
function bytes(value: unknown): Uint8Array {
  return value instanceof Uint8Array ? value : new Uint8Array(0);
}

/** That a database cannot be read says nothing about the ledger. */
async function readable<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    if (cause instanceof SourceUnavailable) throw cause;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new SourceUnavailable(`the database could not be read: ${why}`, { cause });
  }
}
