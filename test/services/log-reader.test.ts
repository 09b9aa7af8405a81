import { expect } from "chai";
import fc from "fast-check";
import { Refusal } from "../../server/domain/errors.ts";
import {
  EMPTY_FRONTIER,
  append,
  bundlePath,
  concat,
  decodeBundle,
  foldTile,
  leafHash,
  root,
  tilePath,
  tileWidth,
  toHex,
  verifyConsistency,
} from "../../server/ledger/index.ts";
import type { Store } from "../../server/ports.ts";
import { createLogReader } from "../../server/services/log-reader.ts";
import type { LogReader } from "../../server/services/log-reader.ts";
import { openStore } from "../../server/storage/open.ts";
import { FEES, NOW, appendFor, batch, epoch, minedIn, range } from "../storage/samples.ts";

/** A size with full tiles, a partial one, and a level above. */
const SIZE = 700;
const PUBLISHED = 601;

async function refusalOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return "answered";
  } catch (error) {
    if (error instanceof Refusal) return `${error.code} ${error.reason ?? ""}`;
    throw error;
  }
}

describe("the ledger as a transparency log", () => {
  let store: Store;
  let log: LogReader;
  let digests: Uint8Array[];
  const roots: Uint8Array[] = [];
  before(async () => {
    store = await openStore({ url: "sqlite::memory:", newLedgerId: "test-ledger" });
    await store.write(async (tx) => {
      for (let i = 0; i < SIZE; i++) await appendFor(tx, `${i % 7}`);
      await tx.anchors.openEpoch(epoch(1));
      for (const [nonce, fromSize, toSize] of [
        [0, 0, PUBLISHED],
        [1, PUBLISHED, SIZE],
      ] as const) {
        const { id } = await tx.anchors.insertBatch(batch(nonce, { fromSize, toSize }), {
          txHash: `0x${nonce}`,
          raw: "0x",
          fees: FEES,
        });
        if (nonce === 0) await tx.anchors.setMined(id, minedIn(7), NOW);
      }
    });
    digests = await store.read.events.digests(0, SIZE);
    let frontier = EMPTY_FRONTIER;
    for (const digest of [...digests, new Uint8Array(32)]) {
      roots.push(root(frontier));
      frontier = append(frontier, leafHash(digest));
    }
    log = createLogReader({ store, epoch: epoch(1) });
  });
  after(() => store.close());

  it("proves any two sizes consistent, to the verifier that auditors use", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(SIZE), fc.nat(SIZE), async (a, b) => {
        const [from, to] = [Math.min(a, b), Math.max(a, b)];
        const { fromRoot, toRoot, proof } = await log.consistency(from, to);
        expect(toHex(fromRoot)).to.equal(toHex(roots[from]!));
        expect(toHex(toRoot)).to.equal(toHex(roots[to]!));
        expect(verifyConsistency(from, to, fromRoot, toRoot, proof), `${from} to ${to}`).to.equal(true);
        expect(proof.length).to.be.at.most(11);
      }),
      { numRuns: 300 },
    );
  });

  it("proves nothing about sizes that are not there", async () => {
    expect(await refusalOf(log.consistency(2, 1))).to.equal("VALIDATION_ERROR sizes_reversed");
    expect(await refusalOf(log.consistency(1, SIZE + 1))).to.equal("NOT_FOUND beyond_the_ledger");
    expect(await refusalOf(log.consistency(2 ** 48, 2 ** 48))).to.equal("NOT_FOUND beyond_the_ledger");
  });

  it("serves tiles out of which the root at every smaller size can be built", async () => {
    for (const size of [1, 255, 256, 257, 512, 600, PUBLISHED]) {
      let frontier = EMPTY_FRONTIER;
      for (let index = 0; tileWidth({ level: 0, index }, size) > 0; index++) {
        const width = tileWidth({ level: 0, index }, size);
        const tile = await log.asset(tilePath({ level: 0, index }, width));
        expect(tile).to.have.length(width * 32);
        const entries = decodeBundle(await log.asset(bundlePath(index, width)));
        expect(entries.map(toHex)).to.deep.equal(digests.slice(index * 256, index * 256 + width).map(toHex));
        for (const i of range(width)) {
          expect(toHex(leafHash(entries[i]!))).to.equal(toHex(tile.slice(i * 32, i * 32 + 32)));
          frontier = append(frontier, tile.slice(i * 32, i * 32 + 32));
        }
      }
      expect(toHex(root(frontier)), `root at ${size}`).to.equal(toHex(roots[size]!));
    }
    const full = await Promise.all(["tile/0/000", "tile/0/001"].map((path) => log.asset(path)));
    const above = await log.asset("tile/1/000.p/2");
    expect(toHex(above)).to.equal(toHex(concat(...full.map(foldTile))));
  });

  it("serves no tile that the checkpoint's tree has not, nor any other spelling of one it has", async () => {
    const beyond = ["tile/0/002", "tile/0/002.p/90", "tile/0/003.p/1", "tile/1/000", "tile/1/000.p/3"];
    const empty = ["tile/2/000", "tile/2/000.p/1", "tile/63/000.p/1", "tile/0/x999/x999/x999/999"];
    const bundles = ["tile/entries/002", "tile/entries/002.p/90", "tile/entries/003.p/1"];
    const spelled = [
      ...["tile/00/000", "tile/0/0", "tile/0/0000", "tile/0/x000/000", "tile/0/000.p/256", "tile/0/000.p/0"],
      ...["tile/0/000.p/01", "tile/0/000/", "tile/0/000.p", "tile/64/000", "tile/-1/000", "tile/0/001 "],
      ...["tile/entries/0", "tile/entries/x000/000", "tile/entries/0/000", "tile/entries/", "tile/"],
      ...["tile/0/../0/000", "tile/0/000\n", "tile/0/x999/x999/x999/x999/x999/x999/999", "tile/0/٠٠٠"],
    ];
    for (const path of [...beyond, ...empty, ...bundles, ...spelled]) {
      expect(await refusalOf(log.asset(path)), path).to.equal("NOT_FOUND unknown_tile");
    }
  });

  it("has no tiles while the chain holds nothing", async () => {
    const other = createLogReader({ store, epoch: epoch(2) });
    expect(await refusalOf(other.asset("tile/0/000"))).to.equal("NOT_FOUND unknown_tile");
    expect(await refusalOf(other.asset("tile/entries/000.p/1"))).to.equal("NOT_FOUND unknown_tile");
  });
});
