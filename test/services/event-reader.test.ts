import { expect } from "chai";
import fc from "fast-check";
import type { EventDraft } from "../../server/domain/events.ts";
import { fromUtf8 } from "../../server/ledger/index.ts";
import type { Store, StoredEvent } from "../../server/ports.ts";
import { createEventReader } from "../../server/services/event-reader.ts";
import type { EventQuery, EventReader } from "../../server/services/event-reader.ts";
import { appendEvent } from "../../server/services/ledger.ts";
import { createReceipts } from "../../server/services/receipts.ts";
import { openStore } from "../../server/storage/open.ts";
import {
  FEES,
  NOW,
  batch,
  draft,
  epoch,
  minedIn,
  randomBytes,
  range,
  subject,
  subjectOf,
} from "../storage/samples.ts";

/** More than one page looks through for something rare. */
const SIZE = 12_500;
const RARE = [3, 11_999, 12_400];
const MINED = 6_000;
const ERASED = "5";

const typeOf = (i: number): EventDraft["type"] => (RARE.includes(i) ? "pin_set" : "pin_verify");

describe("a page of events", () => {
  let store: Store;
  let reader: EventReader;
  const all: { event: StoredEvent; policy: unknown }[] = [];
  before(async function () {
    this.timeout(60_000);
    store = await openStore({ url: "sqlite::memory:", newLedgerId: "test-ledger" });
    await store.write(async (tx) => {
      for (const i of range(SIZE)) {
        const policy = i % 3 === 0 ? "standard" : "fra";
        const who = await subjectOf(tx, String(i % 1_000));
        // Five events a second: several have the same instant, and some seconds have none.
        const now = NOW + Math.floor(i / 5) * 1_000;
        await appendEvent(tx, who, { ...draft, type: typeOf(i), policy }, { now, randomBytes });
      }
      await tx.subjects.erase(subject(ERASED).id);
      await tx.anchors.openEpoch(epoch(1));
      for (const [nonce, fromSize, toSize] of [
        [0, 0, 10],
        [1, 10, MINED],
        [2, MINED, SIZE - 10],
      ] as const) {
        const sent = await tx.anchors.insertBatch(batch(nonce, { fromSize, toSize }), {
          txHash: `0xsent${nonce}`,
          raw: "0x",
          fees: FEES,
        });
        if (nonce < 2) await tx.anchors.setMined(sent.id, minedIn(nonce), NOW);
      }
    });
    for (const event of await store.read.events.range({ from: 0, to: SIZE, limit: SIZE })) {
      const { payload } = event;
      const policy = payload === null ? null : (JSON.parse(fromUtf8(payload)) as { policy: string }).policy;
      all.push({ event, policy });
    }
    const signer = { checkpoint: () => "", verifierKey: () => "" };
    reader = createEventReader({ store, receipts: createReceipts({ store, signer, epoch: epoch(1) }) });
  });
  after(() => store.close());

  async function everyPage(query: Omit<EventQuery, "start">, start = 0) {
    const indices: number[] = [];
    const onwards = query.order === "newest" ? "lessThan" : "greaterThan";
    let pages = 0;
    for (let next: number | null = start; next !== null; pages++) {
      const page = await reader.page({ ...query, start: next });
      expect(page.events.length).to.be.at.most(query.limit);
      if (page.next !== null) expect(page.next).to.be[onwards](next);
      indices.push(...page.events.map(({ event }) => event.index));
      next = page.next;
    }
    return { indices, pages };
  }

  const instant = fc
    .tuple(fc.integer({ min: -5, max: SIZE / 5 + 5 }), fc.constantFrom(0, 0, -1, 1, 500))
    .map(([seconds, ms]) => NOW + seconds * 1_000 + ms);
  // Seldom, so that most queries fit something.
  const maybe = <T>(arbitrary: fc.Arbitrary<T>) =>
    fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });
  const queries = fc.record({
    order: fc.constantFrom("oldest" as const, "newest" as const),
    limit: fc.integer({ min: 40, max: 500 }),
    type: maybe(fc.constantFrom("pin_set", "pin_verify", "never")),
    policy: maybe(fc.constantFrom("fra", "standard", "never")),
    from: fc.option(instant, { nil: undefined, freq: 2 }),
    to: fc.option(instant, { nil: undefined, freq: 2 }),
    identityHash: maybe(
      fc.constantFrom("3", "7", ERASED, "nobody").map((name) => subject(name).identityHash),
    ),
  });

  it("after another gives each event that fits once, in order, and no other", async function () {
    this.timeout(120_000);
    await fc.assert(
      fc.asyncProperty(queries, fc.nat(SIZE), async (query, start) => {
        const { order, type, policy, from, to, identityHash } = query;
        const wanted = all
          .filter(({ event }) => (order === "newest" ? event.index < start : event.index >= start))
          .filter(({ event }) => type === undefined || event.type === type)
          .filter((one) => policy === undefined || one.policy === policy)
          .filter(({ event }) => from === undefined || event.timestamp >= from)
          .filter(({ event }) => to === undefined || event.timestamp < to)
          .filter(
            ({ event }) =>
              identityHash === undefined || subject(event.subjectId.slice(8)).identityHash === identityHash,
          )
          .map(({ event }) => event.index);
        if (order === "newest") wanted.reverse();
        expect((await everyPage(query, start)).indices).to.deep.equal(wanted);
      }),
      { numRuns: 100 },
    );
  });

  it("looks through a bounded part of the ledger, however rare what is sought", async () => {
    const first = await reader.page({ start: 0, limit: 500, type: "pin_set" });
    expect(first.events.map(({ event }) => event.index)).to.deep.equal([3]);
    expect(first.next).to.equal(10_000);
    const { indices, pages } = await everyPage({ limit: 500, type: "pin_set" });
    expect(indices).to.deep.equal(RARE);
    expect(pages).to.equal(2);
    expect((await reader.page({ start: 0, limit: 500, policy: "never" })).next).to.be.at.most(10_000);
  });

  it("begins at the end where the newest come first, and tells of each its own anchor", async () => {
    const { events, next } = await reader.page({ order: "newest", limit: 12 });
    expect(events.map(({ event }) => event.index)).to.deep.equal(range(12).map((i) => SIZE - 1 - i));
    expect(next).to.equal(SIZE - 12);
    expect(events.map(({ anchor }) => anchor.status)).to.deep.equal([
      ...Array<string>(10).fill("committed"),
      ...Array<string>(2).fill("broadcast"),
    ]);
    const oldest = await reader.page({ order: "newest", start: 12, limit: 500 });
    expect(oldest.events.map(({ anchor }) => anchor.blockNumber)).to.deep.equal([1, 1, ...Array(10).fill(0)]);
    expect(oldest.next).to.equal(null);
  });

  it("finds one subject's events in one go, erased ones too, without what they said", async () => {
    const page = await reader.page({ start: 0, limit: 500, identityHash: subject(ERASED).identityHash });
    expect(page.next).to.equal(null);
    expect(page.events.map(({ event }) => event.index)).to.deep.equal(range(13).map((i) => i * 1_000 + 5));
    for (const { event } of page.events) expect(event).to.deep.include({ payload: null, salt: null });
  });

  it("tells of each event where it is anchored", async () => {
    const { events } = await reader.page({ start: 0, limit: 500, identityHash: subject("8").identityHash });
    for (const { event, anchor } of events) {
      if (event.index < MINED)
        expect(anchor).to.include({ status: "mined", blockNumber: event.index < 10 ? 0 : 1 });
      else expect(anchor).to.include({ status: "broadcast", txHash: "0xsent2", blockNumber: null });
    }
    const last = await reader.page({ start: SIZE - 12, limit: 500 });
    expect(last.events.map(({ anchor }) => anchor.status)).to.deep.equal([
      ...Array<string>(2).fill("broadcast"),
      ...Array<string>(10).fill("committed"),
    ]);
  });

  it("beyond the end is empty", async () => {
    for (const start of [SIZE, SIZE + 1, 2 ** 48]) {
      expect(await reader.page({ start, limit: 10 })).to.deep.equal({ events: [], next: null });
    }
  });
});
