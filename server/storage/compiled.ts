import type { Compilable, CompiledQuery, QueryResult } from "kysely";
import type { Handle } from "./handle.ts";

/** Stands for a value while the query is built. */
class Slot {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

/**
 * A query that is built and compiled at its first run, and from then on run with other values: to build one anew takes
 * longer than SQLite takes to answer it. For what every operation asks, on either database.
 *
 * @param build must use the values as they are, and nothing else that differs between calls
 */
export function compiled<Values extends object, Row>(
  build: (handle: Handle, values: Values) => Compilable<Row>,
): (handle: Handle, values: Values) => Promise<QueryResult<Row>> {
  const queries = new Map<string, CompiledQuery<Row>>();
  return ({ db, dialect, rowLocks }, values) => {
    const kind = `${dialect} ${rowLocks}`;
    let query = queries.get(kind);
    if (query === undefined) {
      query = build({ db, dialect, rowLocks }, slotsFor(values)).compile();
      queries.set(kind, query);
    }
    const parameters = query.parameters.map((parameter) =>
      parameter instanceof Slot ? values[parameter.name as keyof Values] : parameter,
    );
    return db.executeQuery({ ...query, parameters });
  };
}

function slotsFor<Values extends object>(values: Values): Values {
  return Object.fromEntries(Object.keys(values).map((name) => [name, new Slot(name)])) as Values;
}
