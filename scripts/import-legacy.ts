// npm run import-legacy -- FILE: takes over PINs that another system hashed (docs/legacy-import.md).

import { randomBytes, randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { open } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { parseArgs } from "node:util";
import { toConfig } from "../server/config/config.ts";
import { readEnv } from "../server/config/env.ts";
import { readSecrets } from "../server/config/secrets.ts";
import { SteadyClock } from "../server/crypto/clock.ts";
import { inspectPhc } from "../server/crypto/phc.ts";
import { newestPepper } from "../server/crypto/pin-hasher.ts";
import { confirmSecrets } from "../server/confirm-secrets.ts";
import { keyedPseudonyms } from "../server/crypto/pseudonyms.ts";
import { importLegacy } from "../server/services/legacy-import.ts";
import type { RowResult, Tally } from "../server/services/legacy-import.ts";
import { readLines } from "../server/services/legacy-rows.ts";
import { createRecorder } from "../server/services/recorder.ts";
import { openStore } from "../server/storage/open.ts";

const USAGE = `Usage: npm run import-legacy -- FILE [--dry-run] [--rejects REPORT] [--help]

Imports PINs that another system hashed, one JSON object per line: docs/legacy-import.md describes them. A phone that has
a PIN is left alone, so an import that was interrupted is simply run again. The configuration is the service's own, from
the environment or from .env; the service may be running.

  --dry-run         check every row and import none
  --rejects REPORT  write a line for each row that was not imported: its number, the outcome, the reason
                    (without it the rejected rows are listed on stderr)

Exit code 0: every row was imported or has a PIN already; 1: some were rejected; 2: it could not run to the end.
`;

interface Options {
  readonly file: string;
  readonly dryRun: boolean;
  readonly reportPath: string | null;
}

try {
  const options = parseCommandLine(process.argv.slice(2));
  if (options === "help") process.stdout.write(USAGE);
  else process.exitCode = (await run(options)).rejected > 0 ? 1 : 0;
} catch (error) {
  process.stderr.write(`The import could not run: ${explain(error)}\n`);
  process.exitCode = 2;
}

function parseCommandLine(args: string[]): Options | "help" {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { "dry-run": { type: "boolean" }, rejects: { type: "string" }, help: { type: "boolean" } },
  });
  if (values.help === true) return "help";
  const [file] = positionals;
  if (file === undefined || positionals.length > 1) throw new Error("exactly one FILE is needed; see --help");
  return { file, dryRun: values["dry-run"] ?? false, reportPath: values.rejects ?? null };
}

async function run({ file, dryRun, reportPath }: Options): Promise<Tally> {
  if (existsSync(".env")) process.loadEnvFile(".env");
  const env = readEnv(process.env);
  const { databaseUrl } = toConfig(env);
  const secrets = readSecrets(env);

  const opened: { close(): Promise<void> }[] = [];
  const keep = <T extends { close(): Promise<void> }>(resource: T): T => {
    opened.push(resource);
    return resource;
  };
  try {
    const input = keep(await open(file, "r"));
    if ((await input.stat()).isDirectory()) throw new Error(`${file} is a directory`);
    const report = reportPath === null ? null : keep(await openReport(reportPath, input));
    const store = keep(await openStore({ url: databaseUrl, newLedgerId: randomUUID() }));
    await confirmSecrets(store, secrets, { adopt: !dryRun });
    const random = (length: number) => new Uint8Array(randomBytes(length));
    // Nobody to wake: whichever service runs next on this database anchors what lies beyond its last batch.
    const clock = new SteadyClock();
    const recorder = createRecorder({ store, clock, randomBytes: random, onCommitted: () => {} });
    const pseudonyms = keyedPseudonyms(secrets.pseudonymKey, newestPepper(secrets.peppers));

    const startedAt = performance.now();
    const tally = await importLegacy(
      readLines(input.createReadStream({ autoClose: false })),
      { store, recorder, pseudonyms, randomBytes: random, inspectVerifier: inspectPhc },
      {
        dryRun,
        async report(results, soFar) {
          await list(results, report);
          showProgress(`${rate(soFar, startedAt)} …`);
        },
      },
    );
    showProgress("");
    const { imported, "already set": set, rejected } = tally;
    process.stdout.write(
      `${count(imported)} ${dryRun ? "would be imported" : "imported"}, ${count(set)} already set, ` +
        `${count(rejected)} rejected; ${rate(tally, startedAt)}\n`,
    );
    return tally;
  } finally {
    for (const resource of opened.reverse()) await resource.close();
  }
}

/** Emptied when opened, which must not happen to the file that is to be imported. */
async function openReport(path: string, input: FileHandle): Promise<FileHandle> {
  const report = await open(path, "a");
  const [one, other] = [await report.stat(), await input.stat()];
  if (one.dev === other.dev && one.ino === other.ino) {
    await report.close();
    throw new Error("REPORT and FILE are the same file");
  }
  await report.truncate();
  return report;
}

async function list(results: readonly RowResult[], report: FileHandle | null): Promise<void> {
  const listed = results.filter(({ outcome }) =>
    report === null ? outcome === "rejected" : outcome !== "imported",
  );
  if (listed.length === 0) return;
  if (report === null) {
    showProgress("");
    for (const { line, reason } of listed) process.stderr.write(`line ${line}: ${reason}\n`);
  } else {
    const lines = listed.map(({ line, outcome, reason }) => `${line}\t${outcome}\t${reason ?? ""}\n`);
    await report.appendFile(lines.join(""));
  }
}

/** On a terminal: takes the place of what was shown before. */
function showProgress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}`);
}

function rate(tally: Tally, startedAt: number): string {
  const rows = Object.values(tally).reduce((sum, part) => sum + part, 0);
  const seconds = Math.max((performance.now() - startedAt) / 1000, 0.001);
  return `${count(rows)} rows, ${count(Math.round(rows / seconds))} a second`;
}

/** What failed, and what that came from. */
function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code } = error as NodeJS.ErrnoException;
  const own = error.message === "" && code !== undefined ? code : error.message;
  return error.cause === undefined ? own : `${own}: ${explain(error.cause)}`;
}

function count(number: number): string {
  return number.toLocaleString("en");
}
