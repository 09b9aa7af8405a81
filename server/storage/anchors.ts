import type { Selectable } from "kysely";
import type { Batch, BatchStatus, Tx } from "../ports.ts";
import type { Schema } from "./schema.ts";
import type { Handle } from "./handle.ts";

export function anchors({ db }: Handle): Tx["anchors"] {
  const batchesOf = (epoch: number) => db.selectFrom("batches").selectAll().where("epoch", "=", epoch);
  const first = async (query: ReturnType<typeof batchesOf>) => {
    const row = await query.limit(1).executeTakeFirst();
    return row === undefined ? null : fromRow(row);
  };

  return {
    async currentEpoch() {
      const row = await db
        .selectFrom("epochs")
        .selectAll()
        .orderBy("number", "desc")
        .limit(1)
        .executeTakeFirst();
      if (row === undefined) return null;
      return {
        number: row.number,
        chainId: row.chain_id,
        contract: row.contract,
        genesisHash: row.genesis_hash,
        codeHash: row.code_hash,
        disposable: row.disposable === 1,
        openedAt: row.opened_at,
      };
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
          nonce: batch.nonce,
          status: "broadcast",
          created_at: batch.createdAt,
          tx_hash: null,
          block_number: null,
          block_hash: null,
        })
        .execute();
      await db
        .insertInto("anchor_attempts")
        .values({ tx_hash: attempt.txHash, batch_id: id, raw: attempt.raw, ordinal: 0 })
        .execute();
      return { ...batch, id, status: "broadcast", mined: null };
    },

    async attempts(batchId) {
      const rows = await db
        .selectFrom("anchor_attempts")
        .selectAll()
        .where("batch_id", "=", batchId)
        .orderBy("ordinal")
        .execute();
      return rows.map((row) => ({ batchId: row.batch_id, txHash: row.tx_hash, raw: row.raw }));
    },

    async setMined(batchId, mined) {
      await db
        .updateTable("batches")
        .set({
          status: "mined",
          tx_hash: mined.txHash,
          block_number: mined.blockNumber,
          block_hash: mined.blockHash,
        })
        .where("id", "=", batchId)
        .execute();
    },

    async setFinal(batchId) {
      await db.updateTable("batches").set({ status: "final" }).where("id", "=", batchId).execute();
    },

    inFlight: (epoch) => first(batchesOf(epoch).where("status", "=", "broadcast").orderBy("id")),

    async unfinalized(epoch) {
      const rows = await batchesOf(epoch).where("status", "=", "mined").orderBy("id").execute();
      return rows.map(fromRow);
    },

    covering: (epoch, index) =>
      first(batchesOf(epoch).where("to_size", ">", index).where("from_size", "<=", index).orderBy("to_size")),

    last: (epoch) => first(batchesOf(epoch).orderBy("id", "desc")),
    lastMined: (epoch) => first(batchesOf(epoch).where("status", "!=", "broadcast").orderBy("id", "desc")),
  };
}

function fromRow(row: Selectable<Schema["batches"]>): Batch {
  const { tx_hash, block_number, block_hash } = row;
  return {
    id: row.id,
    epoch: row.epoch,
    fromSize: row.from_size,
    toSize: row.to_size,
    fromChange: row.from_change,
    toChange: row.to_change,
    root: row.root,
    nonce: row.nonce,
    status: row.status as BatchStatus,
    createdAt: row.created_at,
    mined:
      tx_hash === null || block_number === null || block_hash === null
        ? null
        : { txHash: tx_hash, blockNumber: block_number, blockHash: block_hash },
  };
}
