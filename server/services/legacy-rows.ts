/**
 * The import file of docs/legacy-import.md, from bytes to rows: NDJSON from a system that we do not control. A row is
 * taken exactly as documented or not at all, and what is said of it repeats nothing of it.
 */
import { parsePhoneNumber } from "../domain/phone.ts";
import type { PhoneNumber } from "../domain/phone.ts";
import { isoInstant } from "../domain/time.ts";
import { concat } from "../ledger/index.ts";

interface Flaw {
  readonly flaw: string;
}

/** A line, or what keeps it from being read as text. */
export type Line = { readonly number: number } & ({ readonly text: string } | Flaw);

export interface Row {
  readonly phone: PhoneNumber;
  readonly phc: string;
  /** The name of the function that made the verifier. */
  readonly format: string;
  readonly createdAt: string | null;
}

export type InspectVerifier = (phc: string) => { readonly format: string } | Flaw;

/** A row as documented takes less than 400 bytes. */
const MAX_LINE_BYTES = 4_096;
const LINE_FEED = 10;

/** Never holds more of a line than it may have. Blank lines are counted and left out. */
export async function* readLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Line> {
  let number = 1;
  let parts: Uint8Array[] = [];
  let length = 0;
  const take = (part: Uint8Array) => {
    length += part.length;
    if (length <= MAX_LINE_BYTES) parts.push(part);
  };
  const finish = (): Line | null => {
    const line = length > MAX_LINE_BYTES ? TOO_LONG : decode(concat(...parts), number === 1);
    parts = [];
    length = 0;
    return "text" in line && line.text.trim() === "" ? null : { number, ...line };
  };
  for await (const chunk of chunks) {
    let start = 0;
    for (let lf = chunk.indexOf(LINE_FEED); lf !== -1; lf = chunk.indexOf(LINE_FEED, start)) {
      take(chunk.subarray(start, lf));
      const line = finish();
      if (line !== null) yield line;
      number++;
      start = lf + 1;
    }
    take(chunk.subarray(start));
  }
  const last = finish();
  if (last !== null) yield last;
}

const TOO_LONG: Flaw = { flaw: `longer than ${MAX_LINE_BYTES} bytes` };

function decode(bytes: Uint8Array, first: boolean): { readonly text: string } | Flaw {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    // Windows tools put a byte order mark at the start of a file; anywhere else it is a stray character.
    return { text: first ? text.replace(/^\uFEFF/, "") : text };
  } catch {
    return { flaw: "not UTF-8" };
  }
}

export function parseRow(line: Line, inspect: InspectVerifier): Row | Flaw {
  if ("flaw" in line) return { flaw: line.flaw };
  const fields = parseObject(line.text);
  if (fields === null) return { flaw: "not a JSON object" };
  const { phoneNumber, verifier, createdAt, ...others } = fields;
  if (Object.keys(others).length > 0) return { flaw: "has a field that the format does not know" };
  if (typeof phoneNumber !== "string") return { flaw: "phoneNumber is missing or no string" };
  if (typeof verifier !== "string") return { flaw: "verifier is missing or no string" };
  if (createdAt !== undefined && !isInstant(createdAt))
    return { flaw: "createdAt is no UTC instant such as 2024-12-30T16:51:29Z" };

  const phone = mobileNumber(phoneNumber);
  if (phone === null) return { flaw: "phoneNumber is no mobile number in E.164 form, such as +201234567890" };
  const inspected = inspect(verifier);
  if ("flaw" in inspected) return { flaw: `verifier: ${inspected.flaw}` };
  return { phone, phc: verifier, format: inspected.format, createdAt: createdAt ?? null };
}

/** Without the parser's message, which quotes what it read. */
function parseObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch {
    return null;
  }
}

function mobileNumber(text: string): PhoneNumber | null {
  try {
    return parsePhoneNumber(text);
  } catch {
    return null;
  }
}

/** Date.parse takes 30 February for 1 March, so what comes out must be what went in. */
function isInstant(value: unknown): value is string {
  if (typeof value !== "string" || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z$/.test(value)) return false;
  const ms = Date.parse(value);
  return !Number.isNaN(ms) && isoInstant(ms).slice(0, 19) === value.slice(0, 19);
}
