/** What the support portal's figures are read from. */
import { expect } from "chai";
import type { EventOutcomes, Store, StoredEvent } from "../../server/ports.ts";
import { conformance } from "./conformance.ts";
import type { TestDatabase } from "./conformance.ts";
import { NOW, batch, epoch, insertBatch, minedIn, range, storedEvent, subjectOf } from "./samples.ts";

const HOUR = 3_600_000;
const hour = NOW - (NOW % HOUR);

const payload = (outcome: object) => new TextEncoder().encode(JSON.stringify({ outcome, v: 1 }));

async function append(store: Store, events: readonly Partial<StoredEvent>[]): Promise<void> {
  await store.write(async (tx) => {
    for (const [index, event] of events.entries()) {
      await tx.events.append(storedEvent({ index, id: `event-${index}`, subjectSeq: index, ...event }));
    }
  });
}

const inOrder = (found: readonly EventOutcomes[]) =>
  found.map(({ hour, type, result, locks, count }) => [hour, type, result, locks, count]).sort();

conformance("the outcomes of events", (database) => {
  it("are counted by hour, kind and result, within a range and no further", async () => {
    const store = await database.open();
    const valid = { type: "pin_verify", payload: payload({ result: "valid", attempt: 1, reserved: 1 }) };
    await append(store, [
      { ...valid, timestamp: hour - 1 },
      { ...valid, timestamp: hour },
      { ...valid, timestamp: hour + HOUR - 1 },
      { type: "pin_set", payload: payload({ consentId: "ü \u{1f600}" }), timestamp: hour + HOUR },
      { ...valid, timestamp: hour + HOUR },
    ]);
    expect(inOrder(await store.read.events.outcomes(0, 4))).to.deep.equal([
      [hour - HOUR, "pin_verify", "valid", false, 1],
      [hour, "pin_verify", "valid", false, 2],
      [hour + HOUR, "pin_set", null, false, 1],
    ]);
    expect(inOrder(await store.read.events.outcomes(2, 3))).to.deep.equal([
      [hour, "pin_verify", "valid", false, 1],
    ]);
    expect(await store.read.events.outcomes(5, 9)).to.deep.equal([]);
  });

  it("tell a lock by the attempt that brought it about, and by no other", async () => {
    const store = await database.open();
    const lockedUntil = "2026-01-31T09:15:00.000Z";
    const guess = (outcome: object) => ({ type: "pin_verify", payload: payload(outcome), timestamp: hour });
    await append(store, [
      guess({ result: "invalid", attempt: 4, reserved: 4, lockedUntil: null }),
      // Settled after the fifth had locked: not the one that did.
      guess({ result: "invalid", attempt: 4, reserved: 5, lockedUntil }),
      guess({ result: "invalid", attempt: 5, reserved: 5, lockedUntil }),
      // Refused by the lock: no attempt at all.
      guess({ result: "locked", reserved: 5, lockedUntil }),
      { type: "admin_unlock", payload: payload({ reserved: 5, lockedUntil: null }), timestamp: hour },
    ]);
    const locked = (await store.read.events.outcomes(0, 5)).filter(({ locks }) => locks);
    expect(inOrder(locked)).to.deep.equal([[hour, "pin_verify", "invalid", true, 1]]);
  });

  it("are nobody's once the person is erased: the kind is left, and no result", async () => {
    const store = await database.open();
    const { id } = await store.write((tx) => subjectOf(tx, "a"));
    await append(store, [{ subjectId: id, timestamp: hour, payload: payload({ result: "invalid" }) }]);
    await store.write((tx) => tx.subjects.erase(id));
    expect(inOrder(await store.read.events.outcomes(0, 1))).to.deep.equal([
      [hour, "pin_verify", null, false, 1],
    ]);
  });
});

conformance("the longest lag of an anchor", (database) => {
  /** 40 events, a second apart, and batches of 10 of which the first three were seen in blocks. */
  async function anchored(db: TestDatabase): Promise<Store> {
    const store = await db.open();
    for (const number of [1, 2]) await store.write((tx) => tx.anchors.openEpoch(epoch(number)));
    await append(
      store,
      range(40).map((i) => ({ timestamp: NOW + i * 1_000 })),
    );
    for (const nonce of range(4)) {
      const { id } = await insertBatch(store, batch(nonce, { createdAt: NOW + 15_000 + nonce * 10_000 }));
      if (nonce === 3) break;
      // The first was slow.
      const seen = NOW + (nonce === 0 ? 60_000 : 20_000 + nonce * 10_000);
      await store.write((tx) => tx.anchors.setMined(id, minedIn(nonce), seen));
    }
    return store;
  }

  it("is that of the oldest event in each batch, from when it was appended to when we saw it in a block", async () => {
    const { anchors } = (await anchored(database)).read;
    expect(await anchors.longestLag(1, 0, 40)).to.equal(60_000);
    expect(await anchors.longestLag(1, 10, 40)).to.equal(20_000);
    expect(await anchors.longestLag(1, 10, 20)).to.equal(20_000);
  });

  it("counts, of a batch that began before the range, from the first event within", async () => {
    const { anchors } = (await anchored(database)).read;
    expect(await anchors.longestLag(1, 4, 10)).to.equal(56_000);
    expect(await anchors.longestLag(1, 9, 11)).to.equal(51_000);
    expect(await anchors.longestLag(1, 19, 20)).to.equal(11_000);
  });

  it("is none for what is in no block, or in none of that epoch, also after a reorganisation", async () => {
    const store = await anchored(database);
    const { anchors } = store.read;
    expect(await anchors.longestLag(1, 30, 40)).to.equal(null);
    expect(await anchors.longestLag(2, 0, 40)).to.equal(null);
    await store.write((tx) => tx.anchors.setBack(1, 0));
    expect(await anchors.longestLag(1, 0, 40)).to.equal(null);
  });

  it("is, for batches of before such times were kept, to the making of the batch", async () => {
    const store = await anchored(database);
    await database.raw().updateTable("batches").set({ mined_at: null }).execute();
    expect(await store.read.anchors.longestLag(1, 0, 10)).to.equal(15_000);
  });
});

conformance("weak PINs refused", (database) => {
  it("add up by hour, whoever adds", async () => {
    const store = await database.open();
    expect(await store.read.weakRejections.between(0, NOW)).to.deep.equal([]);
    await Promise.all(range(5).map((i) => store.write((tx) => tx.weakRejections.add(hour, i))));
    await store.write((tx) => tx.weakRejections.add(hour + HOUR, 7));
    const all = [
      { hour, count: 10 },
      { hour: hour + HOUR, count: 7 },
    ];
    expect(await store.read.weakRejections.between(hour, hour + HOUR + 1)).to.deep.equal(all);
    expect(await store.read.weakRejections.between(hour, hour + HOUR)).to.deep.equal(all.slice(0, 1));
    expect(await store.read.weakRejections.between(hour + 1, hour + HOUR)).to.deep.equal([]);
  });
});
