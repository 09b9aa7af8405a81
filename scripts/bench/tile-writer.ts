/** Writes the tree's tiles for many leaves at once, as services/tree.ts would have one by one; a test holds it to that. */
import { hash } from "node:crypto";
import type Database from "better-sqlite3";

const WIDTH = 256;
const LEAF = Buffer.of(0);
const NODE = Buffer.of(1);

export class TileWriter {
  readonly #database: Database.Database;
  readonly #put: Database.Statement;
  /** By level, the hashes of the tile that is being filled, and how many full ones are before it. */
  readonly #open: { hashes: Buffer[]; index: number }[] = [];

  constructor(database: Database.Database, size: number) {
    this.#database = database;
    this.#put = database.prepare(
      "insert into tiles (level, tile_index, hashes) values (?, ?, ?) " +
        "on conflict (level, tile_index) do update set hashes = excluded.hashes",
    );
    this.#resume(size);
  }

  append(digest: Buffer): void {
    this.#add(0, hash("sha256", Buffer.concat([LEAF, digest]), "buffer"));
  }

  /** Above the leaves, a tile is stored as far as it goes. */
  flush(): void {
    for (const [level, { hashes, index }] of this.#open.entries()) {
      if (level > 0 && hashes.length > 0) this.#put.run(level, index, Buffer.concat(hashes));
    }
  }

  #add(level: number, node: Buffer): void {
    const tile = (this.#open[level] ??= { hashes: [], index: 0 });
    tile.hashes.push(node);
    if (tile.hashes.length < WIDTH) return;
    this.#put.run(level, tile.index, Buffer.concat(tile.hashes));
    const above = fold(tile.hashes);
    tile.hashes = [];
    tile.index++;
    this.#add(level + 1, above);
  }

  #resume(size: number): void {
    for (let level = 0, nodes = size; nodes > 0; level++, nodes = Math.floor(nodes / WIDTH)) {
      const index = Math.floor(nodes / WIDTH);
      const width = nodes % WIDTH;
      this.#open[level] = { index, hashes: width === 0 ? [] : this.#stored(level, index, width) };
    }
  }

  #stored(level: number, index: number, width: number): Buffer[] {
    if (level === 0) {
      return this.#database
        .prepare("select digest from events where leaf_index >= ? order by leaf_index")
        .all(index * WIDTH)
        .map((row) => hash("sha256", Buffer.concat([LEAF, (row as { digest: Buffer }).digest]), "buffer"));
    }
    const { hashes } = this.#database
      .prepare("select hashes from tiles where level = ? and tile_index = ?")
      .get(level, index) as { hashes: Buffer };
    return Array.from({ length: width }, (_, i) => hashes.subarray(i * 32, (i + 1) * 32));
  }
}

function fold(hashes: readonly Buffer[]): Buffer {
  let row = hashes;
  while (row.length > 1) {
    row = Array.from({ length: row.length / 2 }, (_, i) =>
      hash("sha256", Buffer.concat([NODE, row[2 * i] as Buffer, row[2 * i + 1] as Buffer]), "buffer"),
    );
  }
  return row[0] as Buffer;
}
