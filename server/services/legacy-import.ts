/**
 * Takes over PINs that another system hashed (docs/legacy-import.md). Nothing is imported twice: a phone that has a PIN
 * is left alone, so a run that was killed is simply run again.
 */
import { counterFacts } from "../domain/open-attempts.ts";
import { maskPhoneNumber } from "../domain/phone.ts";
import { toHex } from "../ledger/index.ts";
import type { Pseudonyms, RandomBytes, Store, Subject } from "../ports.ts";
import { parseRow } from "./legacy-rows.ts";
import type { InspectVerifier, Line, Row } from "./legacy-rows.ts";
import { NO_FACTORS } from "./otp.ts";
import type { Recorder, Unit } from "./recorder.ts";
import { subjectByPhone } from "./subjects.ts";

export interface RowResult {
  readonly line: number;
  readonly outcome: "imported" | "already set" | "rejected";
  /** Why it was rejected, in words that repeat nothing of the row. */
  readonly reason: string | null;
}

export type Tally = Readonly<Record<RowResult["outcome"], number>>;

export interface ImportDeps {
  readonly store: Store;
  readonly recorder: Recorder;
  readonly pseudonyms: Pseudonyms;
  readonly randomBytes: RandomBytes;
  readonly inspectVerifier: InspectVerifier;
}

interface Candidate extends Row {
  readonly line: number;
  readonly alias: string;
}

/** Rows per transaction: enough to share the disk's flush, few enough that a running service hardly waits. */
const CHUNK = 200;

/**
 * @param options.dryRun writes nothing and tells what would happen; keeps every phone's alias in memory meanwhile
 * @param options.report called after each chunk is committed
 */
export async function importLegacy(
  lines: AsyncIterable<Line>,
  deps: ImportDeps,
  options: {
    readonly dryRun: boolean;
    readonly report: (results: readonly RowResult[], tally: Tally) => void | Promise<void>;
  },
): Promise<Tally> {
  const tally = { imported: 0, "already set": 0, rejected: 0 };
  const importRows: ImportRows = options.dryRun ? rehearsal(deps) : (rows) => commitRows(rows, deps);
  for await (const chunk of chunked(lines)) {
    const rows = chunk.map((line) => ({ line: line.number, ...parseRow(line, deps.inspectVerifier) }));
    const candidates = rows.flatMap((row) =>
      "flaw" in row ? [] : [{ ...row, alias: deps.pseudonyms.alias("phone", row.phone) }],
    );
    const imported = await importRows(candidates);
    const results = rows.map((row): RowResult => {
      const { line } = row;
      if ("flaw" in row) return { line, outcome: "rejected", reason: row.flaw };
      return { line, outcome: imported.has(line) ? "imported" : "already set", reason: null };
    });
    for (const { outcome } of results) tally[outcome]++;
    await options.report(results, tally);
  }
  return tally;
}

/** Imports rows, each under its line number; who is not in the answer has a PIN already. */
type ImportRows = (rows: readonly Candidate[]) => Promise<ReadonlySet<number>>;

/**
 * Strangers share a transaction; who is known gets one of their own. A transaction that holds the ledger's head must
 * not reach for the row of a subject that others know: a request that holds that row may be waiting for the head.
 */
async function commitRows(rows: readonly Candidate[], deps: ImportDeps): Promise<ReadonlySet<number>> {
  const imported = await commitStrangers(rows, deps);
  for (const row of rows) {
    if (imported.has(row.line) || (await hasPin(row.alias, deps.store))) continue;
    if (await commitKnown(row, deps)) imported.add(row.line);
  }
  return imported;
}

function rehearsal({ store }: ImportDeps): ImportRows {
  const seen = new Set<string>();
  return async (rows) => {
    const imported = new Set<number>();
    for (const { alias, line } of rows) {
      if (!seen.has(alias) && !(await hasPin(alias, store))) imported.add(line);
      seen.add(alias);
    }
    return imported;
  };
}

async function hasPin(alias: string, { read }: Store): Promise<boolean> {
  const subject = await read.subjects.byAlias(alias);
  if (subject === null) return false;
  const credential = await read.credentials.get(subject.id, "fra");
  return (credential?.verifier ?? null) !== null;
}

/** Imports those whom nobody has met before. */
function commitStrangers(
  rows: readonly Candidate[],
  { recorder, randomBytes }: ImportDeps,
): Promise<Set<number>> {
  return recorder.commit(async (unit) => {
    const created: { readonly row: Candidate; readonly subject: Subject }[] = [];
    // One order for all: of two imports side by side neither holds an alias that the other waits for. The sort is
    // stable, so of two rows with one phone the first is taken.
    for (const row of rows.toSorted((a, b) => (a.alias < b.alias ? -1 : a.alias > b.alias ? 1 : 0))) {
      const fresh = { id: toHex(randomBytes(16)).slice(2), identityHash: toHex(randomBytes(32)) };
      const subject = await unit.tx.subjects.byAliasOrCreate(row.alias, "phone", fresh, unit.now);
      if (subject.id === fresh.id) created.push({ row, subject });
    }
    created.sort((a, b) => a.row.line - b.row.line);
    for (const { row, subject } of created) await bind(unit, subject, row);
    return new Set(created.map(({ row }) => row.line));
  });
}

function commitKnown(row: Candidate, { recorder, pseudonyms, randomBytes }: ImportDeps): Promise<boolean> {
  return recorder.commit(async (unit) => {
    const subject = await subjectByPhone(unit.tx, row.phone, { pseudonyms, randomBytes, now: unit.now });
    return bind(unit, subject, row);
  });
}

/** The counter stays: nobody has proven anything, so guesses made so far still count. */
async function bind(unit: Unit, subject: Subject, { phone, phc, format, createdAt }: Row): Promise<boolean> {
  const credential = await unit.tx.credentials.getForUpdate(subject.id, "fra", unit.now);
  if (credential.verifier !== null) return false;
  await unit.tx.credentials.save({ ...credential, verifier: { phc, pepperId: null } }, unit.now);
  await unit.append(subject, {
    type: "credential_import",
    policy: "fra",
    phoneNumber: maskPhoneNumber(phone),
    device: {},
    factors: { ...NO_FACTORS, knowledge: "asserted" },
    consentVerified: false,
    outcome: {
      format,
      ...(createdAt === null ? {} : { createdAt }),
      ...counterFacts(credential.counter, credential.open),
    },
  });
  return true;
}

async function* chunked(lines: AsyncIterable<Line>): AsyncGenerator<Line[]> {
  let chunk: Line[] = [];
  for await (const line of lines) {
    chunk.push(line);
    if (chunk.length < CHUNK) continue;
    yield chunk;
    chunk = [];
  }
  if (chunk.length > 0) yield chunk;
}
