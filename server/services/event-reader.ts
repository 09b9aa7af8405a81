/** Events for auditors, page by page. What a page costs is bounded, however long the ledger and rare what is sought. */
import { fromUtf8 } from "../ledger/index.ts";
import type { ReceiptAnchor } from "../ledger/index.ts";
import type { Reads, Store, StoredEvent } from "../ports.ts";
import type { Receipts } from "./receipts.ts";

export interface EventQuery {
  /** Index of the first event to look at. */
  readonly start: number;
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
  /** Where to go on; null once the end is reached, of the ledger or of the time asked for. */
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
      const { limit, type, identityHash } = query;
      const { size } = await read.events.head();
      const end = query.to === undefined ? size : await firstAt(read, query.to, size);
      let position = Math.max(
        query.start,
        query.from === undefined ? 0 : await firstAt(read, query.from, size),
      );
      const found: StoredEvent[] = [];
      for (let round = 0; round < ROUNDS && position < end && found.length < limit; round++) {
        // One subject's events are found by an index of their own, wherever they are.
        const to = identityHash === undefined ? Math.min(end, position + WINDOW) : end;
        const most = limit - found.length;
        const rows = await read.events.range({ from: position, to, limit: most, type, identityHash });
        found.push(...rows.filter((event) => query.policy === undefined || policyOf(event) === query.policy));
        position = rows.length < most ? to : (rows.at(-1)?.index ?? to) + 1;
      }
      const anchors = await receipts.anchorsOf(found.map(({ index }) => index));
      return {
        events: found.map((event, i) => ({ event, anchor: anchors[i] as ReceiptAnchor })),
        next: position < end ? position : null,
      };
    },
  };
}

/** The index of the first event at or after an instant. The ledger's time never goes back, so that it can be halved. */
async function firstAt(read: Reads, instant: number, size: number): Promise<number> {
  let [low, high] = [0, size];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const timestamp = await read.events.timestampAt(middle);
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
