/** What stands in the way of anchoring: a kind that alerts can be set on, and a message that says what to do. */
import { ChainRejected, ChainUnavailable, DatabaseUnavailable } from "../ports.ts";

export const TROUBLE_KINDS = [
  /** The endpoint does not answer, or with nonsense. */
  "chain_unavailable",
  /** The endpoint is behind what it said before. */
  "chain_behind",
  /** It is not the chain, the contract or the history that the ledger is anchored on. */
  "chain_mismatch",
  /** A block that was final is gone. */
  "final_block_gone",
  "out_of_funds",
  "role_revoked",
  "fees_over_cap",
  /** Somebody else uses the relayer's account. */
  "foreign_nonce",
  /** The contract or the node says no, for a reason that is none of these. */
  "rejected",
  /** Nothing gets into a block, and nothing says why. */
  "stuck",
  /** Another process opened a later epoch. */
  "superseded",
  "database",
  "bug",
] as const;
export type TroubleKind = (typeof TROUBLE_KINDS)[number];

export interface Trouble {
  readonly kind: TroubleKind;
  readonly message: string;
  readonly since: number;
}

export class AnchorTrouble extends Error {
  readonly kind: TroubleKind;
  constructor(kind: TroubleKind, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "AnchorTrouble";
    this.kind = kind;
  }
}

/** These pass by themselves, and are no news at three in the morning unless they last. */
export const PASSING: ReadonlySet<TroubleKind> = new Set(["chain_unavailable", "chain_behind", "database"]);

export function kindOf(error: unknown): TroubleKind {
  if (error instanceof AnchorTrouble) return error.kind;
  if (error instanceof ChainUnavailable) return "chain_unavailable";
  if (error instanceof DatabaseUnavailable) return "database";
  if (!(error instanceof ChainRejected)) return "bug";
  if (error.message.startsWith("AccessControlUnauthorizedAccount")) return "role_revoked";
  if (lags(error.message)) return "chain_behind";
  return isAboutFunds(error.message) ? "out_of_funds" : "rejected";
}

/** Of several nodes one may be asked for gas that does not have our last block yet: the contract expects less than we. */
function lags(said: string): boolean {
  const [, expected, size] = /^UnexpectedSize\((\d+), (\d+)\)$/.exec(said) ?? [];
  return Number(size) < Number(expected);
}

/** Nodes word it as they like; this is for the message, and decides nothing but whether a fee is worth raising. */
export const isAboutFunds = (said: string): boolean =>
  /insufficient (funds|balance)|enough funds|funds for gas/i.test(said);

export const isAboutFees = (said: string): boolean =>
  /underpriced|fee\w*\b.*too low|gas price\b.*too low|less than block base fee/i.test(said);
