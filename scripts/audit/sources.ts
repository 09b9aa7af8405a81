/** Where a ledger is read from: the service's API, an export file, or a database. */
import { createReadStream, existsSync } from "node:fs";
import type { ReadableStream } from "node:stream/web";
import { Option } from "commander";
import type { Command } from "commander";
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

/** Neither the headers nor a next piece may take longer. */
const SILENCE_MS = 60_000;

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

export async function fetchExport(base: string, from: number, options: SourceOptions): Promise<ExportBytes> {
  const url = new URL(`api/ledger/export?from=${from}`, base.endsWith("/") ? base : `${base}/`);
  const controller = new AbortController();
  const silence = setTimeout(() => controller.abort(), SILENCE_MS);
  const unavailable = (error: Error) => {
    const why = controller.signal.aborted ? "it stopped answering" : reason(error);
    return new SourceUnavailable(`${url.origin} could not be read: ${why}`, { cause: error });
  };
  try {
    const response = await fetch(url, {
      headers: options.apiKey === undefined ? {} : { authorization: `Bearer ${options.apiKey}` },
      // A redirect could carry the key to somebody else.
      redirect: "error",
      signal: controller.signal,
    });
    if (!response.ok || response.body === null) {
      await response.body?.cancel();
      const hint = [401, 403].includes(response.status) ? "; it wants an API key of the scope audit" : "";
      throw new SourceUnavailable(`${url.href} answers ${response.status}${hint}`);
    }
    return {
      chunks: pieces(response.body as ReadableStream<Uint8Array>, unavailable, () => silence.refresh()),
      async close() {
        clearTimeout(silence);
        controller.abort();
      },
    };
  } catch (error) {
    clearTimeout(silence);
    if (error instanceof SourceUnavailable) throw error;
    throw unavailable(error as Error);
  }
}

/** A connection or a disk that breaks is no statement about the ledger. */
async function* pieces(
  stream: AsyncIterable<Uint8Array>,
  unavailable: (error: Error) => SourceUnavailable,
  onPiece: () => void = () => {},
): AsyncGenerator<Uint8Array, void> {
  const iterator = stream[Symbol.asyncIterator]();
  try {
    for (;;) {
      const piece = await iterator.next().catch((error: unknown) => {
        throw unavailable(error as Error);
      });
      if (piece.done === true) return;
      onPiece();
      yield piece.value;
    }
  } finally {
    await iterator.return?.().catch(() => {});
  }
}

function reason(error: Error): string {
  return error.cause instanceof Error && error.cause.message !== "" ? error.cause.message : error.message;
}
