import { sha256 } from "./samples.ts";

/**
 * RFC 9162 2.1.1 and 2.1.3.1 as the text has them, over the ranges of one list of entries. It remembers every range
 * it has hashed, so that trees of many sizes over 65,537 entries are hashed in one go.
 */
export class RangeTree {
  readonly #entries: readonly Uint8Array[];
  readonly #hashes = new Map<string, Uint8Array>();

  constructor(entries: readonly Uint8Array[]) {
    this.#entries = entries;
  }

  root(size: number): Uint8Array {
    return size === 0 ? sha256() : this.#hash(0, size);
  }

  inclusion(index: number, size: number): Uint8Array[] {
    return this.#path(index, 0, size);
  }

  #path(index: number, begin: number, end: number): Uint8Array[] {
    if (end - begin === 1) return [];
    const middle = begin + split(end - begin);
    return index < middle
      ? [...this.#path(index, begin, middle), this.#hash(middle, end)]
      : [...this.#path(index, middle, end), this.#hash(begin, middle)];
  }

  #hash(begin: number, end: number): Uint8Array {
    if (end - begin === 1) return sha256(Uint8Array.of(0), this.#entries[begin]!);
    const key = `${begin}-${end}`;
    const middle = begin + split(end - begin);
    const known =
      this.#hashes.get(key) ?? sha256(Uint8Array.of(1), this.#hash(begin, middle), this.#hash(middle, end));
    this.#hashes.set(key, known);
    return known;
  }
}

/** The largest power of two smaller than n, for n > 1. */
function split(n: number): number {
  let power = 1;
  while (power * 2 < n) power *= 2;
  return power;
}
