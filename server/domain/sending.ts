/**
 * What to do about a batch that is on its way. Pure: everything that was seen is an argument.
 *
 * What a node *says* when it is given a transaction ("already known", "nonce too low", "underpriced") decides nothing.
 * Receipts do, and the account's nonce, and the contract.
 */
import { raisedFees } from "./fees.ts";
import type { FeeMarket, Fees } from "./fees.ts";

/** One signed form of the batch's transaction, and what the chain has of it. */
export interface AttemptSeen {
  readonly receipt: { readonly status: "success" | "reverted" } | null;
}

/** What has become of the attempts: the first success counts, wherever among them it is. */
export type Outcome =
  { readonly is: "mined"; readonly attempt: number } | { readonly is: "reverted" } | { readonly is: "open" };

/** @param current index of the first attempt at the batch's present nonce: failures before it are dealt with */
export function outcomeOf(attempts: readonly AttemptSeen[], current: number): Outcome {
  const attempt = attempts.findIndex(({ receipt }) => receipt?.status === "success");
  if (attempt >= 0) return { is: "mined", attempt };
  const failed = attempts.slice(current).some(({ receipt }) => receipt?.status === "reverted");
  return { is: failed ? "reverted" : "open" };
}

/** How things stand with a batch none of whose attempts is in a block. */
export interface Standing {
  readonly nonce: number;
  /** The batch's nonce is one of the account that we sign for now. */
  readonly ours: boolean;
  /** How many of the account's transactions are in blocks: the nonce that the chain takes next. */
  readonly chainNonce: number;
  /** For how long the nonce has been seen used up, without a receipt of ours. */
  readonly spentForMs: number;
  /** For how long the chain has waited for an earlier nonce, with which we never sent anything. */
  readonly gapForMs: number;
  readonly fees: Fees;
  readonly market: FeeMarket;
  readonly cap: bigint;
  /** Since the latest attempt was first sent by this process. */
  readonly sentForMs: number;
  readonly blocksSince: number;
  /** What the node had against the latest attempt, as it seems from its words; null where it took it. */
  readonly refused: "fee" | "funds" | "other" | null;
}

export interface Patience {
  readonly bumpAfterMs: number;
  /** Endpoints may know an account's nonce before they know the receipt. */
  readonly spentMs: number;
}

export type Move =
  /** Sends the latest attempt again: the node may have forgotten it. */
  | { readonly do: "send" }
  | { readonly do: "raise"; readonly fees: Fees }
  /** More must be offered and may not be. It stays where it is, and is sent again. */
  | { readonly do: "hold" }
  /** The nonce belongs to an account that we do not sign for any more, or lies beyond one that nothing of ours can fill. */
  | { readonly do: "renonce" }
  /** The nonce is used up, yet by none of our attempts as far as the endpoint knows: the contract must tell. */
  | { readonly do: "reconcile" };

export function nextMove(standing: Standing, patience: Patience): Move {
  if (!standing.ours) return { do: "renonce" };
  if (standing.chainNonce > standing.nonce) {
    return { do: standing.spentForMs >= patience.spentMs ? "reconcile" : "send" };
  }
  // The endpoint told more than there were when it was chosen, or a reorganisation took back what we did not send.
  if (standing.gapForMs >= patience.bumpAfterMs) return { do: "renonce" };
  // Any other nonce before ours that the chain still waits for is that of an earlier batch, which is sent first.
  // While no block comes, no fee is too low: raising it would only make the first block after a halt expensive.
  const waitedLongEnough = standing.sentForMs >= patience.bumpAfterMs && standing.blocksSince > 0;
  // Who cannot pay this much cannot pay more.
  const worthIt = standing.refused === "fee" || (waitedLongEnough && standing.refused !== "funds");
  if (!worthIt) return { do: "send" };
  const fees = raisedFees(standing.fees, standing.market, standing.cap);
  return fees === null ? { do: "hold" } : { do: "raise", fees };
}

/** What the contract says about a batch whose nonce is spent without a success that we know of. */
export interface Place {
  readonly fromSize: number;
  readonly toSize: number;
  readonly chainSize: number;
  /** The contract recorded our root at `toSize`. */
  readonly holdsOurRoot: boolean;
  /** By whom: an attempt of ours, a transaction that the operator has vouched for, or nobody we know. */
  readonly spentBy: "us" | "vouched" | "stranger";
}

export type Verdict =
  /** It is there: only the transaction that carried it is to be found. */
  | "adopt"
  /** It is not there, and we know why: again, with another nonce. Were it there after all, the contract would refuse. */
  | "renonce"
  /** Somebody else signs with our key. */
  | "foreign"
  /** The contract holds something else. */
  | "mismatch";

export function reconcile({ fromSize, toSize, chainSize, holdsOurRoot, spentBy }: Place): Verdict {
  if (toSize > fromSize && chainSize >= toSize) return holdsOurRoot ? "adopt" : "mismatch";
  if (chainSize !== fromSize) return "mismatch";
  return spentBy === "stranger" ? "foreign" : "renonce";
}
