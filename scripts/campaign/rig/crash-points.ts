/**
 * Crash points without a line of crash code in production: the ports that all durable steps and all broadcasts go
 * through are wrapped, and a point is named by what ran there, such as
 *
 *     before commit of anchors.insertBatch        all of it is written, nothing is durable
 *     after commit of credentials.save+events.append
 *     before chain.broadcast · after chain.broadcast
 */
import type { Chain, Store, Tx } from "../../../server/ports.ts";
import { overriding } from "./overriding.ts";

/** Called at each point, as often as it is passed. */
export type AtPoint = (point: string) => void;

/** What every event brings along tells no two transactions apart. */
const INCIDENTAL = new Set([
  "tiles.put",
  "subjects.nextSeq",
  "subjects.byAliasOrCreate",
  "idempotency.complete",
  "anchors.holdLease",
  "otps.countTry",
]);
const READS =
  /^(by|get$|count(Since|Tries)|head|latest|timestampAt|digests|changes|pepperIdsInUse|formatCounts|counter|current|attempts|lease$|epochs|changeCount|inFlight|unfinal|covering|last|.*ForUpdate$)/;

export function storeWithPoints(store: Store, at: AtPoint): Store {
  const passing =
    (write: Store["write"]): Store["write"] =>
    async (work) => {
      const ran = new Set<string>();
      let name = "";
      // A transaction that only took locks has done nothing that could be half done.
      const pass = (when: string) => name !== "" && at(`${when} commit of ${name}`);
      const result = await write(async (tx) => {
        const done = await work(noting(tx, ran));
        name = [...ran]
          .filter((method) => !INCIDENTAL.has(method))
          .sort()
          .join("+");
        pass("before");
        return done;
      });
      pass("after");
      return result;
    };
  return overriding(store, {
    write: passing((work) => store.write(work)),
    writeLedger: passing((work) => store.writeLedger(work)),
  });
}

/** The transaction, noting which of its writing methods are called. */
function noting(tx: Tx, ran: Set<string>): Tx {
  const parts = Object.entries(tx).map(([part, methods]: [string, object]) => {
    const noted = new Proxy(methods, {
      get(target, method, receiver) {
        const value: unknown = Reflect.get(target, method, receiver);
        if (typeof value !== "function" || typeof method !== "string" || READS.test(method)) return value;
        return (...args: unknown[]): unknown => {
          ran.add(`${part}.${method}`);
          return (value as (...args: unknown[]) => unknown).apply(target, args);
        };
      },
    });
    return [part, noted];
  });
  return Object.fromEntries(parts) as Tx;
}

/** Points before and after each call that sends something; what only asks changes nothing. */
export function chainWithPoints(chain: Chain, at: AtPoint): Chain {
  return new Proxy(chain, {
    get(target, method, receiver) {
      const value: unknown = Reflect.get(target, method, receiver);
      if (typeof value !== "function" || !/^(broadcast|send|sign)/.test(String(method))) return value;
      return async (...args: unknown[]): Promise<unknown> => {
        at(`before chain.${String(method)}`);
        const result: unknown = await (value as (...args: unknown[]) => unknown).apply(target, args);
        at(`after chain.${String(method)}`);
        return result;
      };
    },
  });
}
