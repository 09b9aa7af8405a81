/**
 * Fills a ledger's SQLite file as if it had been in use for long: events of many subjects, their digests, the tree's
 * tiles and the batches that anchored them, all as the service itself would have written them. It goes around the
 * service, which would take a day for ten million.
 */
import { hash } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import Database from "better-sqlite3";
import { SALT_BYTES, encodePayload } from "../../server/ledger/index.ts";
import { eventPayload } from "../../server/domain/events.ts";
import { TileWriter } from "./tile-writer.ts";

/** The events that one transaction brought to the chain. */
const BATCH = 50;
/** Subjects come in generations, so that the file grows like one whose customers come and go. */
const GENERATION = { events: 1_000_000, subjects: 50_000 };
/** Coprime to the number of subjects: neighbours in the ledger are different people. */
const STRIDE = 7_919;
const AT_ONCE = 20_000;
const DOMAIN = Buffer.from("identity-ledger/event/v1\0");
/** SHA-256 takes 64 bytes at a time. */
const BLOCK = 64;
const START = Date.UTC(2025, 0, 1);
const MS_BETWEEN = 40;

export interface SeededEpoch {
  readonly number: number;
  readonly chainId: number;
  readonly contract: string;
}

export const SEEDED_EPOCH: SeededEpoch = { number: 1, chainId: 31_337, contract: `0x${"00".repeat(20)}` };

/** Brings the ledger in that file (which openStore has made) to `size` events. @returns the size it had before */
export async function seedLedger(
  path: string,
  size: number,
  tell: (done: number) => void = () => {},
): Promise<number> {
  const database = new Database(path);
  // Nothing here need survive a power cut; and a large cache, for the indexes that are not written in order.
  for (const pragma of ["synchronous = OFF", "cache_size = -1000000", "foreign_keys = OFF"])
    database.pragma(pragma);
  try {
    const { ledger_id: ledgerId, size: from } = database
      .prepare("select ledger_id, size from ledger")
      .get() as {
      ledger_id: string;
      size: number;
    };
    const tiles = new TileWriter(database, from);
    const write = eventWriter(database, ledgerId);
    for (let index = from; index < size;) {
      const to = Math.min(size, index + AT_ONCE);
      database.transaction(() => {
        for (; index < to; index++) tiles.append(write(index));
        tiles.flush();
        database
          .prepare("update ledger set size = ?, last_timestamp = ?")
          .run(size, START + index * MS_BETWEEN);
      })();
      tell(index);
      // Whoever interrupts is heard in between.
      await setImmediate();
    }
    database.transaction(() => seedBatches(database, from, size))();
    return from;
  } finally {
    database.pragma("wal_checkpoint(truncate)");
    database.close();
  }
}

/** @returns writes the event of that index, and returns its digest */
function eventWriter(database: Database.Database, ledgerId: string): (index: number) => Buffer {
  const insertEvent = database.prepare(
    "insert into events (leaf_index, id, subject_id, subject_seq, timestamp, type, payload, salt, digest) " +
      "values (?, ?, ?, ?, ?, 'pin_verify', ?, ?, ?)",
  );
  const subject = subjectWriter(database);
  return (index) => {
    const { id: subjectId, identityHash, seq } = subject(index);
    const timestamp = START + index * MS_BETWEEN;
    const id = eventId(index, timestamp);
    const payload = fill({
      ledgerId,
      id,
      identityHash,
      subjectSeq: String(seq),
      timestamp: new Date(timestamp).toISOString(),
    });
    const salt = Buffer.alloc(SALT_BYTES);
    salt.writeUIntBE(index, 0, 6);
    const digest = hmac(salt, payload);
    insertEvent.run(index, id, subjectId, seq, timestamp, payload, salt, digest);
    return digest;
  };
}

function subjectWriter(database: Database.Database) {
  const insert = database.prepare(
    `insert into subjects (id, identity_hash, next_seq, created_at) values (?, ?, ?, ?) on conflict do nothing`,
  );
  return (index: number) => {
    const generation = Math.floor(index / GENERATION.events);
    const within = index % GENERATION.events;
    const person = generation * GENERATION.subjects + ((within * STRIDE) % GENERATION.subjects);
    const seq = Math.floor(within / GENERATION.subjects);
    const name = sha256(`subject ${person}`).toString("hex");
    const subject = { id: name.slice(0, 32), identityHash: `0x${name}`, seq };
    if (seq === 0) insert.run(subject.id, subject.identityHash, 20, START);
    return subject;
  };
}

/** One transaction for every few events; mined long ago. Columns that came later get what a migration would give them. */
function seedBatches(database: Database.Database, from: number, size: number): void {
  const { number, chainId, contract } = SEEDED_EPOCH;
  const columns = (database.pragma("table_info(batches)") as { name: string }[]).map(({ name }) => name);
  database
    .prepare(
      "insert into epochs (number, chain_id, contract, genesis_hash, code_hash, disposable, opened_at) " +
        "values (?, ?, ?, '0x', '0x', 1, ?) on conflict do nothing",
    )
    .run(number, chainId, contract, START);
  const insert = database.prepare(
    `insert into batches (${columns.join(", ")}) values (${columns.map((column) => `@${column}`).join(", ")})`,
  );
  let { id } = database.prepare("select coalesce(max(id), 0) as id from batches").get() as { id: number };
  for (let start = from; start < size; start += BATCH) {
    id++;
    insert.run({
      relayer: contract,
      id,
      epoch: number,
      from_size: start,
      to_size: Math.min(start + BATCH, size),
      from_change: 0,
      to_change: 0,
      root: sha256(`root ${id}`),
      nonce: id,
      status: "final",
      created_at: START,
      tx_hash: `0x${sha256(`transaction ${id}`).toString("hex")}`,
      block_number: id,
      block_hash: `0x${sha256(`block ${id}`).toString("hex")}`,
      mined_at: null,
    });
  }
}

/** UUIDv7 of the event's time; what would be random is its index. */
export function eventId(index: number, timestamp = START + index * MS_BETWEEN): string {
  const time = timestamp.toString(16).padStart(12, "0");
  const tail = index.toString(16).padStart(12, "0");
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${tail}`;
}

const sha256 = (text: string): Buffer => hash("sha256", text, "buffer");

/** A payload is always the same but for five values: to encode each anew would take longer than all the rest. */
const MARKS = {
  ledgerId: "00000000-0000-4000-8000-00000000000a",
  id: "00000000-0000-7000-8000-00000000000b",
  identityHash: `0x${"ab".repeat(32)}`,
  subjectSeq: 987_654_321,
  timestamp: Date.UTC(2099, 11, 31),
};
function template(): string {
  const draft = {
    type: "pin_verify",
    policy: "fra",
    phoneNumber: "+20123456****",
    device: { platform: "ios", version: "1.0.0", deviceId: "device-123" },
    factors: { knowledge: "verified", possession: "absent", presence: "asserted" },
    consentVerified: false,
    outcome: { result: "valid", attempt: 1, failures: 0, lockedUntil: null },
  } as const;
  return Buffer.from(encodePayload(eventPayload(draft, MARKS))).toString();
}

/** What stands before each of the values that differ, in their order; and what stands after the last. */
const PIECES = pieces();

function pieces() {
  const text = template();
  const written = { ...MARKS, timestamp: new Date(MARKS.timestamp).toISOString() };
  const names = Object.keys(written) as (keyof typeof MARKS)[];
  const places = names
    .map((name) => ({ name, mark: String(written[name]), at: text.indexOf(String(written[name])) }))
    .sort((a, b) => a.at - b.at);
  let end = 0;
  const values = places.map(({ name, mark, at }) => {
    const before = text.slice(end, at);
    end = at + mark.length;
    return { before, name };
  });
  return { values, after: text.slice(end) };
}

function fill(values: Readonly<Record<keyof typeof MARKS, string>>): Buffer {
  let text = "";
  for (const { before, name } of PIECES.values) text += before + values[name];
  return Buffer.from(text + PIECES.after);
}

/** HMAC-SHA256 (RFC 2104) out of two hashes: Node's own makes a key object each time, which takes ten times as long. */
function hmac(key: Uint8Array, message: Buffer): Buffer {
  const pad = (byte: number) => Buffer.alloc(BLOCK, byte).map((value, i) => value ^ (key[i] ?? 0));
  const inner = hash("sha256", Buffer.concat([pad(0x36), DOMAIN, message]), "buffer");
  return hash("sha256", Buffer.concat([pad(0x5c), inner]), "buffer");
}
