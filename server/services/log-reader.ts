/**
 * The ledger as a transparency log, for monitors and witnesses: tiles and entries (C2SP tlog-tiles), and proofs that
 * it only ever grew. All of it is digests and hashes, and so for everybody; each answer costs a few reads.
 */
import { Refusal } from "../domain/errors.ts";
import {
  HASH_BYTES,
  LedgerRefusal,
  TILE_WIDTH,
  encodeBundle,
  parseBundlePath,
  parseTilePath,
  tileWidth,
} from "../ledger/index.ts";
import type { TileCoordinate } from "../ledger/index.ts";
import type { Epoch, Reads, Store } from "../ports.ts";
import { consistencyProof, readTile, rootAt } from "./tree.ts";

export interface Consistency {
  readonly fromRoot: Uint8Array;
  readonly toRoot: Uint8Array;
  readonly proof: readonly Uint8Array[];
}

export interface LogReader {
  /** The bytes at a tlog-tiles path such as `tile/0/x001/234.p/5` or `tile/entries/000`. @throws {Refusal} NOT_FOUND */
  asset(path: string): Promise<Uint8Array>;
  /** That the tree of one size extends that of another. @throws {Refusal} VALIDATION_ERROR, NOT_FOUND */
  consistency(from: number, to: number): Promise<Consistency>;
}

/** The size of the checkpoint that everybody is given: what the chain holds. */
export async function publishedSize(read: Pick<Reads, "anchors">, epoch: Epoch): Promise<number> {
  return (await read.anchors.lastMined(epoch.number))?.toSize ?? 0;
}

export function createLogReader({
  store: { read },
  epoch,
}: {
  readonly store: Store;
  readonly epoch: Epoch;
}): LogReader {
  /**
   * How wide a tile can be asked for. Assets are cached for ever, so only what the chain holds is served: what is
   * merely committed would be lost if an older database were restored.
   */
  const assertPublished = async (tile: TileCoordinate, width: number): Promise<number> => {
    const size = await publishedSize(read, epoch);
    if (width > tileWidth(tile, size)) throw noAsset();
    return size;
  };

  const bundle = async (path: string): Promise<Uint8Array> => {
    const { index, width } = parsed(parseBundlePath, path);
    await assertPublished({ level: 0, index }, width);
    const first = index * TILE_WIDTH;
    return encodeBundle(await read.events.digests(first, first + width));
  };

  const tile = async (path: string): Promise<Uint8Array> => {
    const { tile, width } = parsed(parseTilePath, path);
    const size = await assertPublished(tile, width);
    // Any narrower form of a tile once was the tile, of a smaller tree whose checkpoint somebody may hold.
    return (await readTile(read, tile, size)).slice(0, width * HASH_BYTES);
  };

  return {
    asset: (path) => (path.startsWith("tile/entries/") ? bundle(path) : tile(path)),

    async consistency(from, to) {
      if (from > to) {
        throw new Refusal("VALIDATION_ERROR", "`from` is the smaller size, or the same as `to`.", {
          reason: "sizes_reversed",
        });
      }
      // Receipts and exports carry checkpoints of sizes that are yet to be anchored, so these can be asked about, too.
      if (to > (await read.events.head()).size) {
        throw new Refusal("NOT_FOUND", "The ledger has not reached that size.", {
          reason: "beyond_the_ledger",
        });
      }
      return {
        fromRoot: await rootAt(read, from),
        toRoot: await rootAt(read, to),
        proof: await consistencyProof(read, from, to),
      };
    },
  };
}

function parsed<T>(parse: (path: string) => T, path: string): T {
  try {
    return parse(path);
  } catch (error) {
    throw error instanceof LedgerRefusal ? noAsset() : error;
  }
}

const noAsset = (): Refusal =>
  new Refusal("NOT_FOUND", "The published tree has no such tile.", { reason: "unknown_tile" });
