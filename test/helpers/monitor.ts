/** A monitor of transparency logs: knows a base URL and the log's key, and reads nothing but checkpoint and tiles. */
import {
  EMPTY_FRONTIER,
  append,
  bundlePath,
  decodeBundle,
  equal,
  leafHash,
  root,
  tilePath,
  tileWidth,
  verifyCheckpoint,
} from "../../server/ledger/index.ts";
import type { Checkpoint, Frontier } from "../../server/ledger/index.ts";

export interface Monitor {
  /** Takes the log's next checkpoint; throws unless the tiles add up to it and extend what was seen before. */
  follow(): Promise<Checkpoint>;
  readonly entries: readonly Uint8Array[];
}

export function monitor(baseUrl: string, vkey: string): Monitor {
  const entries: Uint8Array[] = [];
  let frontier: Frontier = EMPTY_FRONTIER;

  const get = async (path: string): Promise<Uint8Array> => {
    const response = await fetch(`${baseUrl}/${path}`);
    if (!response.ok) throw new Error(`${path}: ${response.status}`);
    return new Uint8Array(await response.arrayBuffer());
  };

  return {
    entries,
    async follow() {
      const note = new TextDecoder().decode(await get("checkpoint"));
      const checkpoint = verifyCheckpoint(note, vkey);
      if (checkpoint.size < frontier.size) throw new Error("the log shrank");
      // Only what is new is fetched; what was seen before is in the frontier, so that the new root proves it unchanged.
      while (frontier.size < checkpoint.size) {
        const index = Math.floor(frontier.size / 256);
        const width = tileWidth({ level: 0, index }, checkpoint.size);
        const bundle = decodeBundle(await get(bundlePath(index, width)));
        const tile = await get(tilePath({ level: 0, index }, width));
        if (bundle.length !== width || tile.length !== width * 32) throw new Error("a tile is too short");
        for (let i = frontier.size - index * 256; i < width; i++) {
          const leaf = leafHash(bundle[i]!);
          if (!equal(leaf, tile.slice(i * 32, i * 32 + 32))) throw new Error("entries and tiles differ");
          entries.push(bundle[i]!);
          frontier = append(frontier, leaf);
        }
      }
      if (!equal(root(frontier), checkpoint.root)) throw new Error("the tiles do not add up to the root");
      return checkpoint;
    },
  };
}
