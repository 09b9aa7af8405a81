import { expect } from "chai";
import type { Store } from "../../server/ports.ts";
import { conformance } from "./conformance.ts";
import type { TestDatabase } from "./conformance.ts";
import { FEES, NOW, batch, epoch, insertBatch, minedIn, range } from "./samples.ts";

async function openWithEpochs(database: TestDatabase): Promise<Store> {
  const store = await database.open();
  for (const number of [1, 2]) await store.write((tx) => tx.anchors.openEpoch(epoch(number)));
  return store;
}

conformance("epochs", (database) => {
  it("have one current: the latest, opened once", async () => {
    const store = await database.open();
    expect(await store.read.anchors.currentEpoch()).to.equal(null);
    for (const number of [1, 2, 10]) {
      await store.write((tx) => tx.anchors.openEpoch(epoch(number)));
      expect(await store.read.anchors.currentEpoch()).to.deep.equal(epoch(number));
    }
    const refused = await store
      .write((tx) => tx.anchors.openEpoch({ ...epoch(10), contract: "0xother" }))
      .catch((error: unknown) => error);
    expect(refused).to.be.instanceOf(Error);
    expect(await store.read.anchors.currentEpoch()).to.deep.equal(epoch(10));
  });
});

conformance("batches", (database) => {
  it("go from broadcast to mined to final, and are found in each state", async () => {
    const store = await openWithEpochs(database);
    const { read } = store;
    expect(await read.anchors.inFlight(1)).to.deep.equal([]);
    const sent = await insertBatch(store, batch(0));
    expect(sent).to.deep.equal({ ...batch(0), id: sent.id, status: "broadcast", mined: null });
    expect(await read.anchors.inFlight(1)).to.deep.equal([sent]);
    expect(await read.anchors.unfinalized(1)).to.deep.equal([]);
    expect(await read.anchors.lastMined(1)).to.equal(null);

    await store.write((tx) => tx.anchors.setMined(sent.id, minedIn(7), NOW));
    const mined = { ...sent, status: "mined", mined: minedIn(7) };
    expect(await read.anchors.inFlight(1)).to.deep.equal([]);
    expect(await read.anchors.unfinalized(1)).to.deep.equal([mined]);
    expect(await read.anchors.lastMined(1)).to.deep.equal(mined);

    await store.write((tx) => tx.anchors.setFinal(1, sent.id));
    expect(await read.anchors.unfinalized(1)).to.deep.equal([]);
    expect(await read.anchors.lastMined(1)).to.deep.equal({ ...mined, status: "final" });
  });

  it("have a first in flight, a last, a last mined, and the unfinalized in order", async () => {
    const store = await openWithEpochs(database);
    const ids: number[] = [];
    for (const nonce of range(12)) ids.push((await insertBatch(store, batch(nonce))).id);
    await store.write(async (tx) => {
      for (const id of ids.slice(0, 10).reverse()) await tx.anchors.setMined(id, minedIn(id), NOW);
      await tx.anchors.setFinal(1, ids[0]!);
    });
    const { anchors } = store.read;
    expect((await anchors.inFlight(1)).map(({ nonce }) => nonce)).to.deep.equal([10, 11]);
    expect((await anchors.unfinalized(1, { limit: 1 })).map(({ nonce }) => nonce)).to.deep.equal([1]);
    expect((await anchors.lastFinal(1))?.nonce).to.equal(0);
    expect((await anchors.last(1))?.nonce).to.equal(11);
    expect((await anchors.lastMined(1))?.nonce).to.equal(9);
    expect((await anchors.unfinalized(1)).map(({ nonce }) => nonce)).to.deep.equal(range(10).slice(1));
  });

  it("cover each event once: those of a batch, not its neighbours', not one of consents alone", async () => {
    const store = await openWithEpochs(database);
    await insertBatch(store, batch(0, { fromSize: 0, toSize: 1 }));
    await insertBatch(store, batch(1, { fromSize: 1, toSize: 1, toChange: 5 }));
    await insertBatch(store, batch(2, { fromSize: 1, toSize: 4, fromChange: 5, toChange: 5 }));
    await insertBatch(store, batch(3, { fromSize: 4, toSize: 260, fromChange: 5, toChange: 5 }));
    const covering = async (index: number) => (await store.read.anchors.covering(1, index))?.nonce;
    expect(await Promise.all([0, 1, 2, 3, 4, 259, 260].map(covering))).to.deep.equal([
      0,
      2,
      2,
      2,
      3,
      3,
      undefined,
    ]);
  });

  it("belong to their epoch", async () => {
    const store = await openWithEpochs(database);
    await insertBatch(store, batch(0));
    const second = await insertBatch(store, batch(0, { epoch: 2, toSize: 99 }));
    await store.write((tx) => tx.anchors.setMined(second.id, minedIn(1), NOW));
    const { anchors } = store.read;
    expect((await anchors.last(1))?.epoch).to.equal(1);
    expect(await anchors.lastMined(1)).to.equal(null);
    expect(await anchors.unfinalized(1)).to.deep.equal([]);
    expect(await anchors.inFlight(2)).to.deep.equal([]);
    expect(await anchors.covering(1, 50)).to.equal(null);
    expect((await anchors.covering(2, 50))?.id).to.equal(second.id);
  });

  it("have their signed bytes with them from the start", async () => {
    const store = await openWithEpochs(database);
    const { id } = await insertBatch(store, batch(3));
    expect(await store.read.anchors.attempts(id)).to.deep.equal([
      { batchId: id, txHash: "0x1-3", raw: "0xsigned3", relayer: "0xrelayer", nonce: 3, fees: FEES },
    ]);
    expect(await store.read.anchors.attempts(id + 1)).to.deep.equal([]);
  });

  it("never share a nonce: of two senders one is refused, before it has anything to broadcast", async () => {
    const store = await openWithEpochs(database);
    await insertBatch(store, batch(5));
    const twin = store.write((tx) =>
      tx.anchors.insertBatch(batch(5, { toSize: 99 }), { txHash: "0xtwin", raw: "0xtwin", fees: FEES }),
    );
    expect(await twin.catch((error: unknown) => error)).to.be.instanceOf(Error);
    expect((await store.read.anchors.last(1))?.toSize).to.equal(60);

    const raced = await Promise.allSettled(
      range(5).map((i) =>
        store.write((tx) =>
          tx.anchors.insertBatch(batch(6), { txHash: `0xraced${i}`, raw: "0x", fees: FEES }),
        ),
      ),
    );
    expect(raced.filter(({ status }) => status === "fulfilled")).to.have.length(1);
    expect(await store.read.anchors.attempts((await store.read.anchors.last(1))!.id)).to.have.length(1);
  });
});

conformance("attempts", (database) => {
  it("are kept, all of them and in order, and the last says with which account and nonce the batch goes", async () => {
    const store = await openWithEpochs(database);
    const { id } = await insertBatch(store, batch(3));
    const raised = { type: 2 as const, maxFeePerGas: 2n ** 80n, maxPriorityFeePerGas: 0n };
    const more = [
      { txHash: "0xraised", nonce: 3, relayer: "0xrelayer", fees: raised },
      { txHash: "0xmoved", nonce: 0, relayer: "0xother", fees: { type: 0 as const, gasPrice: 7n } },
    ];
    for (const one of more)
      await store.write((tx) => tx.anchors.addAttempt({ batchId: id, raw: "0x", ...one }));
    const attempts = await store.read.anchors.attempts(id);
    expect(attempts.map(({ txHash }) => txHash)).to.deep.equal(["0x1-3", "0xraised", "0xmoved"]);
    expect(attempts.slice(1)).to.deep.equal(more.map((one) => ({ batchId: id, raw: "0x", ...one })));
    expect((await store.read.anchors.inFlight(1))[0]).to.include({ relayer: "0xother", nonce: 0 });
  });

  it("are found by their nonce, in whatever epoch on that chain, but not on a disposable one that looks the same", async () => {
    const store = await database.open();
    const [lasting, disposable] = [false, true].map((gone) => ({ ...epoch(1), disposable: gone }));
    for (const [i, place] of [lasting!, disposable!, lasting!].entries())
      await store.write((tx) => tx.anchors.openEpoch({ ...place, number: i + 1 }));
    for (const number of [1, 2, 3]) await insertBatch(store, batch(5, { epoch: number }));
    const found = async (number: number) => {
      const place = { ...(number === 2 ? disposable! : lasting!), number };
      const attempts = await store.read.anchors.attemptsWithNonce(place, "0xrelayer", 5);
      return attempts.map(({ txHash }) => txHash);
    };
    expect(await found(3)).to.deep.equal(["0x1-5", "0x3-5"]);
    expect(await store.read.anchors.attemptsWithNonce(lasting!, "0xrelayer", 6)).to.deep.equal([]);
    expect(await store.read.anchors.attemptsWithNonce(lasting!, "0xother", 5)).to.deep.equal([]);
  });
});

conformance("a reorganisation", (database) => {
  it("sets back the first batch whose block is gone and all after it, in order, and no final one", async () => {
    const store = await openWithEpochs(database);
    const ids: number[] = [];
    for (const nonce of range(6)) {
      const { id } = await insertBatch(store, batch(nonce));
      ids.push(id);
      if (nonce < 5) await store.write((tx) => tx.anchors.setMined(id, minedIn(nonce), NOW));
    }
    await store.write((tx) => tx.anchors.setFinal(1, ids[1]!));
    await store.write((tx) => tx.anchors.setBack(1, ids[3]!));
    const { anchors } = store.read;
    expect((await anchors.inFlight(1)).map(({ nonce }) => nonce)).to.deep.equal([3, 4, 5]);
    expect((await anchors.inFlight(1))[0]).to.include({ status: "broadcast", mined: null });
    expect((await anchors.unfinalized(1)).map(({ nonce }) => nonce)).to.deep.equal([2]);
    await store.write((tx) => tx.anchors.setBack(1, 0));
    expect((await anchors.lastMined(1))?.nonce, "final stays").to.equal(1);
  });
});
