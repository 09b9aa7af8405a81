/** A guess counter as columns; credentials and phones have one each. */
import type { GuessCounter } from "../domain/lockout.ts";

interface CounterColumns {
  readonly reserved: number;
  readonly cleared: number;
  readonly locked_until: number | null;
  readonly disabled_at: number | null;
}

export function counterOf(row: CounterColumns): GuessCounter {
  return {
    reserved: row.reserved,
    cleared: row.cleared,
    lockedUntil: row.locked_until,
    disabledAt: row.disabled_at,
  };
}

export function counterColumns(counter: GuessCounter): CounterColumns {
  return {
    reserved: counter.reserved,
    cleared: counter.cleared,
    locked_until: counter.lockedUntil,
    disabled_at: counter.disabledAt,
  };
}
