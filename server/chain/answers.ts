/** An endpoint may answer anything: what makes no sense is no answer. */
import { ChainUnavailable } from "../ledger/index.ts";

/** @throws {ChainUnavailable} unless it is a number as JSON-RPC writes them */
export function quantity(what: string, value: unknown): bigint {
  if (typeof value === "string" && /^0x[0-9a-f]{1,64}$/i.test(value)) return BigInt(value);
  throw nonsense(what);
}

/** @throws {ChainUnavailable} unless it is a number that we can count to */
export function count(what: string, value: unknown): number {
  const number = Number(quantity(what, value));
  if (Number.isSafeInteger(number)) return number;
  throw nonsense(what);
}

/** @throws {ChainUnavailable} unless it is 32 bytes */
export function hash(what: string, value: unknown): string {
  if (typeof value === "string" && /^0x[0-9a-f]{64}$/i.test(value)) return value.toLowerCase();
  throw nonsense(what);
}

/** @throws {ChainUnavailable} unless it is bytes */
export function bytes(what: string, value: unknown): string {
  if (typeof value === "string" && /^0x([0-9a-f]{2})*$/i.test(value)) return value;
  throw nonsense(what);
}

export const nonsense = (what: string): ChainUnavailable =>
  new ChainUnavailable(`${what}: the endpoint's answer makes no sense`);
