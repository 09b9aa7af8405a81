/** How the explorer writes hashes, times and numbers. */
import { formatTag } from "../shared/locale.ts";

/** 0x1234abcd…9f8e7d: enough to tell two apart by eye, never to compare by. */
export function short(hash: string, ends: readonly [number, number] = [10, 6]): string {
  const [head, tail] = ends;
  return hash.length <= head + tail + 1 ? hash : `${hash.slice(0, head)}…${hash.slice(-tail)}`;
}

/** 2026-01-02 03:04:05, the same in every language: ledgers, blocks and logs are compared by it. */
export const seconds = (iso: string): string => iso.slice(0, 19).replace("T", " ");

export const number = (value: number): string => value.toLocaleString(formatTag());

/** Latin with signs, within Arabic: without a frame of its own its signs would wander. */
export const ltr = (text: string): string => `\u2066${text}\u2069`;
