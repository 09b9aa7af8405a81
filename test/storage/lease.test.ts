import { expect } from "chai";
import { LeaseLost } from "../../server/ports.ts";
import type { Store } from "../../server/ports.ts";
import { SendingLease } from "../../server/services/lease.ts";
import { conformance } from "./conformance.ts";
import type { TestDatabase } from "./conformance.ts";
import { batch, epoch, range } from "./samples.ts";

const LEASE_MS = 3_000;

/** Two processes with clocks of their own, which need not agree. */
async function pair(database: TestDatabase) {
  const stores: Store[] = [await database.open(), await database.open()];
  await stores[0]!.write((tx) => tx.anchors.openEpoch(epoch(1)));
  const times = [1_000_000, 5];
  const leases = stores.map(
    (store, i) =>
      new SendingLease({ store, owner: `process ${i}`, leaseMs: LEASE_MS, monotonic: () => times[i]! }),
  );
  const [old, next] = leases as [SendingLease, SendingLease];
  const pass = (ms: number) => times.forEach((_, i) => (times[i]! += ms));
  return { old, next, pass, store: stores[0]! };
}

const failure = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(() => null).catch((error: unknown) => error);

conformance("the lease to send", (database) => {
  it("is one process's at a time, and the other's only when the holder has been silent for long enough", async () => {
    const { old, next, pass } = await pair(database);
    expect(await old.attend()).to.equal(true);
    expect(await next.attend()).to.equal(false);
    for (const _beat of range(5)) {
      pass(LEASE_MS - 1);
      await old.confirm();
      expect(await next.attend(), "it beats").to.equal(false);
    }
    pass(LEASE_MS - 1);
    expect(await next.attend(), "not yet").to.equal(false);
    pass(1);
    expect(await next.attend(), "silent").to.equal(true);
    await next.release();
    await old.release();
  });

  it("lost in a pause means that nothing is written: the write rolls back whole, and says why", async () => {
    const { old, next, pass, store } = await pair(database);
    await old.attend();
    await next.attend();
    pass(LEASE_MS);
    expect(await next.attend()).to.equal(true);
    const write = old.write((tx) =>
      tx.anchors.insertBatch(batch(0), { txHash: "0xlate", raw: "0x", fees: { type: 0, gasPrice: 1n } }),
    );
    expect(await failure(write)).to.be.instanceOf(LeaseLost);
    expect(await store.read.anchors.last(1)).to.equal(null);
    expect(old.held).to.equal(false);
    expect(await failure(old.confirm()), "nor is anything broadcast").to.be.instanceOf(LeaseLost);
    // What it gives back is not its own any more.
    await old.release();
    expect(await old.attend()).to.equal(false);
    await next.write(async () => {});
    await next.release();
  });

  it("given back is taken at once", async () => {
    const { old, next } = await pair(database);
    await old.attend();
    expect(await next.attend()).to.equal(false);
    await old.release();
    expect(await next.attend()).to.equal(true);
    await next.release();
  });

  it("that many reach for together is got by one", async () => {
    const store = await database.open();
    const leases = range(6).map(
      (i) => new SendingLease({ store, owner: `process ${i}`, leaseMs: LEASE_MS, monotonic: () => 0 }),
    );
    const got = await Promise.all(leases.map((lease) => lease.attend()));
    expect(got.filter(Boolean)).to.have.length(1);
    await Promise.all(leases.map((lease) => lease.release()));
  });
});

conformance("two senders that plan the same", (database) => {
  it("cannot both store it: neither the same place in the ledger nor the same nonce", async () => {
    const store = await database.open();
    await store.write((tx) => tx.anchors.openEpoch(epoch(1)));
    const signed = (txHash: string) => ({ txHash, raw: "0x", fees: { type: 0, gasPrice: 1n } as const });
    await store.write((tx) => tx.anchors.insertBatch(batch(0), signed("0xone")));
    const sameEvents = batch(1, { fromSize: 0, toSize: 3 });
    const sameNonce = batch(0, { fromSize: 10, toSize: 13 });
    for (const second of [sameEvents, sameNonce]) {
      const refused = await failure(store.write((tx) => tx.anchors.insertBatch(second, signed("0xtwo"))));
      expect(refused).to.be.instanceOf(Error);
    }
    // Another account has nonces of its own.
    const other = { ...sameNonce, relayer: "0xother" };
    await store.write((tx) => tx.anchors.insertBatch(other, signed("0xthree")));
  });
});
