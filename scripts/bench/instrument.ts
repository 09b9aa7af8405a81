/**
 * Preloaded into the service (`--import`) when its own cost is measured: Argon2 takes no time and finds every PIN right,
 * and each answer says in its Server-Timing header where the time went. Nothing of this is in the service itself.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { subscribe } from "node:diagnostics_channel";
import { ServerResponse } from "node:http";
import argon2 from "argon2";
import type { Tx } from "../../server/ports.ts";
import { KyselyStore } from "../../server/storage/store.ts";
import { tapSqlite } from "./sql-tap.ts";

interface Spans {
  readonly from: number;
  /** From asking for a transaction to having begun it. */
  turn: number;
  transactions: number;
  statements: number;
  /** The disk has it. */
  commit: number;
  /** Outside of transactions. */
  reads: number;
  inTransaction: boolean;
}

const HASH_BYTES = 32;
const requests = new AsyncLocalStorage<Spans>();

argon2.hash = (async () => Buffer.alloc(HASH_BYTES)) as unknown as typeof argon2.hash;

subscribe("http.server.request.start", () => {
  requests.enterWith({
    from: performance.now(),
    turn: 0,
    transactions: 0,
    statements: 0,
    commit: 0,
    reads: 0,
    inTransaction: false,
  });
});

tapSqlite((sql, ms) => {
  const spans = requests.getStore();
  if (spans === undefined) return;
  if (sql === "commit") spans.commit += ms;
  else if (!spans.inTransaction) spans.reads += ms;
  else if (sql !== "begin immediate") spans.statements += ms;
});

type Write = (this: KyselyStore, work: (tx: Tx) => Promise<unknown>) => Promise<unknown>;
const timed = (write: Write): Write =>
  async function (work) {
    const spans = requests.getStore();
    if (spans === undefined) return write.call(this, work);
    const from = performance.now();
    spans.inTransaction = true;
    try {
      return await write.call(this, (tx) => {
        spans.turn += performance.now() - from;
        return work(tx);
      });
    } finally {
      spans.inTransaction = false;
      spans.transactions += performance.now() - from;
    }
  };
for (const method of ["write", "writeLedger"]) {
  const write = Reflect.get(KyselyStore.prototype, method) as Write;
  Object.assign(KyselyStore.prototype, { [method]: timed(write) });
}

const writeHead = Reflect.get(ServerResponse.prototype, "writeHead") as (
  ...args: unknown[]
) => ServerResponse;
ServerResponse.prototype.writeHead = function (this: ServerResponse, ...args: unknown[]) {
  const spans = requests.getStore();
  if (spans !== undefined) {
    const { from, inTransaction: _, ...durations } = spans;
    const all = { ...durations, total: performance.now() - from };
    this.setHeader(
      "server-timing",
      Object.entries(all).map(([name, ms]) => `${name};dur=${ms.toFixed(3)}`),
    );
  }
  return writeHead.apply(this, args);
};
