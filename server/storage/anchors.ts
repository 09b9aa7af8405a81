import { sql } from "kysely";
import type { Selectable } from "kysely";
import type { Fees } from "../domain/fees.ts";
import type { AnchorAttempt, Batch, BatchStatus, Epoch, Tx } from "../ports.ts";
import type { Schema } from "./schema.ts";
import { compiled } from "./compiled.ts";
import type { Handle } from "./handle.ts";
import { lease } from "./lease.ts";

interface OfEpoch {
  readonly epoch: number;
}

const batchesOf = ({ db }: Handle, epoch: number) =>
  db.selectFrom("batches").selectAll().where("epoch", "=", epoch);
const batchesCovering = (handle: Handle, { epoch, index }: OfEpoch & { index: number }) =>
  batchesOf(handle, epoch)
    .where("to_size", ">", index)
    .where("from_size", "<=", index)
    .orderBy("to_size")
    .limit(1);

const selectInFlight = compiled((handle, { epoch }: OfEpoch) =>
  batchesOf(handle, epoch).where("status", "=", "broadcast").orderBy("id"),
);
const selectCovering = compiled(batchesCovering);
const selectLast = compiled((handle, { epoch }: OfEpoch) =>
  batchesOf(handle, epoch).orderBy("id", "desc").limit(1),
);
const selectLastMined = compiled((handle, { epoch }: OfEpoch) =>
  batchesOf(handle, epoch).where("status", "!=", "broadcast").orderBy("id", "desc").limit(1),
);
const selectLastFinal = compiled((handle, { epoch }: OfEpoch) =>
  batchesOf(handle, epoch).where("status", "=", "final").orderBy("id", "desc").limit(1),
);
const selectAttempts = compiled(({ db }, { batchId }: { batchId: number }) =>
  db.selectFrom("anchor_attempts").selectAll().where("batch_id", "=", batchId).orderBy("ordinal"),
);

export function anchors(handle: Handle): Tx["anchors"] {
  const { db } = handle;
  const all = async (answer: Promise<{ readonly rows: readonly Selectable<Schema["batches"]>[] }>) =>
    (await answer).rows.map(batchFrom);
  const first = async (...args: Parameters<typeof all>) => (await all(...args))[0] ?? null;

  const epochs = () => db.selectFrom("epochs").selectAll().orderBy("number", "desc");

  return {
    ...lease(handle),

    epochs: async () => (await epochs().execute()).map(epochFrom),

    async currentEpoch() {
      const row = await epochs().limit(1).executeTakeFirst();
      return row === undefined ? null : epochFrom(row);
    },

    async openEpoch(epoch) {
      await db
        .insertInto("epochs")
        .values({
          number: epoch.number,
          chain_id: epoch.chainId,
          contract: epoch.contract,
          genesis_hash: epoch.genesisHash,
          code_hash: epoch.codeHash,
          disposable: epoch.disposable ? 1 : 0,
          opened_at: epoch.openedAt,
        })
        .execute();
    },

    async insertBatch(batch, attempt) {
      const { next } = await db
        .selectFrom("batches")
        .select((eb) => eb.fn.coalesce(eb.fn.max("id"), eb.lit(0)).as("next"))
        .executeTakeFirstOrThrow();
      const id = Number(next) + 1;
      await db
        .insertInto("batches")
        .values({
          id,
          epoch: batch.epoch,
          from_size: batch.fromSize,
          to_size: batch.toSize,
          from_change: batch.fromChange,
          to_change: batch.toChange,
          root: batch.root,
          relayer: batch.relayer,
          nonce: batch.nonce,
          status: "broadcast",
          created_at: batch.createdAt,
          tx_hash: null,
          block_number: null,
          block_hash: null,
          mined_at: null,
        })
        .execute();
      await db
        .insertInto("anchor_attempts")
        .values({ ...attemptRow({ ...attempt, batchId: id, ...batch }), ordinal: 0 })
        .execute();
      return { ...batch, id, status: "broadcast", mined: null };
    },

    async addAttempt(attempt) {
      const { batchId, relayer, nonce } = attempt;
      const { last } = await db
        .selectFrom("anchor_attempts")
        .select((eb) => eb.fn.max("ordinal").as("last"))
        .where("batch_id", "=", batchId)
        .executeTakeFirstOrThrow();
      await db
        .insertInto("anchor_attempts")
        .values({ ...attemptRow(attempt), ordinal: Number(last) + 1 })
        .execute();
      await db.updateTable("batches").set({ relayer, nonce }).where("id", "=", batchId).execute();
    },

    attempts: async (batchId) => (await selectAttempts(handle, { batchId })).rows.map(attemptFrom),

    async attemptsWithNonce(epoch, relayer, nonce) {
      const rows = await db
        .selectFrom("anchor_attempts")
        .selectAll("anchor_attempts")
        .innerJoin("batches", "batches.id", "anchor_attempts.batch_id")
        .innerJoin("epochs", "epochs.number", "batches.epoch")
        .where("anchor_attempts.relayer", "=", relayer)
        .where("anchor_attempts.nonce", "=", nonce)
        // Another contract on the same chain shares the account's nonces. A disposable chain is never another's.
        .where((eb) =>
          eb.or([
            eb("epochs.number", "=", epoch.number),
            eb.and([
              eb("epochs.disposable", "=", 0),
              eb("epochs.genesis_hash", "=", epoch.genesisHash),
              eb("epochs.chain_id", "=", epoch.chainId),
            ]),
          ]),
        )
        .orderBy("anchor_attempts.batch_id")
        .orderBy("anchor_attempts.ordinal")
        .execute();
      return rows.map(attemptFrom);
    },

    async setMined(batchId, mined, now) {
      await db
        .updateTable("batches")
        .set({
          status: "mined",
          tx_hash: mined.txHash,
          block_number: mined.blockNumber,
          block_hash: mined.blockHash,
          mined_at: now,
        })
        .where("id", "=", batchId)
        .execute();
    },

    async setFinal(epoch, upToBatchId) {
      await db
        .updateTable("batches")
        .set({ status: "final" })
        .where("epoch", "=", epoch)
        .where("status", "=", "mined")
        .where("id", "<=", upToBatchId)
        .execute();
    },

    async setBack(epoch, fromBatchId) {
      await db
        .updateTable("batches")
        .set({ status: "broadcast", tx_hash: null, block_number: null, block_hash: null, mined_at: null })
        .where("epoch", "=", epoch)
        .where("status", "=", "mined")
        .where("id", ">=", fromBatchId)
        .execute();
    },

    inFlight: (epoch) => all(selectInFlight(handle, { epoch })),
    async unfinalized(epoch, { fromBatchId = 0, limit } = {}) {
      const mined = batchesOf(handle, epoch)
        .where("status", "=", "mined")
        .where("id", ">=", fromBatchId)
        .orderBy("id");
      return (await (limit === undefined ? mined : mined.limit(limit)).execute()).map(batchFrom);
    },

    covering: (epoch, index) => first(selectCovering(handle, { epoch, index })),

    last: (epoch) => first(selectLast(handle, { epoch })),
    lastMined: (epoch) => first(selectLastMined(handle, { epoch })),
    lastFinal: (epoch) => first(selectLastFinal(handle, { epoch })),

    async longestLag(epoch, from, to) {
      const carrier = await batchesCovering(handle, { epoch, index: from }).executeTakeFirst();
      // Of each batch the first event has waited longest; of the one that began before `from`, that at `from`.
      const appended = sql`(select timestamp from events
        where leaf_index = case when batches.from_size < ${from} then ${from} else batches.from_size end)`;
      const { longest } = await db
        .selectFrom("batches")
        .select(sql<number | null>`max(coalesce(mined_at, created_at) - ${appended})`.as("longest"))
        .where("epoch", "=", epoch)
        .where("from_size", ">=", carrier?.from_size ?? from)
        .where("from_size", "<", to)
        .whereRef("to_size", ">", "from_size")
        .where("status", "!=", "broadcast")
        .executeTakeFirstOrThrow();
      return longest;
    },
  };
}

function epochFrom(row: Selectable<Schema["epochs"]>): Epoch {
  return {
    number: row.number,
    chainId: row.chain_id,
    contract: row.contract,
    genesisHash: row.genesis_hash,
    codeHash: row.code_hash,
    disposable: row.disposable === 1,
    openedAt: row.opened_at,
  };
}

function attemptRow({ txHash, batchId, raw, relayer, nonce, fees }: AnchorAttempt) {
  return {
    tx_hash: txHash,
    batch_id: batchId,
    raw,
    relayer,
    nonce,
    max_fee: String(fees.type === 2 ? fees.maxFeePerGas : fees.gasPrice),
    max_priority_fee: fees.type === 2 ? String(fees.maxPriorityFeePerGas) : null,
  };
}

function attemptFrom(row: Selectable<Schema["anchor_attempts"]>): AnchorAttempt {
  const { max_fee, max_priority_fee } = row;
  const fees: Fees =
    max_priority_fee === null
      ? { type: 0, gasPrice: BigInt(max_fee) }
      : { type: 2, maxFeePerGas: BigInt(max_fee), maxPriorityFeePerGas: BigInt(max_priority_fee) };
  const { raw, relayer, nonce } = row;
  return { batchId: row.batch_id, txHash: row.tx_hash, raw, relayer, nonce, fees };
}

function batchFrom(row: Selectable<Schema["batches"]>): Batch {
  const { tx_hash, block_number, block_hash } = row;
  return {
    id: row.id,
    epoch: row.epoch,
    fromSize: row.from_size,
    toSize: row.to_size,
    fromChange: row.from_change,
    toChange: row.to_change,
    root: row.root,
    relayer: row.relayer,
    nonce: row.nonce,
    status: row.status as BatchStatus,
    createdAt: row.created_at,
    mined:
      tx_hash === null || block_number === null || block_hash === null
        ? null
        : { txHash: tx_hash, blockNumber: block_number, blockHash: block_hash },
  };
}
