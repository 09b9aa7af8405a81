/** Where a ledger is read from: the service's API, an export file, or a database. */
import { createReadStream, existsSync } from "node:fs";
import { Option } from "commander";
import type { Command } from "commander";
import { fetchExport, pieces } from "../../server/audit/export-bytes.ts";
import { exportSource } from "../../server/audit/export-source.ts";
import type { ExportBytes } from "../../server/audit/export-source.ts";
import { SourceUnavailable } from "../../server/ports/audit.ts";
import type { LedgerSource } from "../../server/ports/audit.ts";
import { databaseSource } from "../../server/storage/audit-database.ts";

export interface SourceOptions {
  readonly apiKey?: string;
}

export const SOURCE_ARGUMENT =
  "the service's URL (https://…), an export file, or a database (sqlite:FILE, postgres://…; only read)";

export function withApiKey(command: Command): Command {
  return command.addOption(
    new Option("--api-key <key>", "of the scope audit, where the source is the API").env("AUDIT_API_KEY"),
  );
}

export function ledgerSource(source: string, options: SourceOptions): LedgerSource {
  if (/^https?:\/\//.test(source)) {
    return exportSource({ description: source, settled: false }, (from) =>
      fetchExport(source, from, options),
    );
  }
  if (/^(sqlite|postgres(ql)?):/.test(source)) return databaseSource(source);
  return exportSource({ description: source, settled: true }, () => readExport(source));
}

export async function readExport(path: string): Promise<ExportBytes> {
  if (!existsSync(path)) throw new SourceUnavailable(`there is no file ${path}`);
  const stream = createReadStream(path);
  return {
    chunks: pieces(stream, (error) => new SourceUnavailable(`${path}: ${error.message}`)),
    close: async () => void stream.destroy(),
  };
}
