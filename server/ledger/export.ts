import { isHex } from "./bytes.ts";
import { isSize } from "./coordinates.ts";
import { LedgerRefusal } from "./errors.ts";
import { MAX_PAYLOAD_BYTES, isLedgerId } from "./payload.ts";
import { assertShape, isNatural, isText, nullOr } from "./shape.ts";
import type { Rules } from "./shape.ts";

export const EXPORT_FORMAT = "identity-ledger/export/v1";

/**
 * A run of the ledger as newline-delimited JSON in UTF-8: a header, one line for each of the events [from, size) in
 * their order, a trailer.
 *
 *     {"format":"identity-ledger/export/v1","ledgerId":"…","from":0,"size":2,"checkpoint":"<signed note at size>",
 *      "anchor":{"chainId":31337,"contract":"0x…"}}
 *     {"index":0,"digest":"0x…","payload":"<exact canonical text>","salt":"0x…"}
 *     {"index":1,"digest":"0x…","payload":null,"salt":null}                                  (erased)
 *     {"end":true,"events":2,"sha256":"0x… of all bytes before this line, newlines included"}
 *
 * Each line has exactly these fields in exactly this order, without whitespace, escaped as `JSON.stringify` does
 * (what JSON demands, and no more), and ends in one newline: a second spelling of the same export does not exist.
 * The trailer tells a whole export from one that was cut short; who falsified it is not kept from writing a new one.
 * Whether what an export says is true is for the audit to find out.
 */
export interface ExportHeader {
  readonly format: typeof EXPORT_FORMAT;
  readonly ledgerId: string;
  /** Index of the first event. */
  readonly from: number;
  /** The ledger's size when the export began: one more than the index of the last event. */
  readonly size: number;
  /** The signed note at that size. */
  readonly checkpoint: string;
  /** The chain and contract that the operator says carry the ledger. */
  readonly anchor: { readonly chainId: number; readonly contract: string };
}

export interface ExportEvent {
  readonly index: number;
  readonly digest: string;
  /** Null, like the salt, once erased. */
  readonly payload: string | null;
  readonly salt: string | null;
}

export interface ExportTrailer {
  readonly end: true;
  readonly events: number;
  readonly sha256: string;
}

const MAX_NOTE_LENGTH = 64 * 1024;

/** Longer than any line can be: a payload whose every byte is escaped, twice over. */
export const MAX_EXPORT_LINE_BYTES = 4 * MAX_PAYLOAD_BYTES;

const HEADER: Rules = {
  format: (value) => value === EXPORT_FORMAT,
  ledgerId: isLedgerId,
  from: isSize,
  size: isSize,
  checkpoint: (value) => isText(value, MAX_NOTE_LENGTH) && value.isWellFormed(),
  anchor: () => true,
};

const ANCHOR: Rules = {
  chainId: (value) => isNatural(value) && value > 0,
  contract: (value) => isHex(value, 20),
};

const EVENT: Rules = {
  index: isSize,
  digest: (value) => isHex(value, 32),
  payload: nullOr((value) => isText(value, MAX_PAYLOAD_BYTES) && value.isWellFormed()),
  salt: nullOr((value) => isHex(value, 32)),
};

const TRAILER: Rules = {
  end: (value) => value === true,
  events: isSize,
  sha256: (value) => isHex(value, 32),
};

/** A header's line, without its newline. */
export function formatExportHeader(header: ExportHeader): string {
  const { format, ledgerId, from, size, checkpoint, anchor } = header;
  const { chainId, contract } = anchor;
  return JSON.stringify({ format, ledgerId, from, size, checkpoint, anchor: { chainId, contract } });
}

/** An event's line, without its newline. */
export function formatExportEvent({ index, digest, payload, salt }: ExportEvent): string {
  return JSON.stringify({ index, digest, payload, salt });
}

/** A trailer's line, without its newline. */
export function formatExportTrailer({ end, events, sha256 }: ExportTrailer): string {
  return JSON.stringify({ end, events, sha256 });
}

/** Reads a header's line. Refuses any other with `export_malformed`. */
export function parseExportHeader(line: string): ExportHeader {
  const json = parseLine(line, HEADER, "header");
  assertShape(json.anchor, ANCHOR, { what: "header's anchor", code: "export_malformed" });
  const header = json as unknown as ExportHeader;
  if (header.from > header.size) throw malformed("the header begins beyond its size");
  return onlySpelling(header, formatExportHeader, line);
}

/** Reads an event's line. Refuses any other with `export_malformed`. */
export function parseExportEvent(line: string): ExportEvent {
  const event = parseLine(line, EVENT, "event") as unknown as ExportEvent;
  if ((event.payload === null) !== (event.salt === null)) {
    throw malformed("the event has a payload without a salt, or the other way round");
  }
  return onlySpelling(event, formatExportEvent, line);
}

/** Reads a trailer's line. Refuses any other with `export_malformed`. */
export function parseExportTrailer(line: string): ExportTrailer {
  const trailer = parseLine(line, TRAILER, "trailer") as unknown as ExportTrailer;
  return onlySpelling(trailer, formatExportTrailer, line);
}

/** Whether a line means to be the trailer. */
export const isExportTrailer = (line: string): boolean => line.startsWith('{"end":');

function parseLine(line: string, rules: Rules, what: string): Record<string, unknown> {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch (cause) {
    throw new LedgerRefusal("export_malformed", `the ${what} is not JSON`, { cause });
  }
  assertShape(json, rules, { what, code: "export_malformed" });
  return json;
}

/** Two keys of one name, other orders, spaces and escapes all come back differently than they came. */
function onlySpelling<T>(value: T, format: (value: T) => string, line: string): T {
  if (format(value) !== line) throw malformed("the line is not spelled as it must be");
  return value;
}

function malformed(why: string): LedgerRefusal {
  return new LedgerRefusal("export_malformed", why);
}
