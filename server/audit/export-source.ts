import { LedgerRefusal, decodeExport, fromHex, toUtf8 } from "../ledger/index.ts";
import type { ExportEvent, ExportItem } from "../ledger/index.ts";
import { SourceUnavailable } from "../ports/audit.ts";
import type { LedgerSource, OpenLedger, StatedEvent } from "../ports/audit.ts";

const PAGE = 256;

/** The bytes of an export, from a file or from the API. */
export interface ExportBytes {
  readonly chunks: AsyncIterable<Uint8Array>;
  close(): Promise<void>;
}

/** A ledger as an export tells it. @param fetch gives an export of all events from an index on */
export function exportSource(
  what: Pick<LedgerSource, "description" | "settled">,
  fetch: (from: number) => Promise<ExportBytes>,
): LedgerSource {
  return {
    ...what,
    async open(from) {
      const bytes = await fetch(from);
      try {
        return await openExport(decodeExport(bytes.chunks), from, () => bytes.close());
      } catch (error) {
        await bytes.close();
        throw error;
      }
    },
  };
}

async function openExport(
  items: AsyncGenerator<ExportItem, void>,
  wanted: number,
  close: () => Promise<void>,
): Promise<OpenLedger> {
  const { value: first } = await items.next();
  if (first?.kind !== "header") throw new LedgerRefusal("export_malformed", "the export has no header");
  const { ledgerId, from, size, checkpoint, anchor } = first.header;
  if (from > wanted) {
    throw new SourceUnavailable(`the export begins at event ${from}; one from event ${wanted} on is needed`);
  }
  return {
    ledgerId,
    from: wanted,
    size,
    checkpoint,
    anchor,
    events: () => pages(items, wanted),
    inside: null,
    async close() {
      await items.return();
      await close();
    },
  };
}

async function* pages(
  items: AsyncGenerator<ExportItem, void>,
  from: number,
): AsyncGenerator<readonly StatedEvent[], void> {
  let page: StatedEvent[] = [];
  try {
    for await (const item of items) {
      if (item.kind !== "event" || item.event.index < from) continue;
      page.push(stated(item.event));
      if (page.length < PAGE) continue;
      yield page;
      page = [];
    }
  } catch (error) {
    // What came before the damage is looked at first: it may say more precisely what happened, and where.
    if (page.length > 0) yield page;
    throw error;
  }
  if (page.length > 0) yield page;
}

function stated({ index, digest, payload, salt }: ExportEvent): StatedEvent {
  return {
    index,
    digest,
    payload: payload === null ? null : toUtf8(payload),
    salt: salt === null ? null : fromHex(salt),
  };
}
