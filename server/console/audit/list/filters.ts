/** What the list shows, as its address says it: it can be kept, sent on, and gone back to. */
export const FILTERS = ["type", "policy", "from", "to", "identityHash"] as const;
export type Filter = (typeof FILTERS)[number];
/** Empty where there is none. */
export type Filters = Readonly<Record<Filter, string>>;

export interface ListQuery extends Filters {
  /** Where an older page begins: a cursor of the API; empty for the newest. */
  readonly before: string;
}

/** @param query of the address; it may hold anything */
export function readQuery(query: Readonly<Record<string, string>>): ListQuery {
  const text = (name: string) => query[name] ?? "";
  return {
    type: text("type"),
    policy: text("policy"),
    from: text("from"),
    to: text("to"),
    identityHash: text("identityHash"),
    before: text("before"),
  };
}

export const isFiltered = (query: ListQuery): boolean => FILTERS.some((name) => query[name] !== "");

/** As the API takes it: what is empty is left out. */
export function apiQuery({ before, ...filters }: ListQuery) {
  const given = Object.entries(filters).filter(([, value]) => value !== "");
  return { ...Object.fromEntries(given), ...(before === "" ? {} : { cursor: before }) } as {
    readonly [name in Filter | "cursor"]?: string;
  };
}

/** Between an instant and what `<input type="datetime-local">` holds, which knows no zone: here it is UTC. */
export const toField = (instant: string): string => instant.replace(/(\.\d+)?Z$/, "");
export function fromField(field: string): string {
  if (field === "") return "";
  // Without seconds where they are zero.
  return `${field.length === 16 ? `${field}:00` : field}Z`;
}
