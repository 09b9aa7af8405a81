/** Where the explorer's screens are. */
const BASE = "/console/audit";

export const addresses = {
  events: BASE,
  event: (id: string) => `${BASE}/events/${encodeURIComponent(id)}`,
  verify: `${BASE}/verify`,
  verifyEvent: (id: string) => `${BASE}/verify?event=${encodeURIComponent(id)}`,
  ledger: `${BASE}/ledger`,
  checkpoints: `${BASE}/checkpoints`,
  /** The events that fit; what is empty is left out. */
  list(filters: Readonly<Record<string, string | null>>): string {
    const given = Object.entries(filters).filter((entry): entry is [string, string] => Boolean(entry[1]));
    const query = new URLSearchParams(given).toString();
    return query === "" ? BASE : `${BASE}?${query}`;
  },
} as const;
