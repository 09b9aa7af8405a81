/** When a block cannot be taken back. Pure. */

/** The chain's own word, or a depth; `auto` is the chain's word where it gives one, and a depth elsewhere. */
export type Finality = "finalized" | "auto" | number;

/**
 * What `auto` comes to where the endpoint knows no finalized block: the age at which Ethereum's exchanges used to
 * believe in one while it was mined by proof of work.
 */
export const FALLBACK_DEPTH = 12;

export interface ChainTip {
  readonly head: number;
  /** The number of the finalized block; null where the endpoint does not know that tag. */
  readonly finalized: number | null;
}

/**
 * The highest block that is final, or null while that cannot be told.
 * A finalized block beyond the head is nonsense, and believed to be no more than the head.
 */
export function finalBlock(rule: Finality, tip: ChainTip): number | null {
  if (typeof rule === "number") return tip.head - rule + 1;
  if (tip.finalized !== null) return Math.min(tip.finalized, tip.head);
  return rule === "auto" ? tip.head - FALLBACK_DEPTH + 1 : null;
}

/** A block is final the moment it is there: nothing needs to be asked. */
export const isInstant = (rule: Finality): boolean => rule === 1;

/** What the endpoint has where we know a block of that hash. */
export type BlockSeen = "canonical" | "replaced" | "unknown";

export function seenAs(hash: string, found: string | null): BlockSeen {
  if (found === null) return "unknown";
  return found === hash ? "canonical" : "replaced";
}
