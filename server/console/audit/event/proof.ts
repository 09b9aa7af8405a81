/** The way from an event's leaf to a checkpoint's root, as it can be drawn. */
import {
  assembleProof,
  equal,
  fromHex,
  hashFromTile,
  inclusionPath,
  inclusionPlan,
  leafHash,
  nodeInTile,
  parseCheckpoint,
  parseNote,
  planNodes,
  tilePath,
  tileWidth,
  toHex,
} from "../../../ledger/index.ts";
import type { Checkpoint, NodeCoordinate } from "../../../ledger/index.ts";
import type { Schemas } from "../../shared/api.ts";

/** Hashes in 0x hex. */
export interface DrawnStep {
  readonly side: "left" | "right";
  readonly sibling: string;
  readonly node: string;
}

export interface DrawnPath {
  readonly leaf: string;
  readonly steps: readonly DrawnStep[];
  readonly size: number;
  /** The signed note. */
  readonly checkpoint: string;
  /** Whether it ends at the checkpoint's root. */
  readonly holds: boolean;
  /** Where the neighbours are from. */
  readonly source: "receipt" | "tiles";
}

interface Leaf {
  readonly index: number;
  readonly digest: string;
}

/** Null where the proof has not even the right shape. */
export function pathOfReceipt(leaf: Leaf, receipt: Schemas["Receipt"]): DrawnPath | null {
  const proof = receipt.inclusionProof.map((hash) => fromHex(hash, 32));
  return drawn(leaf, proof, receipt.checkpoint, "receipt");
}

/**
 * Of an event without a receipt, as an erased one is: from the public tiles, at the size that the chain has.
 * Null where that does not reach the event yet.
 * @param get fetches from below `/api/ledger/`; throws when it cannot
 */
export async function pathOfTiles(
  leaf: Leaf,
  get: (path: string) => Promise<Uint8Array>,
): Promise<DrawnPath | null> {
  const note = new TextDecoder().decode(await get("checkpoint"));
  const { size } = signedText(note);
  if (leaf.index >= size) return null;
  const plan = inclusionPlan(leaf.index, size);
  const tiles = new Map<string, Promise<Uint8Array>>();
  const hashOf = async (node: NodeCoordinate) => {
    const { tile } = nodeInTile(node);
    const path = tilePath(tile, tileWidth(tile, size));
    const bytes = tiles.get(path) ?? get(path);
    tiles.set(path, bytes);
    return hashFromTile(node, await bytes);
  };
  const hashes = await Promise.all(planNodes(plan).map(hashOf));
  return drawn(leaf, assembleProof(plan, hashes), note, "tiles");
}

function drawn(
  { index, digest }: Leaf,
  proof: readonly Uint8Array[],
  checkpoint: string,
  source: DrawnPath["source"],
): DrawnPath | null {
  const { size, root } = signedText(checkpoint);
  const leaf = leafHash(fromHex(digest, 32));
  const steps = inclusionPath(leaf, index, size, proof);
  if (steps === null) return null;
  return {
    leaf: toHex(leaf),
    steps: steps.map(({ side, sibling, node }) => ({ side, sibling: toHex(sibling), node: toHex(node) })),
    size,
    checkpoint,
    holds: equal(steps.at(-1)?.node ?? leaf, root),
    source,
  };
}

/** Without a look at who signed: that is for the verification, with a key of the visitor's. */
const signedText = (note: string): Checkpoint => parseCheckpoint(parseNote(note).text);
