/** Random numbers that a seed repeats (mulberry32), so that a failing run can be run again. */
export interface Random {
  readonly seed: number;
  /** From 0 to below `bound`. */
  below(bound: number): number;
  pick<T>(values: readonly T[]): T;
}

export function seeded(seed: number): Random {
  let state = seed >>> 0;
  const below = (bound: number) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * bound);
  };
  return { seed, below, pick: (values) => values[below(values.length)]! };
}
