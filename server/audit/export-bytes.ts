/** The bytes of an export, as they come from a service or a file. Runs in a browser, too. */
import { SourceUnavailable } from "../ports/audit.ts";
import type { ExportBytes } from "./export-source.ts";

/** Neither the headers nor a next piece may take longer. */
const SILENCE_MS = 60_000;

/**
 * What the service at that address exports, from an index on.
 * @throws {SourceUnavailable}
 */
export async function fetchExport(
  base: string,
  from: number,
  { apiKey }: { readonly apiKey?: string | undefined },
): Promise<ExportBytes> {
  const url = new URL(`api/ledger/export?from=${from}`, base.endsWith("/") ? base : `${base}/`);
  const controller = new AbortController();
  const listen = () => setTimeout(() => controller.abort(), SILENCE_MS);
  let silence = listen();
  const unavailable = (error: Error) => {
    const why = controller.signal.aborted ? "it stopped answering" : reason(error);
    return new SourceUnavailable(`${url.origin} could not be read: ${why}`, { cause: error });
  };
  try {
    const response = await fetch(url, {
      headers: apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` },
      // A redirect could carry the key to somebody else.
      redirect: "error",
      signal: controller.signal,
    });
    if (!response.ok || response.body === null) {
      await response.body?.cancel();
      const hint = [401, 403].includes(response.status) ? "; it wants an API key of the scope audit" : "";
      throw new SourceUnavailable(`${url.href} answers ${response.status}${hint}`);
    }
    const onPiece = () => {
      clearTimeout(silence);
      silence = listen();
    };
    return {
      chunks: pieces(read(response.body), unavailable, onPiece),
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
export async function* pieces(
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
    await iterator.return?.(undefined).catch(() => {});
  }
}

/** By its reader: not every browser can iterate over a stream. */
export async function* read(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  const reader = stream.getReader();
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
  } finally {
    await reader.cancel().catch(() => {});
  }
}

function reason(error: Error): string {
  return error.cause instanceof Error && error.cause.message !== "" ? error.cause.message : error.message;
}
