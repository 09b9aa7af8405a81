import { HASH_BYTES, TILE_HEIGHT, TILE_WIDTH } from "../ledger/index.ts";
import type { NodeCoordinate } from "../ledger/index.ts";
import type { DatabaseInside } from "../ports/audit.ts";
import type { Findings } from "./findings.ts";

interface GrowingTile {
  index: number;
  readonly hashes: Uint8Array;
  width: number;
}

/** That the tiles a database keeps hold the tree's nodes: proofs are made of them. One tile per level is in memory. */
export class TileRules {
  readonly #findings: Findings;
  readonly #inside: DatabaseInside;
  readonly #growing = new Map<number, GrowingTile>();
  /** Full, and not compared yet: a listener of the tree cannot wait for the database. */
  #full: { level: number; index: number; hashes: Uint8Array }[] = [];
  #compared = 0;

  constructor(inside: DatabaseInside, findings: Findings) {
    this.#inside = inside;
    this.#findings = findings;
  }

  onNode = ({ level, index }: NodeCoordinate, hash: Uint8Array): void => {
    if (level % TILE_HEIGHT !== 0) return;
    const tileLevel = level / TILE_HEIGHT;
    const tile = this.#growing.get(tileLevel) ?? {
      index: 0,
      hashes: new Uint8Array(TILE_WIDTH * HASH_BYTES),
      width: 0,
    };
    this.#growing.set(tileLevel, tile);
    tile.index = Math.floor(index / TILE_WIDTH);
    tile.hashes.set(hash, tile.width * HASH_BYTES);
    tile.width += 1;
    if (tile.width < TILE_WIDTH) return;
    this.#full.push({ level: tileLevel, index: tile.index, hashes: tile.hashes.slice() });
    tile.width = 0;
  };

  /** To be called after each append. */
  async checkFull(): Promise<void> {
    if (this.#full.length === 0) return;
    for (const { level, index, hashes } of this.#full.splice(0)) await this.#compare(level, index, hashes);
  }

  async end(): Promise<void> {
    for (const [level, { index, hashes, width }] of this.#growing) {
      // Level 0 is kept once a tile is full; until then its hashes are those of the events.
      if (level > 0 && width > 0) await this.#compare(level, index, hashes.subarray(0, width * HASH_BYTES));
    }
    const count = await this.#inside.tileCount();
    if (count !== this.#compared) {
      const message = `There are ${count} tiles, where the events make ${this.#compared}.`;
      this.#findings.add("tile_count", null, message);
    }
  }

  async #compare(level: number, index: number, hashes: Uint8Array): Promise<void> {
    this.#compared += 1;
    const stored = await this.#inside.tile(level, index);
    const name = `The tile ${level}/${index}`;
    const eventsPerHash = TILE_WIDTH ** level;
    const first = index * TILE_WIDTH * eventsPerHash;
    if (stored === null) {
      this.#findings.add("tile_missing", first, `${name} is missing.`);
      return;
    }
    let at = 0;
    while (at < hashes.length && stored[at] === hashes[at]) at += 1;
    if (at === hashes.length && stored.length === at) return;
    const event = first + Math.min(Math.floor(at / HASH_BYTES), TILE_WIDTH - 1) * eventsPerHash;
    this.#findings.add(
      "tile_mismatch",
      event,
      `${name} does not hold the tree's hashes, from event ${event} on.`,
    );
  }
}
