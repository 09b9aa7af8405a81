/** Moving the ledger to another chain or contract: on purpose, and after showing what that means. */
import type { Chain, Clock, Epoch, Store } from "../ports.ts";
import { planAnchor } from "./anchor-planning.ts";
import { assertContractIsEmpty, openEpoch } from "./epoch.ts";
import { EpochMismatch, findPlace, samePlace } from "./place.ts";
import type { Place } from "./place.ts";
import { rootAt } from "./tree.ts";

export interface Move {
  readonly from: Epoch | null;
  readonly to: Place;
  /** What the new contract will hold. */
  readonly size: number;
  readonly root: Uint8Array;
  readonly consentChanges: number;
  /** How far the contract that is left had come, as far as this database knows. */
  readonly anchoredSize: number;
  /** Of the first transaction: all events, and as many consent changes as fit; null where there is nothing to send. */
  readonly gas: bigint | null;
}

/** Looks at both ends, and changes nothing. @throws {EpochMismatch} where the ledger cannot move there */
export async function planMove(store: Store, chain: Chain): Promise<Move> {
  const { read } = store;
  const to = await findPlace(chain);
  const from = await read.anchors.currentEpoch();
  if (from !== null && samePlace(from, to)) {
    throw new EpochMismatch(
      `The ledger is anchored at ${to.contract} on chain ${to.chainId} already (epoch ${from.number}). To move it, ` +
        "deploy another contract (`npm run deploy`) and set CHAIN_RPC_URL and CONTRACT_ADDRESS to it.",
    );
  }
  await assertContractIsEmpty(chain);
  const { size } = await read.events.head();
  const planned = await planAnchor(read, { number: (from?.number ?? 0) + 1 }, "subtrees");
  const mined = from === null ? null : await read.anchors.lastMined(from.number);
  return {
    from,
    to,
    size,
    root: await rootAt(read, size),
    consentChanges: await read.consents.changeCount(),
    anchoredSize: mined?.toSize ?? 0,
    gas: planned === null ? null : await chain.estimateGas(planned.call),
  };
}

/**
 * Opens the epoch: one row in one transaction, so a crash leaves the ledger at one place or at the other. The service
 * anchors everything at its next start, in one transaction of subtrees; until then it is not sent anywhere.
 */
export async function moveLedger(
  store: Store,
  chain: Chain,
  clock: Clock,
  { from, to }: Move,
): Promise<Epoch> {
  const epoch = await openEpoch(store, chain, to, { disposable: false, now: clock.now(), after: from });
  if (epoch !== null) return epoch;
  throw new EpochMismatch("Another process opened an epoch meanwhile. Nothing was changed; look again.");
}
