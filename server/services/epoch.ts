/** Which chain and contract carry the ledger. The answer is pinned at first use; a different one is never taken silently. */
import type { Chain, Epoch, Logger, Store } from "../ports.ts";
import {
  EpochMismatch,
  assertContractHoldsOurLedger,
  assertFinalBlockStands,
  elsewhere,
  findPlace,
  samePlace,
} from "./place.ts";
import type { Place } from "./place.ts";

/**
 * The epoch to go on with while the chain does not answer: the one we know, if it is at the configured contract. What
 * it claims is confirmed before anything is sent. @throws the error it was given, where there is none
 */
export async function assumeEpoch(store: Store, chain: Chain, unreachable: Error): Promise<Epoch> {
  const current = await store.read.anchors.currentEpoch();
  if (current?.contract !== chain.contract) throw unreachable;
  return current;
}

/**
 * Finds or opens the epoch of the configured chain.
 * @param disposable the chain was made by this process and goes with it (the embedded one): a new epoch is the rule
 * @throws {EpochMismatch} when the chain, the contract's code or what it holds is not what we recorded
 */
export async function attachEpoch(
  store: Store,
  chain: Chain,
  options: { readonly disposable: boolean; readonly now: number; readonly log: Logger },
): Promise<Epoch> {
  const { log, now, disposable } = options;
  const found = await findPlace(chain);
  const current = await store.read.anchors.currentEpoch();
  // A disposable chain is always another: made within the same second, two of them even have the same genesis block.
  if (current !== null && !disposable && samePlace(current, found)) {
    await assertContractHoldsOurLedger(store.read, chain, current);
    await assertFinalBlockStands(store.read, chain, current);
    return current;
  }
  if (current !== null && !(disposable && current.disposable)) throw elsewhere(current, found);
  const epoch = await openEpoch(store, chain, found, { disposable, now, after: current });
  // Another process was faster: what it opened may be what we would have.
  if (epoch === null) return attachEpoch(store, chain, options);
  const { size } = await store.read.events.head();
  const { chainId, contract } = epoch;
  if (current !== null && size > 0) {
    log.warn(
      { epoch: epoch.number, chainId, contract, events: size },
      `the chain of epoch ${current.number} is gone: epoch ${epoch.number} opened, ` +
        `re-anchoring all ${size} events in one transaction`,
    );
  } else {
    log.info({ epoch: epoch.number, chainId, contract }, `epoch ${epoch.number} opened`);
  }
  return epoch;
}

/**
 * The epoch after the given one, at that place; null when another process opened one meanwhile. It takes the right to
 * send from whoever has it: what is sent to the earlier place from now on would be in vain.
 * @throws {EpochMismatch} when the contract holds anything
 */
export async function openEpoch(
  store: Store,
  chain: Chain,
  place: Place,
  options: { readonly disposable: boolean; readonly now: number; readonly after: Epoch | null },
): Promise<Epoch | null> {
  await assertContractIsEmpty(chain);
  const { disposable, now, after } = options;
  return store.write(async (tx) => {
    // One at a time: the row stays locked until the epoch is there.
    const { token } = await tx.anchors.lease();
    if ((await tx.anchors.takeLease(token, "")) === null) return null;
    if ((await tx.anchors.currentEpoch())?.number !== after?.number) return null;
    const epoch: Epoch = { number: (after?.number ?? 0) + 1, ...place, disposable, openedAt: now };
    await tx.anchors.openEpoch(epoch);
    return epoch;
  });
}

export async function assertContractIsEmpty(chain: Chain): Promise<void> {
  const { size } = await chain.treeHead();
  if (size === 0) return;
  throw new EpochMismatch(
    `The contract ${chain.contract} already holds ${size} events of which this database knows nothing. ` +
      "Either DATABASE_URL is not the one that wrote them, or the contract belongs to another ledger: deploy a new one.",
  );
}
