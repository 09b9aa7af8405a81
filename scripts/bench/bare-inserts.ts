/** The least that could be called recording an event: its columns in a table, durable when it returns. */
import { randomBytes } from "node:crypto";
import Database from "better-sqlite3";
import pg from "pg";
import type { Scope } from "../campaign/command.ts";

const PAYLOAD_BYTES = 600;
const HASH_BYTES = 32;
/** As many as our own pool has. */
const CONNECTIONS = 10;

const row = (index: number) =>
  [index, randomBytes(PAYLOAD_BYTES), randomBytes(HASH_BYTES), randomBytes(HASH_BYTES)] as const;

export async function bareOnSqlite(path: string, scope: Scope): Promise<() => Promise<void>> {
  const database = new Database(path);
  scope.defer(() => void database.close());
  database.pragma("journal_mode = WAL");
  database.pragma("synchronous = FULL");
  database.exec("create table bare (leaf_index integer primary key, payload blob, salt blob, digest blob)");
  const insert = database.prepare("insert into bare values (?, ?, ?, ?)");
  let index = 0;
  return async () => {
    insert.run(...row(index++));
  };
}

export async function bareOnPostgres(url: string, scope: Scope): Promise<() => Promise<void>> {
  const pool = new pg.Pool({ connectionString: url, max: CONNECTIONS });
  scope.defer(() => pool.end());
  await pool.query(
    "create table bare (leaf_index bigint primary key, payload bytea, salt bytea, digest bytea)",
  );
  let index = 0;
  return async () => {
    // Named, so that it is prepared once on each connection.
    const text = "insert into bare values ($1, $2, $3, $4)";
    await pool.query({ name: "bare", text, values: [...row(index++)] });
  };
}
