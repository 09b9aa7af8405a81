import { pino } from "pino";
import type { Chain, Epoch, Store } from "../../server/ports.ts";
import { Anchorer } from "../../server/services/anchorer.ts";
import { eventually } from "../../test/helpers/eventually.ts";

/** Brings everything that a ledger has to its chain, by the real anchorer, and ends. @throws where that takes too long */
export async function anchorAll(
  place: { readonly store: Store; readonly chain: Chain; readonly epoch: Epoch },
  granularity: "digests" | "subtrees",
  timeoutMs: number,
): Promise<void> {
  const { size } = await place.store.read.events.head();
  const anchorer = new Anchorer({
    ...place,
    granularity,
    clock: { now: () => Date.now() },
    log: pino({ level: "silent" }),
    finality: 1,
    feeCap: 10n ** 12n,
    bumpAfterMs: 30_000,
    intervalMs: 0,
    skipNonce: null,
    owner: "anchor-all",
    leaseMs: 3_000,
  });
  await anchorer.start();
  anchorer.notify(size);
  const anchored = size === 0 || (await anchorer.anchored(size - 1, timeoutMs));
  // Consents may take a transaction after that of their events.
  const changes = await place.store.read.consents.changeCount();
  const told = async () =>
    ((await place.store.read.anchors.lastMined(place.epoch.number))?.toChange ?? 0) === changes;
  await eventually(told, "the chain is told of every consent", timeoutMs);
  await anchorer.stop();
  if (!anchored) throw new Error("the ledger was not anchored in time");
}
