/** Medians and how far apart the repetitions lie. */
import { quantile } from "../campaign/statistics.ts";

export interface Spread {
  readonly median: number;
  readonly q1: number;
  readonly q3: number;
  readonly n: number;
}

export const spread = (values: readonly number[]): Spread => ({
  median: quantile(values, 0.5),
  q1: quantile(values, 0.25),
  q3: quantile(values, 0.75),
  n: values.length,
});

/** Round by round, because what disturbs the machine disturbs both sides of one round. */
export const ratios = (ours: readonly number[], theirs: readonly number[]): number[] =>
  ours.map((value, round) => value / (theirs[round] ?? Number.NaN));

/** Whole numbers as they are; others with three significant digits, and no fewer than their integer part has. */
export function number(value: number): string {
  if (!Number.isFinite(value)) return "-";
  const magnitude = Math.floor(Math.log10(Math.abs(value) || 1));
  const digits = Number.isInteger(value) ? 0 : Math.min(3, Math.max(0, 2 - magnitude));
  return value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** "12.3 (11.9–12.8)": the median, and the quartiles. */
export const show = ({ median, q1, q3 }: Spread): string => `${number(median)} (${number(q1)}–${number(q3)})`;
