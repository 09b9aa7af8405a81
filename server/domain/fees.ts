/** What a transaction offers to pay, per unit of gas and in wei. Pure. */

/** As a transaction carries them: EIP-1559 (type 2), or a plain gas price (type 0). */
export type Fees =
  | { readonly type: 2; readonly maxFeePerGas: bigint; readonly maxPriorityFeePerGas: bigint }
  | { readonly type: 0; readonly gasPrice: bigint };

/** What the chain asks for now. `baseFee` is null on chains of the older kind; `price` is the tip, or the whole price. */
export interface FeeMarket {
  readonly baseFee: bigint | null;
  readonly price: bigint;
}

/** The fees of a first attempt, or null where the chain asks for more than the cap at this moment. */
export function firstFees(market: FeeMarket, cap: bigint): Fees | null {
  if (needed(market) > cap) return null;
  const wanted = suggested(market);
  return wanted.type === 0
    ? { type: 0, gasPrice: least(wanted.gasPrice, cap) }
    : withTip(least(wanted.maxFeePerGas, cap), wanted.maxPriorityFeePerGas);
}

/**
 * The fees of a replacement, or null where it could not stay below the cap. Pools take a replacement only if *both*
 * fields rise by a tenth, and strictly; with an eighth we are on the safe side of everyone's rounding.
 */
export function raisedFees(before: Fees, market: FeeMarket, cap: bigint): Fees | null {
  const wanted = suggested(market);
  if (before.type === 0) {
    const floor = raised(before.gasPrice);
    const price = wanted.type === 0 ? wanted.gasPrice : wanted.maxFeePerGas;
    return floor > cap ? null : { type: 0, gasPrice: least(most(floor, price), cap) };
  }
  const floor = raised(before.maxFeePerGas);
  const tipFloor = raised(before.maxPriorityFeePerGas);
  // The tip may not exceed the whole; where it is all of it, rounding can put it a wei above.
  const whole = most(floor, tipFloor);
  if (whole > cap) return null;
  const [max, tip] =
    wanted.type === 2
      ? [wanted.maxFeePerGas, wanted.maxPriorityFeePerGas]
      : [wanted.gasPrice, wanted.gasPrice];
  return withTip(least(most(whole, max), cap), most(tipFloor, tip));
}

/** What a block built now would take at least. */
export const needed = ({ baseFee, price }: FeeMarket): bigint => (baseFee ?? 0n) + price;

/** Whether a block built on this market could hold a transaction with these fees. */
export function suffices(fees: Fees, { baseFee, price }: FeeMarket): boolean {
  return (fees.type === 2 ? fees.maxFeePerGas : fees.gasPrice) >= (baseFee ?? price);
}

/** Twice the base fee survives six full blocks, each of which may raise it by an eighth. */
function suggested({ baseFee, price }: FeeMarket): Fees {
  return baseFee === null
    ? { type: 0, gasPrice: price }
    : { type: 2, maxFeePerGas: 2n * baseFee + price, maxPriorityFeePerGas: price };
}

const withTip = (max: bigint, tip: bigint): Fees => ({
  type: 2,
  maxFeePerGas: max,
  maxPriorityFeePerGas: least(tip, max),
});

/** By an eighth, rounded up, and by one wei at least: a tip of zero must rise too. */
const raised = (fee: bigint): bigint => fee + most((fee + 7n) / 8n, 1n);

const most = (a: bigint, b: bigint): bigint => (a > b ? a : b);
const least = (a: bigint, b: bigint): bigint => (a < b ? a : b);
