import { sha256 } from "@noble/hashes/sha2.js";
import { concat, fromUtf8, toHex, toUtf8 } from "./bytes.ts";
import { LedgerRefusal } from "./errors.ts";
import {
  EXPORT_FORMAT,
  MAX_EXPORT_LINE_BYTES,
  formatExportEvent,
  formatExportHeader,
  formatExportTrailer,
  isExportTrailer,
  parseExportEvent,
  parseExportHeader,
  parseExportTrailer,
} from "./export.ts";
import type { ExportEvent, ExportHeader, ExportTrailer } from "./export.ts";

/** Writes an export piece by piece; the pieces one after the other are the export. */
export interface ExportEncoder {
  readonly header: Uint8Array;
  /** The next events. A `RangeError` when they do not follow on the last ones. */
  events(events: readonly ExportEvent[]): Uint8Array;
  /** A `RangeError` when events are missing. */
  trailer(): Uint8Array;
}

export function exportEncoder(header: Omit<ExportHeader, "format">): ExportEncoder {
  const hash = sha256.create();
  let next = header.from;
  const hashed = (lines: readonly string[]): Uint8Array => {
    const bytes = toUtf8(lines.map((line) => `${line}\n`).join(""));
    hash.update(bytes);
    return bytes;
  };
  return {
    header: hashed([formatExportHeader({ format: EXPORT_FORMAT, ...header })]),
    events(events) {
      for (const { index } of events) {
        if (index !== next || index >= header.size) throw new RangeError(`event ${index} is out of place`);
        next += 1;
      }
      return hashed(events.map(formatExportEvent));
    },
    trailer() {
      if (next !== header.size) throw new RangeError(`the events from ${next} on are missing`);
      const events = header.size - header.from;
      return toUtf8(`${formatExportTrailer({ end: true, events, sha256: toHex(hash.digest()) })}\n`);
    },
  };
}

/** What an export consists of, line by line. */
export type ExportItem =
  | { readonly kind: "header"; readonly header: ExportHeader }
  | { readonly kind: "event"; readonly event: ExportEvent }
  | { readonly kind: "trailer"; readonly trailer: ExportTrailer };

/**
 * Reads an export as it arrives, in memory of one chunk and one line. The adversary may have written it: whatever is
 * not of the one form is refused with `export_malformed` and the number of its line, an end before the trailer with
 * `export_truncated`, other bytes than the trailer speaks of with `export_checksum`. Until the trailer has come
 * nothing is known to be whole: act on what you have read only then.
 */
export async function* decodeExport(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<ExportItem, void> {
  const read = exportDecoder();
  for await (const chunk of chunks) yield* read.push(chunk);
  read.end();
}

export interface ExportDecoder {
  /** The items that this chunk completes. */
  push(chunk: Uint8Array): Generator<ExportItem>;
  /** To be called after the last chunk. */
  end(): void;
}

/** `decodeExport` for those who have the chunks at hand. */
export function exportDecoder(): ExportDecoder {
  const hash = sha256.create();
  let header: ExportHeader | null = null;
  let next = 0;
  let ended = false;
  let lines = 0;
  let rest: Uint8Array = new Uint8Array(0);

  const read = (bytes: Uint8Array): ExportItem => {
    if (ended) throw malformed("there is something after the trailer");
    const line = fromUtf8(bytes.subarray(0, -1));
    if (header === null) {
      header = parseExportHeader(line);
      next = header.from;
      hash.update(bytes);
      return { kind: "header", header };
    }
    if (isExportTrailer(line)) {
      const trailer = parseExportTrailer(line);
      if (next !== header.size || trailer.events !== header.size - header.from) {
        throw malformed(`the trailer comes after event ${next - 1}, of ${header.size}`);
      }
      if (trailer.sha256 !== toHex(hash.digest())) {
        throw new LedgerRefusal("export_checksum", "the bytes are not those that the trailer speaks of");
      }
      ended = true;
      return { kind: "trailer", trailer };
    }
    const event = parseExportEvent(line);
    if (event.index !== next || next >= header.size) {
      throw malformed(`event ${event.index} is where ${next < header.size ? next : "the trailer"} must be`);
    }
    next += 1;
    hash.update(bytes);
    return { kind: "event", event };
  };

  return {
    *push(chunk) {
      let begin = 0;
      for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, begin)) {
        const piece = chunk.subarray(begin, end + 1);
        const line = rest.length === 0 ? piece : concat(rest, piece);
        rest = new Uint8Array(0);
        begin = end + 1;
        lines += 1;
        yield located(lines, () => {
          assertLength(line.length);
          return read(line);
        });
      }
      const tail = chunk.subarray(begin);
      located(lines + 1, () => assertLength(rest.length + tail.length));
      rest = concat(rest, tail);
    },
    end() {
      if (ended && rest.length === 0) return;
      if (ended) located(lines + 1, () => read(concat(rest, Uint8Array.of(NEWLINE))));
      throw new LedgerRefusal("export_truncated", `the export ends after line ${lines}, before its trailer`);
    },
  };
}

const NEWLINE = 0x0a;

/** Without it, a line that never ends would take all memory. */
function assertLength(bytes: number): void {
  if (bytes > MAX_EXPORT_LINE_BYTES) throw malformed(`a line has more than ${MAX_EXPORT_LINE_BYTES} bytes`);
}

function located<T>(line: number, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof LedgerRefusal)) throw error;
    const code = error.code === "text_malformed" ? "export_malformed" : error.code;
    throw new LedgerRefusal(code, `line ${line} of the export: ${error.message}`, { cause: error });
  }
}

function malformed(why: string): LedgerRefusal {
  return new LedgerRefusal("export_malformed", why);
}
