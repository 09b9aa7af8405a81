import { fromHex, toHex } from "../../../server/ledger/index.ts";
import { PUBLISHED_TREE } from "./published.ts";
import { fixed, keepTree } from "./tree.ts";
import type { KeptTree } from "./tree.ts";

const COUNT = 257;
const ROOT_SIZES = [
  ...Array.from({ length: 41 }, (_, size) => size),
  63,
  64,
  65,
  127,
  128,
  129,
  255,
  256,
  257,
];
const LARGE_INCLUSIONS = [
  [0, 40],
  [31, 40],
  [32, 40],
  [39, 40],
  [0, 255],
  [127, 255],
  [128, 255],
  [254, 255],
  [0, 256],
  [170, 256],
  [255, 256],
  [0, 257],
  [128, 257],
  [255, 257],
  [256, 257],
] as const;
const LARGE_CONSISTENCIES = [
  [7, 40],
  [32, 40],
  [33, 40],
  [39, 40],
  [1, 255],
  [128, 255],
  [254, 255],
  [127, 256],
  [255, 256],
  [1, 257],
  [255, 257],
  [256, 257],
] as const;

/** `merkle.json`: leaves, roots and proofs, and proofs that must be refused. */
export function merkleVectors(): object {
  const digests = Array.from({ length: COUNT }, (_, index) => fixed(`digest ${index}`));
  const tree = keepTree(digests);
  return {
    description:
      "RFC 6962 trees. leafHashes[i] = SHA-256(0x00 || digests[i]); a root at size n is over the first n. " +
      "Proofs list hashes from the leaf upwards. Every case under invalid must be refused.",
    published: PUBLISHED_TREE,
    digests: digests.map(toHex),
    leafHashes: tree.leaves.map(toHex),
    roots: ROOT_SIZES.map((size) => ({ size, root: toHex(tree.root(size)) })),
    inclusion: [...pairsUpTo(9), ...LARGE_INCLUSIONS].map(([index, size]) => ({
      index,
      size,
      proof: tree.inclusion(index, size).map(toHex),
    })),
    consistency: [...consistencyPairsUpTo(9), ...LARGE_CONSISTENCIES].map(([size1, size2]) => ({
      size1,
      size2,
      proof: tree.consistency(size1, size2).map(toHex),
    })),
    invalid: { inclusion: invalidInclusions(tree, digests), consistency: invalidConsistencies(tree) },
  };
}

function pairsUpTo(limit: number): [number, number][] {
  return range(1, limit).flatMap((size) =>
    range(0, size - 1).map((index): [number, number] => [index, size]),
  );
}

function consistencyPairsUpTo(limit: number): [number, number][] {
  return range(0, limit).flatMap((size2) => range(0, size2).map((size1): [number, number] => [size1, size2]));
}

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}

function invalidInclusions(tree: KeptTree, digests: readonly Uint8Array[]): object[] {
  const [index, size] = [5, 13];
  const proof = tree.inclusion(index, size).map(toHex);
  const base = {
    digest: toHex(digests[index] ?? new Uint8Array()),
    index,
    size,
    root: toHex(tree.root(size)),
    proof,
  };
  const cases: Record<string, Partial<typeof base>> = {
    "a bit of the first hash flipped": { proof: replace(proof, 0, flip(proof[0])) },
    "a bit of the last hash flipped": { proof: replace(proof, proof.length - 1, flip(proof.at(-1))) },
    "the first hash missing": { proof: proof.slice(1) },
    "the last hash missing": { proof: proof.slice(0, -1) },
    "an extra hash at the end": { proof: [...proof, toHex(fixed("extra"))] },
    "an extra hash at the start": { proof: [toHex(fixed("extra")), ...proof] },
    "the first hash twice": { proof: [proof[0] ?? "", ...proof] },
    "two hashes swapped": { proof: [proof[1] ?? "", proof[0] ?? "", ...proof.slice(2)] },
    "no proof": { proof: [] },
    "the neighbour's index": { index: index - 1 },
    "an index on the other side": { index: size - 1 },
    "an index equal to the size": { index: size },
    "a smaller size": { size: 8 },
    "a larger size": { size: 33 },
    "size zero": { index: 0, size: 0, proof: [] },
    "another digest": { digest: toHex(digests[index + 1] ?? new Uint8Array()) },
    "the leaf hash in place of the digest": { digest: toHex(tree.leaves[index] ?? new Uint8Array()) },
    "another root": { root: toHex(tree.root(size + 1)) },
  };
  return Object.entries(cases).map(([mutation, change]) => ({ mutation, ...base, ...change }));
}

function invalidConsistencies(tree: KeptTree): object[] {
  const [size1, size2] = [6, 13];
  const proof = tree.consistency(size1, size2).map(toHex);
  const base = { size1, size2, root1: toHex(tree.root(size1)), root2: toHex(tree.root(size2)), proof };
  const cases: Record<string, Partial<typeof base>> = {
    "a bit of the first hash flipped": { proof: replace(proof, 0, flip(proof[0])) },
    "a bit of the last hash flipped": { proof: replace(proof, proof.length - 1, flip(proof.at(-1))) },
    "the first hash missing": { proof: proof.slice(1) },
    "the last hash missing": { proof: proof.slice(0, -1) },
    "an extra hash at the end": { proof: [...proof, toHex(fixed("extra"))] },
    "no proof": { proof: [] },
    "the sizes swapped": { size1: size2, size2: size1 },
    "another old size": { size1: size1 + 1 },
    "another old root": { root1: toHex(tree.root(size1 - 1)) },
    "another new root": { root2: toHex(tree.root(size2 - 1)) },
    "the roots swapped": { root1: base.root2, root2: base.root1 },
    "equal sizes with different roots": { size1: size2, proof: [] },
    "equal sizes with a proof": { size1: size2, root1: base.root2 },
    "an old size of zero with another root": { size1: 0, proof: [] },
    "an old size of zero with a proof": { size1: 0, root1: toHex(tree.root(0)) },
    "a power of two with its own root as first hash": {
      size1: 4,
      root1: toHex(tree.root(4)),
      proof: [toHex(tree.root(4)), ...tree.consistency(4, size2).map(toHex)],
    },
  };
  return Object.entries(cases).map(([mutation, change]) => ({ mutation, ...base, ...change }));
}

function flip(hash: string | undefined): string {
  const bytes = fromHex(hash ?? "");
  bytes[0] = (bytes[0] ?? 0) ^ 1;
  return toHex(bytes);
}

function replace(list: readonly string[], at: number, value: string): string[] {
  return list.map((item, i) => (i === at ? value : item));
}
