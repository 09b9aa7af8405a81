/** A batch's nonce is spent, and no attempt is known to have succeeded: the contract tells what has become of it. */
import { reconcile } from "../domain/sending.ts";
import type { Place } from "../domain/sending.ts";
import { toHex } from "../ledger/index.ts";
import type { Batch, Chain, Epoch, MinedAnchor, Store } from "../ports.ts";
import { AnchorTrouble } from "./anchor-trouble.ts";

interface SpentDeps {
  readonly store: Store;
  readonly chain: Chain;
  readonly epoch: Epoch;
  /** A nonce that the operator knows to be used by someone else, and vouches for. */
  readonly skipNonce: number | null;
}

/** Who used it up. */
export async function spenderOf(
  { store, chain, epoch, skipNonce }: SpentDeps,
  { relayer, nonce }: Batch,
): Promise<Place["spentBy"]> {
  for (const { txHash } of await store.read.anchors.attemptsWithNonce(epoch, relayer, nonce)) {
    if ((await chain.receipt(txHash)) !== null) return "us";
  }
  return nonce === skipNonce ? "vouched" : "stranger";
}

/**
 * The transaction that brought the batch to the contract, whoever sent it; null when it is not there, and is to be sent
 * with another nonce. @throws {AnchorTrouble} where it must not be sent at all
 */
export async function findArrival(
  { store, chain, epoch }: SpentDeps,
  batch: Batch,
  spentBy: Place["spentBy"],
): Promise<MinedAnchor | null> {
  const { fromSize, toSize, nonce, relayer } = batch;
  const { size: chainSize } = await chain.treeHead();
  const holdsOurRoot = chainSize >= toSize && (await chain.rootAt(toSize)) === toHex(batch.root);
  switch (reconcile({ fromSize, toSize, chainSize, holdsOurRoot, spentBy })) {
    case "adopt": {
      const before = await store.read.anchors.lastMined(epoch.number);
      const found = await chain.findAnchor(fromSize, toSize, before?.mined?.blockNumber ?? 0);
      if (found !== null) return found;
      throw new AnchorTrouble(
        "chain_behind",
        `the contract holds our events up to ${toSize}, but the endpoint has no log of how they got there`,
      );
    }
    case "renonce":
      return null;
    case "foreign":
      throw new AnchorTrouble(
        "foreign_nonce",
        `Nonce ${nonce} of the relayer ${relayer} was used by a transaction that this service did not send: ` +
          "somebody else has its key. Nothing is sent. Set RELAYER_PRIVATE_KEY to a key of its own and grant it " +
          `ANCHOR_ROLE; or, if you know that transaction, restart with ANCHOR_SKIP_NONCE=${nonce}.`,
      );
    case "mismatch":
      throw new AnchorTrouble(
        "chain_mismatch",
        `The contract holds ${chainSize} events where ${fromSize} or ${toSize} of ours were expected; nothing is sent. ` +
          "Another process writes to it, or the endpoint is not on the chain it was.",
      );
  }
}
