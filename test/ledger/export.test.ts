import { expect } from "chai";
import fc from "fast-check";
import {
  EXPORT_FORMAT,
  LedgerRefusal,
  decodeExport,
  exportEncoder,
  fromUtf8,
  toHex,
  toUtf8,
} from "../../server/ledger/index.ts";
import type { ExportEvent, ExportItem } from "../../server/ledger/index.ts";

const hash32 = fc.uint8Array({ minLength: 32, maxLength: 32 }).map(toHex);
const body = fc.oneof(
  fc.record({ payload: fc.string({ unit: "grapheme", maxLength: 200 }), salt: hash32 }),
  fc.constant({ payload: null, salt: null }),
);
const exported = fc
  .record({
    from: fc.nat(1_000_000),
    ledgerId: fc.uuid(),
    checkpoint: fc.string({ unit: "grapheme" }),
    chainId: fc.integer({ min: 1 }),
    contract: fc.uint8Array({ minLength: 20, maxLength: 20 }).map(toHex),
    events: fc.array(fc.tuple(hash32, body), { maxLength: 20 }),
  })
  .map(({ from, events, chainId, contract, ...rest }) => ({
    header: { ...rest, from, size: from + events.length, anchor: { chainId, contract } },
    events: events.map(([digest, of], i): ExportEvent => ({ index: from + i, digest, ...of })),
  }));
type Exported = typeof exported extends fc.Arbitrary<infer T> ? T : never;

function encode({ header, events }: Exported): Uint8Array {
  const encoder = exportEncoder(header);
  const half = Math.floor(events.length / 2);
  return Buffer.concat([
    encoder.header,
    encoder.events(events.slice(0, half)),
    encoder.events(events.slice(half)),
    encoder.trailer(),
  ]);
}

async function decode(bytes: Uint8Array, chunk = 7): Promise<ExportItem[]> {
  const items: ExportItem[] = [];
  for await (const item of decodeExport(chunks(bytes, chunk))) items.push(item);
  return items;
}

async function* chunks(bytes: Uint8Array, length: number) {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}

/** The code of the refusal; anything else that happens is a failure of the test. */
async function refusalOf(bytes: Uint8Array, chunk?: number): Promise<string> {
  try {
    await decode(bytes, chunk);
  } catch (error) {
    if (error instanceof LedgerRefusal) return error.code;
    throw error;
  }
  return "accepted";
}

const SAMPLE: Exported = {
  header: {
    ledgerId: "sample",
    from: 3,
    size: 5,
    checkpoint: "note\n",
    anchor: { chainId: 31337, contract: `0x${"ab".repeat(20)}` },
  },
  events: [
    { index: 3, digest: `0x${"01".repeat(32)}`, payload: '{"a":"\\n é"}', salt: `0x${"02".repeat(32)}` },
    { index: 4, digest: `0x${"03".repeat(32)}`, payload: null, salt: null },
  ],
};
const text = fromUtf8(encode(SAMPLE));
const lines = text.split("\n").slice(0, -1);
const line = (i: number): string => lines[i] ?? "";

describe("an export", () => {
  it("comes back as it was written, however it is cut into chunks", () =>
    fc.assert(
      fc.asyncProperty(exported, fc.integer({ min: 1, max: 5_000 }), async (written, chunk) => {
        const items = await decode(encode(written), chunk);
        expect(items[0]).to.deep.equal({
          kind: "header",
          header: { format: EXPORT_FORMAT, ...written.header },
        });
        expect(items.slice(1, -1)).to.deep.equal(written.events.map((event) => ({ kind: "event", event })));
        expect(items.at(-1)).to.deep.include({ kind: "trailer" });
      }),
    ));

  it("is exactly the documented bytes", () => {
    expect(lines).to.have.length(4);
    expect(line(0)).to.equal(
      '{"format":"identity-ledger/export/v1","ledgerId":"sample","from":3,"size":5,"checkpoint":"note\\n",' +
        `"anchor":{"chainId":31337,"contract":"0x${"ab".repeat(20)}"}}`,
    );
    expect(line(2)).to.equal(`{"index":4,"digest":"0x${"03".repeat(32)}","payload":null,"salt":null}`);
    expect(line(3)).to.match(/^\{"end":true,"events":2,"sha256":"0x[0-9a-f]{64}"\}$/);
  });

  it("is refused once any byte of it is another", () => {
    const bytes = toUtf8(text);
    return fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), async (position, flip) => {
        const changed = Uint8Array.from(bytes);
        changed[position] = (changed[position] ?? 0) ^ flip;
        expect(await refusalOf(changed)).to.match(/^export_/);
      }),
      { numRuns: 500 },
    );
  });

  it("is refused wherever it is cut short, and when something follows it", async () => {
    const bytes = toUtf8(text);
    for (let length = 0; length < bytes.length; length += 1) {
      expect(await refusalOf(bytes.subarray(0, length))).to.equal("export_truncated");
    }
    for (const tail of ["\n", "x", line(1), `${line(3)}\n`]) {
      expect(await refusalOf(toUtf8(text + tail))).to.equal("export_malformed");
    }
  });

  const mutations: Record<string, readonly string[]> = {
    "a missing event": [line(0), line(1), line(3)],
    "events in another order": [line(0), line(2), line(1), line(3)],
    "an event twice": [line(0), line(1), line(1), line(2), line(3)],
    "no header": [line(1), line(2), line(3)],
    "a second header": [line(0), line(0), line(1), line(2), line(3)],
    "an unknown field": [line(0), line(1).replace("{", '{"extra":1,'), line(2), line(3)],
    "a field given twice": [line(0), line(1).replace("{", '{"index":3,'), line(2), line(3)],
    "fields in another order": [
      line(0),
      `{"digest":"0x${"01".repeat(32)}","index":3,"payload":null,"salt":null}`,
      line(2),
      line(3),
    ],
    "a space": [line(0), line(1).replace(",", ", "), line(2), line(3)],
    "an escape that is not needed": [line(0), line(1).replace("é", "\\u00e9"), line(2), line(3)],
    "a lone surrogate": [line(0), line(1).replace("é", "\\ud800"), line(2), line(3)],
    "a number spelled otherwise": [line(0), line(1).replace("3", "3.0"), line(2), line(3)],
    "a payload without a salt": [line(0), line(1), line(2).replace("null", '"{}"'), line(3)],
    "a salt without a payload": [
      line(0),
      line(1).replace(/"payload":".*","salt/, '"payload":null,"salt'),
      line(2),
      line(3),
    ],
    "a header that begins beyond its size": [line(0).replace('"from":3', '"from":6'), line(3)],
    "a trailer that counts otherwise": [
      line(0),
      line(1),
      line(2),
      line(3).replace('"events":2', '"events":1'),
    ],
    "carriage returns": lines.map((one) => `${one}\r`),
  };
  for (const [name, mutated] of Object.entries(mutations)) {
    it(`is refused with ${name}`, async () => {
      expect(await refusalOf(toUtf8(`${mutated.join("\n")}\n`))).to.equal("export_malformed");
    });
  }

  it("is refused when its trailer speaks of other bytes", async () => {
    const other = text.replace("01010101", "01010102");
    expect(await refusalOf(toUtf8(other))).to.equal("export_checksum");
  });

  it("names the line that is wrong", async () => {
    const other = [line(0), line(1).replace(",", ", "), line(2), line(3)].join("\n");
    const error: unknown = await decode(toUtf8(`${other}\n`)).catch((caught: unknown) => caught);
    expect((error as Error).message).to.match(/^line 2 of the export: /);
  });

  it("takes no more memory for a line that never ends", async () => {
    let served = 0;
    async function* endless() {
      for (;;) {
        served += 1;
        yield new Uint8Array(64 * 1024).fill(0x61);
      }
    }
    let code = "";
    try {
      for await (const _ of decodeExport(endless()));
    } catch (error) {
      code = (error as LedgerRefusal).code;
    }
    expect(code).to.equal("export_malformed");
    expect(served).to.be.lessThan(10);
  });

  it("is not written out of order, nor ended early", () => {
    const [first, second] = SAMPLE.events as [ExportEvent, ExportEvent];
    const encoder = () => exportEncoder(SAMPLE.header);
    expect(() => encoder().events([second])).to.throw(RangeError);
    expect(() => encoder().events([first, first])).to.throw(RangeError);
    expect(() => encoder().events([first, second, { ...second, index: 5 }])).to.throw(RangeError);
    expect(() => encoder().trailer()).to.throw(RangeError);
  });
});
