import { expect } from "chai";
import fc from "fast-check";
import type { Store } from "../../server/ports.ts";
import { createFigures } from "../../server/services/figures.ts";
import { HourlyCounts } from "../../server/services/hourly-counts.ts";
import { createWeakRejections } from "../../server/services/weak-rejections.ts";
import { openStore } from "../../server/storage/open.ts";
import { batch, epoch, insertBatch, minedIn, range, storedEvent } from "../storage/samples.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** A full hour. */
const START = Date.UTC(2026, 0, 31, 9);

const payload = (outcome: object) => new TextEncoder().encode(JSON.stringify({ outcome, v: 1 }));
const RIGHT = { type: "pin_verify", payload: payload({ result: "valid" }) };

describe("Figures", () => {
  let store: Store;
  let now: number;
  let size: number;
  const clock = { now: () => now };
  beforeEach(async () => {
    store = await openStore({ url: "sqlite::memory:", newLedgerId: "ledger" });
    [now, size] = [START, 0];
  });
  afterEach(() => store.close());

  const append = (...events: readonly { readonly timestamp: number; readonly type?: string }[]) =>
    store.write(async (tx) => {
      for (const event of events) {
        const place = { index: size, id: `event-${size}`, subjectSeq: size };
        await tx.events.append(storedEvent({ ...RIGHT, ...place, ...event }));
        size++;
      }
    });
  const figures = () =>
    createFigures({ store, clock, weakRejections: createWeakRejections({ store, clock }) });

  it("of an hour are those of [its start, the next one's), however often and from how far back they are asked for", () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            steps: fc.array(fc.nat({ max: 40 * MINUTE }), { maxLength: 30 }),
            back: fc.integer({ min: 0, max: 12 }),
          }),
          { minLength: 1, maxLength: 6 },
        ),
        async (looks) => {
          const mine = await openStore({ url: "sqlite::memory:", newLedgerId: "ledger" });
          const times: number[] = [];
          let time = START;
          const counts = new HourlyCounts(mine.read);
          for (const { steps, back } of looks) {
            await mine.write(async (tx) => {
              for (const step of steps) {
                time += step;
                const [index, id] = [times.length, `event-${times.length}`];
                times.push(time);
                await tx.events.append(
                  storedEvent({ ...RIGHT, index, id, subjectSeq: index, timestamp: time }),
                );
              }
            });
            const since = time - (time % HOUR) - back * HOUR;
            const found = await counts.since(since);
            for (let hour = since; hour <= time; hour += HOUR) {
              const [from, to] = [hour, hour + HOUR].map((end) => times.filter((at) => at < end).length);
              const told = found.get(hour) ?? { counts: { right: 0 }, from: to, to };
              expect([told.counts.right, told.from, told.to]).to.deep.equal([
                to! - from!,
                from === to ? to : from,
                to,
              ]);
            }
          }
          await mine.close();
        },
      ),
      { numRuns: 30 },
    ));

  it("are counted once, also where many ask at the same time", async () => {
    await append(...range(2_500).map((i) => ({ timestamp: START + i })));
    const told = await Promise.all(range(5).map(() => figures().last(2)));
    const counts = new HourlyCounts(store.read);
    const together = await Promise.all(range(5).map((i) => counts.since(START - i * HOUR)));
    for (const hours of together) expect(hours.get(START)?.counts.right).to.equal(2_500);
    for (const { hours } of told) expect(hours.map(({ right }) => right)).to.deep.equal([0, 2_500]);
  });

  it("are for as many hours as were asked for, empty ones included, up to the one that goes on", async () => {
    now = START + 30 * MINUTE;
    const { asOf, hours } = await figures().last(24);
    expect(asOf).to.equal(now);
    expect(hours.map(({ start }) => start)).to.deep.equal(range(24).map((i) => START - (23 - i) * HOUR));
    const { start: _, ...numbers } = hours[7]!;
    expect(numbers).to.deep.equal({
      setUps: 0,
      right: 0,
      wrong: 0,
      refused: 0,
      lockouts: 0,
      weakRejections: 0,
      longestLagMs: null,
    });
  });

  it("show events that are dated ahead of a clock that was set back", async () => {
    await append({ timestamp: START + HOUR });
    const { asOf, hours } = await figures().last(2);
    expect(asOf).to.equal(START + HOUR);
    expect(hours.map(({ right }) => right)).to.deep.equal([0, 1]);
  });

  describe("of how long events waited for a block", () => {
    const lags = async () => (await figures().last(3)).hours.map(({ longestLagMs }) => longestLagMs);

    it("are, for what is in none, of until now", async () => {
      await store.write((tx) => tx.anchors.openEpoch(epoch(1)));
      await append({ timestamp: START + 10 * MINUTE }, { timestamp: START + HOUR + 20 * MINUTE });
      now = START + 2 * HOUR + MINUTE;
      expect(await lags()).to.deep.equal([111 * MINUTE, 41 * MINUTE, null]);
    });

    it("are told of each hour that one late batch carries, by that hour's own first event", async () => {
      await store.write((tx) => tx.anchors.openEpoch(epoch(1)));
      await append(
        { timestamp: START + 50 * MINUTE },
        { timestamp: START + 55 * MINUTE },
        { timestamp: START + HOUR + 5 * MINUTE },
        { timestamp: START + 2 * HOUR },
      );
      const { id } = await insertBatch(store, batch(0, { fromSize: 0, toSize: 4 }));
      now = START + 2 * HOUR + MINUTE;
      await store.write((tx) => tx.anchors.setMined(id, minedIn(1), now));
      const expected = [71 * MINUTE, 56 * MINUTE, MINUTE];
      expect(await lags()).to.deep.equal(expected);
      await store.write((tx) => tx.anchors.setFinal(1, 1));
      now += 30 * MINUTE;
      expect(await lags(), "it waits no longer").to.deep.equal(expected);
    });

    it("end with the first block that had them, whatever epochs anchor them again", async () => {
      for (const number of [1, 2]) await store.write((tx) => tx.anchors.openEpoch(epoch(number)));
      await append({ timestamp: START }, { timestamp: START + HOUR });
      const send = async (options: { epoch: number; fromSize: number; toSize: number }, seen: number) => {
        const { id } = await insertBatch(store, batch(options.epoch, options));
        await store.write((tx) => tx.anchors.setMined(id, minedIn(options.epoch), seen));
      };
      await send({ epoch: 1, fromSize: 0, toSize: 1 }, START + MINUTE);
      await send({ epoch: 2, fromSize: 0, toSize: 2 }, START + HOUR + 40 * MINUTE);
      now = START + 2 * HOUR;
      expect(await lags()).to.deep.equal([MINUTE, 40 * MINUTE, null]);
    });

    it("grow again where a reorganisation took the block away", async () => {
      await store.write((tx) => tx.anchors.openEpoch(epoch(1)));
      await append({ timestamp: START });
      const { id } = await insertBatch(store, batch(0, { fromSize: 0, toSize: 1 }));
      await store.write((tx) => tx.anchors.setMined(id, minedIn(1), START + MINUTE));
      const told = figures();
      now = START + 30 * MINUTE;
      expect((await told.last(1)).hours[0]?.longestLagMs).to.equal(MINUTE);
      await store.write((tx) => tx.anchors.setBack(1, id));
      expect((await told.last(1)).hours[0]?.longestLagMs).to.equal(30 * MINUTE);
    });
  });
});

describe("Weak PINs that were refused", () => {
  it("are counted without a write for each, and none is lost or told twice when the database fails", async () => {
    const bare = await openStore({ url: "sqlite::memory:", newLedgerId: "ledger" });
    let [writes, broken, now] = [0, false, START];
    const store: Store = {
      ...bare,
      read: bare.read,
      write: async (work) => {
        writes++;
        if (broken) throw new Error("no space left");
        return bare.write(work);
      },
    };
    const weak = createWeakRejections({ store, clock: { now: () => now } });
    const told = async () => [...(await weak.between(START, START + 2 * HOUR))];
    for (const _ of range(100)) weak.note();
    expect(writes).to.equal(0);
    expect(await told()).to.deep.equal([[START, 100]]);
    expect(writes).to.equal(1);
    await weak.flush();
    expect(writes, "there is nothing to write").to.equal(1);

    broken = true;
    weak.note();
    now += HOUR;
    weak.note();
    expect(new Map(await told())).to.deep.equal(
      new Map([
        [START, 101],
        [START + HOUR, 1],
      ]),
    );
    broken = false;
    await weak.flush();
    const elsewhere = createWeakRejections({ store: bare, clock: { now: () => now } });
    expect([...(await elsewhere.between(START, START + 2 * HOUR))]).to.deep.equal([
      [START, 101],
      [START + HOUR, 1],
    ]);
    await bare.close();
  });
});
