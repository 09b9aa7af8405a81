/** The whole ledger, or its end, as a stream: the format of ledger/export.ts. */
import { Refusal } from "../domain/errors.ts";
import { exportEncoder, fromUtf8, toHex } from "../ledger/index.ts";
import type { ExportEncoder, ExportEvent } from "../ledger/index.ts";
import type { CheckpointSigner, Epoch, Store, StoredEvent } from "../ports.ts";
import { rootAt } from "./tree.ts";

export interface LedgerExport {
  /**
   * The export of the events from that index on, of a ledger of the size that it has now. What is appended meanwhile is
   * left out, and what is erased meanwhile may be missing: no transaction is held open, and none is needed, as what has
   * an index keeps it. Reads on only as it is read. @throws {Refusal} NOT_FOUND
   */
  from(index: number): Promise<AsyncGenerator<Uint8Array, void>>;
}

/** So few that the largest payloads stay within some megabytes, so many that a query for each page costs little. */
const PAGE = 128;

export function createLedgerExport(deps: {
  readonly store: Store;
  readonly signer: CheckpointSigner;
  readonly epoch: Epoch;
}): LedgerExport {
  const { signer, epoch } = deps;
  const { read } = deps.store;

  async function* lines(encoder: ExportEncoder, from: number, size: number) {
    yield encoder.header;
    for (let index = from; index < size; index += PAGE) {
      const events = await read.events.range({
        from: index,
        to: Math.min(size, index + PAGE),
        limit: PAGE,
      });
      yield encoder.events(events.map(lineOf));
    }
    yield encoder.trailer();
  }

  return {
    async from(index) {
      const { ledgerId, size } = await read.events.head();
      if (index > size) {
        throw new Refusal("NOT_FOUND", "The ledger has not reached that size.", {
          reason: "beyond_the_ledger",
        });
      }
      const { chainId, contract } = epoch;
      const checkpoint = signer.checkpoint(ledgerId, size, await rootAt(read, size));
      const encoder = exportEncoder({
        ledgerId,
        from: index,
        size,
        checkpoint,
        anchor: { chainId, contract },
      });
      return lines(encoder, index, size);
    },
  };
}

function lineOf({ index, digest, payload, salt }: StoredEvent): ExportEvent {
  const whole = payload !== null && salt !== null;
  return {
    index,
    digest: toHex(digest),
    payload: whole ? fromUtf8(payload) : null,
    salt: whole ? toHex(salt) : null,
  };
}
