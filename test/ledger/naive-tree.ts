import { createHash } from "node:crypto";

// RFC 9162 section 2.1, as the text has it: recursive, slow, and sharing no code with what it checks.

type Hashes = readonly Uint8Array[];

export function naiveRoot(entries: Hashes): Uint8Array {
  const [only] = entries;
  if (only === undefined) return sha256();
  if (entries.length === 1) return sha256(Uint8Array.of(0), only);
  const k = split(entries.length);
  return sha256(Uint8Array.of(1), naiveRoot(entries.slice(0, k)), naiveRoot(entries.slice(k)));
}

/** PATH(m, D_n) of section 2.1.3.1. */
export function naiveInclusion(m: number, entries: Hashes): Uint8Array[] {
  if (entries.length === 1) return [];
  const k = split(entries.length);
  return m < k
    ? [...naiveInclusion(m, entries.slice(0, k)), naiveRoot(entries.slice(k))]
    : [...naiveInclusion(m - k, entries.slice(k)), naiveRoot(entries.slice(0, k))];
}

/** PROOF(m, D_n) of section 2.1.4.1, for 0 < m <= n. */
export function naiveConsistency(m: number, entries: Hashes, complete = true): Uint8Array[] {
  if (m === entries.length) return complete ? [] : [naiveRoot(entries)];
  const k = split(entries.length);
  return m <= k
    ? [...naiveConsistency(m, entries.slice(0, k), complete), naiveRoot(entries.slice(k))]
    : [...naiveConsistency(m - k, entries.slice(k), false), naiveRoot(entries.slice(0, k))];
}

function split(n: number): number {
  return n === 2 ? 1 : 2 ** Math.floor(Math.log2(n - 1));
}

function sha256(...parts: readonly Uint8Array[]): Uint8Array {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return new Uint8Array(hash.digest());
}
