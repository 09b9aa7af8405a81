/** Exports of a real ledger, whole and damaged. */
import { exportSource } from "../../server/audit/export-source.ts";
import type { LedgerSource } from "../../server/ports/audit.ts";
import { createLedgerExport } from "../../server/services/ledger-export.ts";
import { SIGNER } from "./real-ledger.ts";
import type { RealLedger } from "./real-ledger.ts";

export async function exportOf({ store, epoch }: RealLedger, from = 0): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of await createLedgerExport({ store, epoch, signer: SIGNER }).from(from)) {
    chunks.push(chunk);
  }
  return Uint8Array.from(Buffer.concat(chunks));
}

/** A file of these bytes, read in pieces. */
export function fileOf(bytes: Uint8Array, piece = 1_000): LedgerSource {
  return exportSource({ description: "a file", settled: true }, async () => ({
    chunks: (async function* () {
      for (let at = 0; at < bytes.length; at += piece) yield bytes.subarray(at, at + piece);
    })(),
    close: async () => {},
  }));
}

/** An API in front of that ledger, as it is at each asking. */
export function apiOf(answer: (from: number) => Promise<Uint8Array>): LedgerSource {
  return exportSource({ description: "an API", settled: false }, async (from) => {
    const bytes = await answer(from);
    return {
      chunks: (async function* () {
        yield bytes;
      })(),
      close: async () => {},
    };
  });
}

export const linesOf = (bytes: Uint8Array): string[] =>
  new TextDecoder().decode(bytes).split("\n").slice(0, -1);
export const bytesOf = (lines: readonly string[]): Uint8Array =>
  new TextEncoder().encode(lines.map((line) => `${line}\n`).join(""));
