import { expect } from "chai";
import fc from "fast-check";
import { conformance } from "./conformance.ts";
import {
  LARGE,
  NOW,
  appendFor,
  batch,
  challenge,
  epoch,
  insertBatch,
  minedIn,
  range,
  sha256,
  storedEvent,
  together,
} from "./samples.ts";

conformance("the ledger", (database) => {
  it("gives 50 events appended at once the indexes 0 to 49, and each subject's its sequence", async () => {
    const store = await database.open();
    const names = ["a", "b", "c", "d", "e"];
    const appended = await together(store, 50, (tx, i) => appendFor(tx, names[i % names.length]!));
    expect(appended.map((event) => event.index).sort((a, b) => a - b)).to.deep.equal(range(50));
    expect((await store.read.events.head()).size).to.equal(50);
    const events = await Promise.all(appended.map(({ id }) => store.read.events.byId(id)));
    const inOrder = events.map((event) => event!).sort((a, b) => a.index - b.index);
    for (const name of names) {
      const own = inOrder.filter((event) => event.subjectId === `subject-${name}`);
      expect(own.map((event) => event.subjectSeq)).to.deep.equal(range(10));
    }
    expect(await store.read.events.digests(0, 50)).to.deep.equal(inOrder.map((event) => event.digest));
  });

  it("leaves no gap where an append fails", async () => {
    const store = await database.open();
    const outcomes = await Promise.allSettled(
      range(30).map((i) =>
        store.write(async (tx) => {
          const event = await appendFor(tx, "a");
          if (i % 3 === 0) throw new Error("changed my mind");
          return event.index;
        }),
      ),
    );
    const kept = outcomes.flatMap((outcome) => (outcome.status === "fulfilled" ? [outcome.value] : []));
    expect(kept.sort((a, b) => a - b)).to.deep.equal(range(20));
    expect((await store.read.events.head()).size).to.equal(20);
  });

  it("never goes back in time, even if the clock does", async () => {
    const store = await database.open();
    await store.write((tx) => appendFor(tx, "a", NOW));
    const next = await store.write((tx) => appendFor(tx, "a", NOW - 5_000));
    expect(next.timestamp).to.equal(NOW);
    expect((await store.read.events.head()).lastTimestamp).to.equal(NOW);
  });

  it("is not behind a decision that left no event, and never goes back to one", async () => {
    const store = await database.open();
    await store.write((tx) => tx.events.advance(NOW + 1_000));
    expect(await store.write((tx) => appendFor(tx, "a", NOW))).to.include({ timestamp: NOW + 1_000 });
    await store.write((tx) => tx.events.advance(NOW));
    expect((await store.read.events.head()).lastTimestamp).to.equal(NOW + 1_000);
  });

  it("appends at its size and nowhere else", async () => {
    const store = await database.open();
    const append = (index: number, id: string) =>
      store.write((tx) => tx.events.append(storedEvent({ index, id, subjectSeq: index })));
    await append(0, "event-0");
    for (const wrong of [0, 2, 7]) {
      const refused = await append(wrong, `event at ${wrong}`).catch((error: unknown) => error);
      expect(refused, `index ${wrong}`).to.be.instanceOf(Error);
      expect(await store.read.events.byId(`event at ${wrong}`)).to.equal(null);
    }
    await append(1, "event-1");
    expect((await store.read.events.head()).size).to.equal(2);
  });

  it("takes no event id and no place in a subject's sequence twice", async () => {
    const store = await database.open();
    await store.write((tx) => tx.events.append(storedEvent()));
    for (const twice of [
      storedEvent({ index: 1, subjectSeq: 1 }),
      storedEvent({ index: 1, id: "another" }),
    ]) {
      const refused = await store.write((tx) => tx.events.append(twice)).catch((error: unknown) => error);
      expect(refused).to.be.instanceOf(Error);
    }
    expect((await store.read.events.head()).size).to.equal(1);
  });

  it("gives the digests of a range, in order", async () => {
    const store = await database.open();
    const digests = range(12).map((i) => sha256(`digest ${i}`));
    await store.write(async (tx) => {
      for (const [index, digest] of digests.entries()) {
        await tx.events.append(storedEvent({ index, id: `event-${index}`, subjectSeq: index, digest }));
      }
    });
    const { read } = store;
    expect(await read.events.digests(0, 12)).to.deep.equal(digests);
    expect(await read.events.digests(3, 11)).to.deep.equal(digests.slice(3, 11));
    expect(await read.events.digests(5, 5)).to.deep.equal([]);
    expect(await read.events.digests(10, 99)).to.deep.equal(digests.slice(10));
    expect(await read.events.byId("nobody's")).to.equal(null);
  });
});

conformance("what is stored", (database) => {
  it("comes back byte for byte: payload, salt and digest of an event, or null once erased", async () => {
    const store = await database.open();
    const everyByte = Uint8Array.from(range(256));
    const events = [
      storedEvent({ payload: everyByte, salt: everyByte.toReversed() }),
      storedEvent({ index: 1, id: "event-1", subjectSeq: 1, payload: null, salt: null }),
      storedEvent({ index: 2, id: "event-2", subjectSeq: 2, payload: new Uint8Array(), timestamp: LARGE }),
    ];
    for (const event of events) await store.write((tx) => tx.events.append(event));
    for (const event of events) expect(await store.read.events.byId(event.id)).to.deep.equal(event);
  });

  it("comes back as plain Uint8Arrays with memory of their own", async () => {
    const store = await database.open();
    await store.write(async (tx) => {
      await tx.events.append(storedEvent());
      await tx.tiles.put({ level: 0, index: 0, hashes: sha256("tile") });
      await tx.otps.create(challenge("c1"));
      await tx.anchors.openEpoch(epoch(1));
    });
    await insertBatch(store, batch(0));
    const grant = await store.write((tx) => tx.otps.latestForUpdate("alias-a", "consent"));
    const arrays = [
      (await store.read.events.byId("event-0"))?.payload,
      ...(await store.read.events.digests(0, 1)),
      await store.read.tiles.get(0, 0),
      grant?.codeMac,
      (await store.read.anchors.last(1))?.root,
    ];
    for (const bytes of arrays) {
      expect(Object.getPrototypeOf(bytes)).to.equal(Uint8Array.prototype);
      expect(bytes?.buffer.byteLength).to.equal(bytes?.length);
    }
  });

  it("comes back exactly, integers up to the largest tree included", async () => {
    const store = await database.open();
    const large = {
      ...epoch(1),
      chainId: LARGE - 1,
      openedAt: LARGE + 1,
    };
    await store.write((tx) => tx.anchors.openEpoch(large));
    expect(await store.read.anchors.currentEpoch()).to.deep.equal(large);
    const sent = await insertBatch(
      store,
      batch(LARGE - 1, { fromSize: LARGE - 2, toSize: LARGE, fromChange: LARGE - 3, toChange: LARGE - 3 }),
    );
    await store.write((tx) => tx.anchors.setMined(sent.id, minedIn(LARGE + 7), NOW));
    expect(await store.read.anchors.covering(1, LARGE - 1)).to.deep.equal({
      ...sent,
      status: "mined",
      mined: minedIn(LARGE + 7),
    });
  });

  it("comes back from tiles whatever they hold, wherever they are, the latest put", async () => {
    const store = await database.open();
    const tile = fc.record({
      level: fc.nat({ max: 6 }),
      index: fc.oneof(fc.nat({ max: 3 }), fc.integer({ min: LARGE - 2, max: LARGE })),
      hashes: fc.uint8Array({ minLength: 32, maxLength: 8192 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(tile, { minLength: 1, maxLength: 5 }), async (tiles) => {
        await store.write(async (tx) => {
          for (const put of tiles) await tx.tiles.put(put);
        });
        const latest = new Map(tiles.map((put) => [`${put.level}/${put.index}`, put]));
        for (const { level, index, hashes } of latest.values()) {
          expect(await store.read.tiles.get(level, index)).to.deep.equal(hashes);
        }
      }),
      { numRuns: 25 },
    );
    expect(await store.read.tiles.get(7, 0)).to.equal(null);
  });
});
