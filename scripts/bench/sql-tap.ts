/** Sees every SQLite statement of this process: what it says, how long it takes, how many rows it reads. */
import Database from "better-sqlite3";

export type Listener = (sql: string, ms: number, rows: number) => void;

type Method = (this: { readonly source: string }, ...args: unknown[]) => unknown;

const listeners = new Set<Listener>();
let tapped = false;

/** @returns stops telling the listener */
export function tapSqlite(listener: Listener): () => void {
  if (!tapped) tap();
  tapped = true;
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** The class of statements is not exported; an instance leads to it. */
function tap(): void {
  const database = new Database(":memory:");
  const prototype = Object.getPrototypeOf(database.prepare("select 1")) as Record<string, Method>;
  database.close();
  for (const name of ["all", "get", "run"]) {
    const method = prototype[name] as Method;
    prototype[name] = function (...args) {
      const from = performance.now();
      const result = method.apply(this, args);
      const ms = performance.now() - from;
      const rows = Array.isArray(result) ? result.length : name === "get" && result !== undefined ? 1 : 0;
      for (const listener of listeners) listener(this.source, ms, rows);
      return result;
    };
  }
}

export interface Reads {
  readonly statements: number;
  readonly rows: number;
}

/** Runs `work` and counts its statements, and the rows they returned. */
export async function countReads<T>(work: () => Promise<T>): Promise<{ result: T; reads: Reads }> {
  const reads = { statements: 0, rows: 0 };
  const stop = tapSqlite((_sql, _ms, rows) => {
    reads.statements++;
    reads.rows += rows;
  });
  try {
    return { result: await work(), reads };
  } finally {
    stop();
  }
}
