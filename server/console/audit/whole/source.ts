/** Where a browser can read a ledger from: the service that served the page, or a file of the visitor's. */
import { fetchExport, pieces, read } from "../../../audit/export-bytes.ts";
import { exportSource } from "../../../audit/export-source.ts";
import { SourceUnavailable } from "../../../ports/audit.ts";
import type { LedgerSource } from "../../../ports/audit.ts";
import { apiKey } from "../access.ts";

export const serviceSource = (): LedgerSource =>
  exportSource({ description: location.origin, settled: false }, (from) =>
    fetchExport(location.origin, from, { apiKey: apiKey.value ?? undefined }),
  );

export const fileSource = (file: File): LedgerSource =>
  exportSource({ description: file.name, settled: true }, async () => {
    const unavailable = (error: Error) => new SourceUnavailable(`${file.name}: ${error.message}`);
    return { chunks: pieces(read(file.stream()), unavailable), close: async () => {} };
  });
