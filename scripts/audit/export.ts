import { createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import type { Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { Command } from "commander";
import { fetchExport } from "../../server/audit/export-bytes.ts";
import { LedgerRefusal, exportDecoder } from "../../server/ledger/index.ts";
import { SourceUnavailable } from "../../server/ports/audit.ts";
import { natural } from "./options.ts";
import { Usage, conclude, number } from "./outcome.ts";
import { progressLine } from "./progress.ts";
import { readExport, withApiKey } from "./sources.ts";
import type { SourceOptions } from "./sources.ts";

export function exportCommand(): Command {
  return withApiKey(
    new Command("export")
      .description("takes a ledger away as a file, whole or not at all; checks its form, and nothing more")
      .argument("<source>", "the service's URL (https://…), or an export file")
      .option("-o, --output <file>", "where to [standard output]")
      .option("--from <index>", "the first event", natural, 0),
  ).action(async (source: string, options: SourceOptions & { output?: string; from: number }) => {
    if (/^(sqlite|postgres(ql)?):/.test(source)) {
      throw new Usage(
        "An export carries a signed checkpoint, and only the service can sign: export from its URL.",
      );
    }
    const remote = /^https?:\/\//.test(source);
    const taken = await (remote ? fetchExport(source, options.from, options) : readExport(source));
    try {
      const events = await take(taken.chunks, options.output);
      process.stderr.write(`${number(events)} events\n`);
      conclude("verified");
    } catch (error) {
      if (!(error instanceof LedgerRefusal)) throw error;
      process.stderr.write(`The export is damaged: ${error.message}.\n`);
      conclude("does_not_hold");
    } finally {
      await taken.close();
    }
  });
}

/** Under its own name only once it is whole. */
async function take(chunks: AsyncIterable<Uint8Array>, output: string | undefined): Promise<number> {
  if (output === undefined) return through(chunks, process.stdout, false);
  const partial = `${output}.partial`;
  try {
    const events = await through(chunks, createWriteStream(partial, { mode: 0o600, flush: true }), true);
    await rename(partial, output);
    return events;
  } catch (error) {
    await rm(partial, { force: true });
    if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
    throw new SourceUnavailable(`${output} could not be written: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

async function through(chunks: AsyncIterable<Uint8Array>, target: Writable, end: boolean): Promise<number> {
  const progress = progressLine();
  const decoder = exportDecoder();
  let [events, size] = [0, 0];
  await pipeline(
    async function* () {
      for await (const chunk of chunks) {
        for (const item of decoder.push(chunk)) {
          if (item.kind === "header") size = item.header.size - item.header.from;
          if (item.kind === "event") events += 1;
        }
        progress.step(events, size);
        yield chunk;
      }
      decoder.end();
    },
    target,
    { end },
  ).finally(progress.done);
  return events;
}
