/** Events for auditors, page by page. What a page costs is bounded, however long the ledger and rare what is sought. */
import { fromUtf8 } from "../ledger/index.ts";
import type { ReceiptAnchor } from "../ledger/index.ts";
import type { Reads, Store, StoredEvent } from "../ports.ts";
import type { Receipts } from "./receipts.ts";

export interface EventQuery {
  /** Which come first; the oldest if absent. */
  readonly order?: "oldest" | "newest" | undefined;
  /** Where to begin: at the event of this index, or, the newest first, at the one before it. */
  readonly start?: number | undefined;
  readonly limit: number;
  readonly type?: string | undefined;
  readonly policy?: string | undefined;
  /** Events from this instant on, in ms. */
  readonly from?: number | undefined;
  /** Events before this instant, in ms. */
  readonly to?: number | undefined;
  readonly identityHash?: string | undefined;
}

export interface EventPage {
  readonly events: readonly { readonly event: StoredEvent; readonly anchor: ReceiptAnchor }[];
  /** Where to go on, as `start`; null once the end is reached, of the ledger or of the time asked for. */
  readonly next: number | null;
}

export interface EventReader {
  /** Fewer than `limit` events, even none, do not mean the end: `next` tells. */
  page(query: EventQuery): Promise<EventPage>;
}

/** How many neighbouring events are looked through at a time, and how often for one page. */
const WINDOW = 1_000;
const ROUNDS = 10;

export function createEventReader({
  store: { read },
  receipts,
}: {
  readonly store: Store;
  readonly receipts: Receipts;
}): EventReader {
  return {
    async page(query) {
      const { limit, type, identityHash, start } = query;
      const newestFirst = query.order === "newest";
      const { size } = await read.events.head();
      // What is still to be looked at is [low, high).
      let low = query.from === undefined ? 0 : await firstAt(read.events, query.from, size);
      let high = query.to === undefined ? size : await firstAt(read.events, query.to, size);
      if (start !== undefined && newestFirst) high = Math.min(high, start);
      if (start !== undefined && !newestFirst) low = Math.max(low, start);
      const found: StoredEvent[] = [];
      for (let round = 0; round < ROUNDS && low < high && found.length < limit; round++) {
        // One subject's events are found by an index of their own, wherever they are.
        const width = identityHash === undefined ? WINDOW : Infinity;
        const from = newestFirst ? Math.max(low, high - width) : low;
        const to = newestFirst ? high : Math.min(high, low + width);
        const most = limit - found.length;
        const rows = await read.events.range({ from, to, limit: most, newestFirst, type, identityHash });
        found.push(...rows.filter((event) => query.policy === undefined || policyOf(event) === query.policy));
        const last = rows.length < most ? undefined : rows.at(-1)?.index;
        if (newestFirst) high = last ?? from;
        else low = last === undefined ? to : last + 1;
      }
      const anchors = await receipts.anchorsOf(found.map(({ index }) => index));
      return {
        events: found.map((event, i) => ({ event, anchor: anchors[i] as ReceiptAnchor })),
        next: low >= high ? null : newestFirst ? high : low,
      };
    },
  };
}

/** The index of the first event at or after an instant. The ledger's time never goes back, so that it can be halved. */
export async function firstAt(
  events: Pick<Reads["events"], "timestampAt">,
  instant: number,
  size: number,
): Promise<number> {
  let [low, high] = [0, size];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const timestamp = await events.timestampAt(middle);
    if (timestamp === null) throw new Error(`event ${middle} is missing`);
    if (timestamp < instant) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Null for an erased event: what it was about went with its payload. */
function policyOf({ payload }: StoredEvent): unknown {
  return payload === null ? null : (JSON.parse(fromUtf8(payload)) as { policy?: unknown }).policy;
}
