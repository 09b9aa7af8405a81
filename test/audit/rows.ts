/** What is in a ledger's database file, in memory: to be tampered with, and audited or written back. */
import Database from "better-sqlite3";
import { TILE_WIDTH, encodePayload, eventDigest, toHex } from "../../server/ledger/index.ts";
import { LedgerTree } from "../../server/audit/ledger-tree.ts";
import type { LedgerSource, StatedBatch } from "../../server/ports/audit.ts";

export interface EventRow {
  readonly leaf_index: number;
  readonly id: string;
  readonly subject_id: string;
  readonly subject_seq: number;
  readonly timestamp: number;
  readonly type: string;
  readonly payload: Uint8Array | null;
  readonly salt: Uint8Array | null;
  readonly digest: Uint8Array;
}

export interface TileRow {
  readonly level: number;
  readonly tile_index: number;
  readonly hashes: Uint8Array;
}

export interface BatchRow {
  readonly id: number;
  readonly epoch: number;
  readonly from_size: number;
  readonly to_size: number;
  readonly root: Uint8Array;
  readonly status: string;
  readonly tx_hash: string | null;
  readonly block_number: number | null;
  readonly block_hash: string | null;
}

export interface Rows {
  readonly ledger: { readonly ledger_id: string; readonly size: number; readonly last_timestamp: number };
  readonly epoch: { readonly number: number; readonly chain_id: number; readonly contract: string };
  readonly events: readonly EventRow[];
  readonly tiles: readonly TileRow[];
  readonly batches: readonly BatchRow[];
  readonly identities: ReadonlyMap<string, string>;
}

const KEYS = {
  events: (row: EventRow) => String(row.leaf_index),
  tiles: (row: TileRow) => `${row.level}/${row.tile_index}`,
  batches: (row: BatchRow) => String(row.id),
};
const WHERE = { events: ["leaf_index"], tiles: ["level", "tile_index"], batches: ["id"] } as const;

export function readRows(path: string): Rows {
  const db = new Database(path, { readonly: true });
  const all = <T>(sql: string) => (db.prepare(sql).all() as object[]).map(plain) as T[];
  try {
    return {
      ledger: all<Rows["ledger"]>("select * from ledger")[0]!,
      epoch: all<Rows["epoch"]>("select * from epochs order by number desc")[0]!,
      events: all("select * from events order by leaf_index"),
      tiles: all("select * from tiles order by level, tile_index"),
      batches: all("select * from batches order by id"),
      identities: new Map(
        all<{ id: string; identity_hash: string }>("select * from subjects").map((row) => [
          row.id,
          row.identity_hash,
        ]),
      ),
    };
  } finally {
    db.close();
  }
}

/** Makes the file hold these rows instead of those; only what differs is touched. */
export function writeRows(path: string, before: Rows, after: Rows): void {
  const db = new Database(path);
  db.pragma("foreign_keys = OFF");
  const rewrite = db.transaction(() => {
    for (const table of ["events", "tiles", "batches"] as const) {
      const key = KEYS[table] as (row: object) => string;
      const old = new Map((before[table] as readonly object[]).map((row) => [key(row), row]));
      const fresh = new Map((after[table] as readonly object[]).map((row) => [key(row), row]));
      const where = WHERE[table].map((column) => `${column} = @${column}`).join(" and ");
      for (const [id, row] of old) {
        if (fresh.get(id) !== row) db.prepare(`delete from ${table} where ${where}`).run(row);
      }
      for (const [id, row] of fresh) {
        if (old.get(id) === row) continue;
        const columns = Object.keys(row);
        db.prepare(
          `insert into ${table} (${columns.join()}) values (${columns.map((c) => `@${c}`).join()})`,
        ).run(row);
      }
    }
    db.prepare(
      "update ledger set ledger_id = @ledger_id, size = @size, last_timestamp = @last_timestamp",
    ).run(after.ledger);
    db.prepare("update epochs set chain_id = @chain_id, contract = @contract where number = @number").run(
      after.epoch,
    );
  });
  rewrite();
  db.close();
}

/** The same as a source, for an auditor. */
export function memorySource(rows: Rows): LedgerSource {
  const { ledger, epoch, events, tiles, batches, identities } = rows;
  return {
    description: "memory",
    settled: true,
    open: async () => ({
      ledgerId: ledger.ledger_id,
      from: 0,
      size: ledger.size,
      checkpoint: null,
      anchor: { chainId: epoch.chain_id, contract: epoch.contract },
      async *events() {
        for (let at = 0; at < events.length; at += 256) {
          yield events.slice(at, at + 256).map((row) => ({
            index: row.leaf_index,
            digest: toHex(row.digest),
            payload: row.payload,
            salt: row.salt,
            columns: {
              id: row.id,
              type: row.type,
              timestamp: row.timestamp,
              subjectId: row.subject_id,
              subjectSeq: row.subject_seq,
              identityHash: identities.get(row.subject_id) ?? null,
            },
          }));
        }
      },
      inside: {
        lastTimestamp: ledger.last_timestamp,
        tile: async (level, index) =>
          tiles.find((tile) => tile.level === level && tile.tile_index === index)?.hashes ?? null,
        tileCount: async () => tiles.length,
        async *batches() {
          for (const row of batches) yield statedBatch(row, row.epoch === epoch.number);
        },
      },
      async close() {},
    }),
  };
}

/** Tiles and batches as they would be, had the events always been these: an operator who lies with care. */
export function consistent(rows: Rows, events: readonly EventRow[]): Rows {
  const tree = new LedgerTree();
  const tiles = new Map<string, { level: number; tile_index: number; hashes: number[] }>();
  const roots = new Map([[0, tree.root()]]);
  const wanted = new Set(rows.batches.map((batch) => batch.to_size));
  for (const { digest, leaf_index } of events) {
    tree.append(toHex(digest), [
      ({ level, index }, hash) => {
        if (level % 8 !== 0) return;
        const tile_index = Math.floor(index / TILE_WIDTH);
        const key = `${level / 8}/${tile_index}`;
        const tile = tiles.get(key) ?? { level: level / 8, tile_index, hashes: [] };
        tile.hashes.push(...hash);
        tiles.set(key, tile);
      },
    ]);
    if (wanted.has(leaf_index + 1)) roots.set(leaf_index + 1, tree.root());
  }
  const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex.slice(2), "hex"));
  return {
    ...rows,
    ledger: { ...rows.ledger, size: events.length, last_timestamp: events.at(-1)?.timestamp ?? 0 },
    events,
    tiles: [...tiles.values()]
      .filter(({ level, hashes }) => level > 0 || hashes.length === TILE_WIDTH * 32)
      .map((tile) => ({ ...tile, hashes: Uint8Array.from(tile.hashes) })),
    batches: rows.batches.map((batch) => {
      const root = roots.get(batch.to_size);
      return root === undefined ? batch : { ...batch, root: bytes(root) };
    }),
  };
}

/** The event with another content, and with a digest that belongs to it. */
export function rewritten(
  row: EventRow,
  change: (payload: Record<string, unknown>) => object,
  salt: Uint8Array,
): EventRow {
  const payload = encodePayload(
    change(JSON.parse(new TextDecoder().decode(row.payload!)) as Record<string, unknown>),
  );
  return { ...row, payload, salt, digest: eventDigest(salt, payload) };
}

function statedBatch(row: BatchRow, current: boolean): StatedBatch {
  return {
    id: row.id,
    current,
    epoch: row.epoch,
    fromSize: row.from_size,
    toSize: row.to_size,
    root: row.root,
    status: row.status,
    txHash: row.tx_hash,
    blockNumber: row.block_number,
    blockHash: row.block_hash,
  };
}

function plain(row: object): object {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      Buffer.isBuffer(value) ? new Uint8Array(value) : (value as unknown),
    ]),
  );
}
