import { expect } from "chai";
import { pino } from "pino";
import { toHex } from "../../server/ledger/index.ts";
import { ChainUnavailable } from "../../server/ports.ts";
import type { Chain, Store } from "../../server/ports.ts";
import { Canon } from "../../server/services/canon.ts";
import { SendingLease } from "../../server/services/lease.ts";
import { rootAt } from "../../server/services/tree.ts";
import { openStore } from "../../server/storage/open.ts";
import { eventually } from "../helpers/eventually.ts";
import { appendFor, epoch } from "../storage/samples.ts";

const EPOCH = epoch(1);
const NONE = `0x${"00".repeat(32)}`;

describe("What is said of a block", () => {
  let store: Store;
  let canon: Canon;
  let recorded: string;
  let ours: string;
  let head: number;
  let forked: () => boolean;
  let blocks: Record<number, string>;

  beforeEach(async () => {
    store = await openStore({ url: "sqlite::memory:", newLedgerId: "l" });
    await store.write(async (tx) => {
      await tx.anchors.openEpoch(EPOCH);
      await appendFor(tx, "a");
    });
    ours = toHex(await rootAt(store.read, 1));
    recorded = ours;
    head = 20;
    forked = () => false;
    blocks = { 5: "0x5", 7: "0x7", 9: "0x9" };
    await mine({ nonce: 0, fromSize: 0, block: 5 });
    const chain = {
      contract: EPOCH.contract,
      identity: async () => EPOCH,
      codeHash: async () => EPOCH.codeHash,
      treeHead: async () => ({ size: 1, root: ours }),
      blockNumber: async () => head,
      blockHash: async (number: number) => (forked() ? "0xfork" : (blocks[number] ?? null)),
      rootAt: async () => recorded,
    } as unknown as Chain;
    const shared = { store, monotonic: () => 0, owner: "me", leaseMs: 1e9 };
    const lease = new SendingLease(shared);
    await lease.attend();
    canon = new Canon({
      ...shared,
      chain,
      epoch: EPOCH,
      lease,
      finality: 12,
      log: pino({ level: "silent" }),
    });
    closing = () => lease.release();
  });
  let closing: () => Promise<void>;
  afterEach(async () => {
    await closing();
    await store.close();
  });

  async function mine({ nonce, fromSize = 1, block }: { nonce: number; fromSize?: number; block: number }) {
    const root = await rootAt(store.read, 1);
    await store.write(async (tx) => {
      const span = { epoch: 1, fromSize, toSize: 1, fromChange: nonce, toChange: nonce + 1, root };
      const fees = { type: 0, gasPrice: 1n } as const;
      const txHash = `0xt${nonce}`;
      const { id } = await tx.anchors.insertBatch(
        { ...span, relayer: "0xrelayer", nonce, createdAt: 0 },
        { txHash, raw: "0x", fees },
      );
      await tx.anchors.setMined(id, { txHash, blockNumber: block, blockHash: `0x${block}` }, 0);
    });
  }
  const inFlight = async () => (await store.read.anchors.inFlight(1)).map(({ nonce }) => nonce);
  const status = async () => (await store.read.anchors.lastMined(1))?.status;

  it("is final once it is deep enough and the contract holds the root that the receipt told of", async () => {
    expect(await canon.look()).to.equal(true);
    expect(await status()).to.equal("final");
  });

  it("moves back what is gone, although what came after it stands: it was sent again, and is elsewhere", async () => {
    head = 6;
    expect(await canon.look()).to.equal(false);
    head = 12;
    blocks[5] = "0xreplaced";
    await mine({ nonce: 1, block: 7 });
    expect(await canon.look()).to.equal(false);
    expect(await inFlight()).to.deep.equal([0, 1]);
  });

  it("moves back nothing before the first that is gone", async () => {
    head = 10;
    await canon.look();
    await mine({ nonce: 1, block: 7 });
    await mine({ nonce: 2, block: 9 });
    blocks[7] = "0xreplaced";
    await canon.look();
    expect(await inFlight()).to.deep.equal([1, 2]);
  });

  it("is final of no block that is gone by then, whatever was seen before", async () => {
    head = 12;
    await mine({ nonce: 1, block: 7 });
    await canon.look();
    expect(await inFlight()).to.deep.equal([]);
    head = 40;
    blocks[5] = "0xreplaced";
    expect(await canon.look()).to.equal(false);
    expect(await store.read.anchors.lastFinal(1)).to.equal(null);
    await canon.look();
    expect(await inFlight()).to.deep.equal([0, 1]);
  });

  it("is final up to the first that is not deep enough, also where a later one is in a lower block", async () => {
    blocks[30] = "0x30";
    await mine({ nonce: 1, block: 30 });
    await mine({ nonce: 2, block: 7 });
    expect(await canon.look()).to.equal(false);
    const statuses = await store.read.anchors.unfinalized(1);
    expect((await store.read.anchors.lastFinal(1))?.nonce).to.equal(0);
    expect(statuses.map(({ nonce }) => nonce)).to.deep.equal([1, 2]);
  });

  it("comes to be final although one of several nodes behind the endpoint is on a fork", async () => {
    for (let nonce = 1; nonce < 20; nonce++) await mine({ nonce, block: 5 });
    let state = 1;
    forked = () => (state = (state * 48_271) % 2_147_483_647) % 3 === 0;
    await eventually(async () => {
      await canon.look();
      return (await status()) === "final";
    }, "the last is final");
    expect(await inFlight()).to.deep.equal([]);
    expect(canon.reorgs).to.equal(0);
  });

  it("is looked at again from where an endpoint failed, however many batches there are", async () => {
    for (let nonce = 1; nonce < 120; nonce++) await mine({ nonce, block: 5 });
    head = 6;
    let asked = 0;
    forked = () => {
      if (asked++ % 20 === 19) throw new ChainUnavailable("too many requests");
      return false;
    };
    for (let i = 0; i < 20; i++) await canon.look().catch(() => {});
    asked = 0;
    forked = () => (asked++, false);
    await canon.look();
    expect(asked, "all but the newest two were seen to stand").to.be.at.most(2);
  });

  for (const [what, kind, root] of [
    ["no root there", "chain_behind", NONE],
    ["another root there", "chain_mismatch", `0x${"11".repeat(32)}`],
  ] as const) {
    it(`is not final where the block stands, but the contract has ${what}: a receipt may lie`, async () => {
      recorded = root;
      const trouble = await canon.look().catch((error: unknown) => error);
      expect(trouble).to.include({ kind });
      expect(await status()).to.equal("mined");
      recorded = ours;
      await canon.look();
      expect(await status(), "once that is mended").to.equal("final");
    });
  }
});
