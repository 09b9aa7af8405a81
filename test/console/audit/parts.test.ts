import { expect } from "chai";
import fc from "fast-check";
import { AnchorHistory } from "../../../server/console/audit/checkpoints/history.ts";
import { BOX, layoutOf } from "../../../server/console/audit/event/path-layout.ts";
import { apiQuery, fromField, readQuery, toField } from "../../../server/console/audit/list/filters.ts";
import { PAGE, refreshed } from "../../../server/console/audit/list/refreshed.ts";
import type { EventPage } from "../../../server/console/audit/list/refreshed.ts";
import { visible } from "../../../server/console/audit/visible.ts";
import { courteous } from "../../../server/console/audit/whole/courteous.ts";
import type { OpenLedger, StatedEvent } from "../../../server/ports/audit.ts";

const page = (indices: readonly number[], nextCursor: string | null): EventPage => ({
  events: indices.map((index) => ({ index })) as EventPage["events"],
  nextCursor,
});
const indicesOf = ({ events }: EventPage) => events.map(({ index }) => index);
const down = (from: number, count: number) => Array.from({ length: count }, (_, i) => from - i);

describe("A page of the explorer's list, asked for again", () => {
  it("is what came, where that is a whole page or all there is", () => {
    const latest = page(down(70, PAGE), "older");
    expect(refreshed(page(down(60, PAGE), "before"), latest)).to.equal(latest);
    const all = page([2, 1, 0], null);
    expect(refreshed(page([1, 0], null), all)).to.equal(all);
  });

  it("keeps what is older than what came, where little of it fits the filters", () => {
    const before = page([40, 30, 3], "older");
    expect(refreshed(before, page([50, 40], "between"))).to.deep.equal(page([50, 40, 30, 3], "older"));
    expect(refreshed(before, page([], "between"))).to.deep.equal(before);
    // One that is gone from where the answer reaches is gone: it was erased.
    expect(indicesOf(refreshed(before, page([50, 30], "between")))).to.deep.equal([50, 30, 3]);
  });
});

describe("The address of the explorer's list", () => {
  it("says what is asked for, and nothing where nothing is", () => {
    expect(apiQuery(readQuery({}))).to.deep.equal({});
    expect(apiQuery(readQuery({ type: "pin_set", before: "x", more: "1" }))).to.deep.equal({
      type: "pin_set",
      cursor: "x",
    });
  });

  it("tells instants in UTC, as the fields show them", () => {
    expect(fromField("")).to.equal("");
    expect(fromField("2026-01-02T03:04")).to.equal("2026-01-02T03:04:00Z");
    for (const field of ["2026-01-02T03:04:05", "2026-12-31T23:59:59"]) {
      expect(toField(fromField(field))).to.equal(field);
    }
    expect(toField("2026-01-02T03:04:05.678Z")).to.equal("2026-01-02T03:04:05");
  });
});

describe("The anchors that a chart shows", () => {
  it("are few, evenly spread from the first to the newest, however many there are; of the newest every one", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 3_000 }), (count) => {
        const history = new AnchorHistory(50, 20);
        for (let size = 1; size <= count; size += 1) {
          const leaves = { kind: "digests", digests: [] } as const;
          history.add({
            fromSize: size - 1,
            size,
            leaves,
            root: "",
            txHash: "",
            blockHash: "",
            blockNumber: size,
          });
        }
        const points = history.points().map(({ size }) => size);
        expect(points.length).to.be.at.most(51);
        expect(points.length).to.be.at.least(Math.min(count, 25));
        expect([points[0], points.at(-1)]).to.deep.equal(count === 0 ? [undefined, undefined] : [1, count]);
        const steps = points.slice(1, -1).map((size, i) => size - points[i]!);
        expect(new Set(steps).size).to.be.at.most(1);
        expect(history.newest().map(({ size }) => size)).to.deep.equal(down(count, Math.min(count, 20)));
      }),
    );
  });
});

describe("A drawn Merkle path", () => {
  const step = fc.record({
    side: fc.constantFrom("left" as const, "right" as const),
    sibling: fc.string(),
    node: fc.string(),
  });

  it("has every hash in a box of its own, within the drawing, neighbours on their side", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 48 }), (steps) => {
        const { boxes, edges, width, height } = layoutOf({ leaf: "leaf", steps });
        expect(boxes).to.have.length(1 + 2 * steps.length);
        expect(edges).to.have.length(2 * steps.length);
        expect(new Set(boxes.map(({ x, y }) => `${x} ${y}`)).size).to.equal(boxes.length);
        for (const { x, y, kind } of boxes) {
          expect(x - BOX.width / 2).to.be.at.least(0);
          expect(x + BOX.width / 2).to.be.at.most(width);
          expect(y - BOX.height / 2).to.be.at.least(0);
          expect(y + BOX.height / 2).to.be.at.most(height);
          if (kind === "left" || kind === "right") expect(x < width / 2).to.equal(kind === "left");
        }
        expect(boxes.at(-1)!.kind).to.equal("root");
      }),
    );
  });
});

describe("What a stranger wrote", () => {
  it("shows its control characters, and those that turn the writing round", () => {
    expect(visible("row\u202edrow")).to.equal("row\\u{202e}drow");
    expect(visible("a\u0000b\u2066c\u200b")).to.equal("a\\u{0}b\\u{2066}c\\u{200b}");
    expect(visible("سجل 1 <b>é</b> 🙂")).to.equal("سجل 1 <b>é</b> 🙂");
  });
});

describe("A ledger that is read without holding up its page", () => {
  const open = (size: number): OpenLedger => ({
    ...{ ledgerId: "l", from: 0, size, checkpoint: null, anchor: null, inside: null },
    async *events() {
      yield Array.from({ length: size }, (_, index) => ({ index })) as unknown as StatedEvent[];
    },
    close: async () => {},
  });
  const source = (size: number) => ({ description: "", settled: true, open: async () => open(size) });
  const spin = (ms: number) => {
    for (const end = performance.now() + ms; performance.now() < end;);
  };

  it("gives every event, in order, and others their turn in between", async () => {
    const ledger = await courteous(source(200), new AbortController().signal).open(0);
    let turns = 0;
    const timer = setInterval(() => (turns += 1), 1);
    const seen: number[] = [];
    for await (const slice of ledger.events()) {
      seen.push(...slice.map(({ index }) => index));
      spin(15);
    }
    clearInterval(timer);
    expect(seen).to.deep.equal(Array.from({ length: 200 }, (_, i) => i));
    expect(turns).to.be.greaterThan(2);
  });

  it("ends, once cancelled, with the reason", async () => {
    const controller = new AbortController();
    const ledger = await courteous(source(1_000), controller.signal).open(0);
    const reading = (async () => {
      for await (const _ of ledger.events()) {
        controller.abort(new Error("enough"));
        spin(15);
      }
    })();
    expect(String(await reading.catch((error: unknown) => error))).to.equal("Error: enough");
    const opening = courteous(source(1), controller.signal).open(0);
    expect(await opening.catch((error: unknown) => error)).to.be.instanceOf(Error);
  });
});
