/** The largest tree. Any computation here stays exact in a double far beyond it. */
export const MAX_SIZE = 2 ** 48;

/**
 * A node of the tree: at `level` (0 = leaves) the `index`-th from the left. It covers the leaves
 * `[index · 2^level, (index + 1) · 2^level)` and is complete once the tree reaches the last of them;
 * from then on it never changes, which is why storage keeps complete nodes and nothing else.
 */
export interface NodeCoordinate {
  readonly level: number;
  readonly index: number;
}

/**
 * The aligned complete subtrees that cover the leaves `[from, to)`, in append order: the fewest nodes that
 * carry a tree of size `from` to size `to`. Throws a `RangeError` unless 0 ≤ from ≤ to ≤ 2^48.
 */
export function subtreesBetween(from: number, to: number): NodeCoordinate[] {
  assertSize(from);
  assertSize(to);
  if (from > to) throw new RangeError(`no leaves between ${from} and ${to}`);
  const subtrees: NodeCoordinate[] = [];
  for (let position = from; position < to;) {
    let level = 0;
    // Bit operators would cut these numbers to 32 bits, hence the arithmetic here and in the proofs.
    while (position % 2 ** (level + 1) === 0 && position + 2 ** (level + 1) <= to) level += 1;
    subtrees.push({ level, index: position / 2 ** level });
    position += 2 ** level;
  }
  return subtrees;
}

/** Throws a `RangeError` unless `size` is an integer from 0 to 2^48. */
export function assertSize(size: number): void {
  if (!isSize(size)) throw new RangeError(`${String(size)} is not the size of a tree`);
}

/** Whether `value` is an integer from 0 to 2^48. */
export function isSize(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= MAX_SIZE;
}
