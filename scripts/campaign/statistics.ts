/** The few statistics that the campaigns need. */

/** The smallest value that at least the share `q` of them does not exceed; NaN of none. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? Number.NaN;
}

/**
 * How many a second end from `from` to `to`, by when they ended, in order, all in ms. Counted from the last end before to
 * the last one within: of what ends in groups, a window of fixed length has one group more or less by chance.
 */
export function endingsPerSecond(endings: readonly number[], from: number, to: number): number {
  const within = endings.filter((at) => at >= from && at < to);
  const last = within.at(-1);
  return last === undefined
    ? 0
    : (within.length * 1000) / (last - (endings.findLast((at) => at < from) ?? from));
}

export interface Separation {
  /** How often a draw from the second sample exceeds one from the first, ties counting half; 0.5: no telling them apart. */
  readonly auc: number;
  /** 95 % confidence interval. */
  readonly low: number;
  readonly high: number;
}

const Z_95 = 1.959964;

/**
 * Area under the ROC curve of whoever guesses the sample from one value: Mann–Whitney's U over the number of pairs,
 * from ranks. The interval is DeLong's, which supposes nothing about how the values are distributed.
 */
export function separation(first: readonly number[], second: readonly number[]): Separation {
  const pooled = midranks([...first, ...second]);
  // How much of the other sample lies below each value.
  const below = (ranks: readonly number[], own: readonly number[], others: number) =>
    ranks.map((rank, i) => (rank - (own[i] ?? 0)) / others);
  const ofFirst = below(pooled.slice(0, first.length), midranks(first), second.length);
  const ofSecond = below(pooled.slice(first.length), midranks(second), first.length);
  const auc = mean(ofSecond);
  const error = Math.sqrt(variance(ofFirst) / first.length + variance(ofSecond) / second.length);
  return { auc, low: Math.max(0, auc - Z_95 * error), high: Math.min(1, auc + Z_95 * error) };
}

/** Ranks from 1; equal values share the mean of theirs. */
function midranks(values: readonly number[]): number[] {
  const order = values.map((value, index) => ({ value, index })).sort((a, b) => a.value - b.value);
  const ranks = new Array<number>(values.length);
  for (let from = 0, to; from < order.length; from = to) {
    to = from;
    while (to < order.length && order[to]?.value === order[from]?.value) to++;
    for (const { index } of order.slice(from, to)) ranks[index] = (from + to + 1) / 2;
  }
  return ranks;
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function variance(values: readonly number[]): number {
  const centre = mean(values);
  return values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / Math.max(1, values.length - 1);
}
