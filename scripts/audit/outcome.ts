/** How a command ends, and how it says so. */
import { printable } from "../../server/audit/findings.ts";
import type { Finding } from "../../server/audit/findings.ts";
import { WatchStateMismatch } from "../../server/audit/watch.ts";
import { ChainUnavailable, LedgerRefusal } from "../../server/ledger/index.ts";
import type { Conclusion } from "../../server/ledger/index.ts";
import { SourceUnavailable } from "../../server/ports/audit.ts";

export const EXIT = { verified: 0, doesNotHold: 1, couldNotCheck: 2 } as const;

export type Result = Conclusion;

const CODES: Readonly<Record<Result, number>> = {
  verified: EXIT.verified,
  does_not_hold: EXIT.doesNotHold,
  could_not_check: EXIT.couldNotCheck,
};

/** The auditor asked for something that cannot be done; the message says what can. */
export class Usage extends Error {}

export function conclude(result: Result): void {
  process.exitCode = CODES[result];
}

/** What is of the adversary's choosing must have gone through `printable`, as all findings have. */
export const print = (text = ""): void => void process.stdout.write(`${text}\n`);
export const printJson = (value: object): void => void process.stdout.write(`${JSON.stringify(value)}\n`);

export function printFindings(findings: readonly Finding[]): void {
  print(`DOES NOT HOLD${findings.length > 1 ? `: ${findings.length} findings` : ""}\n`);
  for (const { code, index, message } of findings) {
    print(`  ${index === null ? "ledger" : `event ${index}`}  ${message}  [${code}]`);
  }
}

/** What went wrong, for people; a bug keeps its stack. */
export function explain(error: unknown): string {
  if (error instanceof Usage) return error.message;
  const expected = [ChainUnavailable, SourceUnavailable, LedgerRefusal, WatchStateMismatch];
  if (!(error instanceof Error)) return String(error);
  if (expected.some((kind) => error instanceof kind)) return printable(error.message);
  return error.stack ?? error.message;
}

export const number = (value: number): string => value.toLocaleString("en");
