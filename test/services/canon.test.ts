import { expect } from "chai";
import { pino } from "pino";
import { toHex } from "../../server/ledger/index.ts";
import type { Chain, Store } from "../../server/ports.ts";
import { Canon } from "../../server/services/canon.ts";
import { SendingLease } from "../../server/services/lease.ts";
import { rootAt } from "../../server/services/tree.ts";
import { openStore } from "../../server/storage/open.ts";
import { appendFor, epoch } from "../storage/samples.ts";

const EPOCH = epoch(1);
const NONE = `0x${"00".repeat(32)}`;

describe("What is said of a block", () => {
  let store: Store;
  let canon: Canon;
  let recorded: string;
  let ours: string;

  beforeEach(async () => {
    store = await openStore({ url: "sqlite::memory:", newLedgerId: "l" });
    await store.write(async (tx) => {
      await tx.anchors.openEpoch(EPOCH);
      await appendFor(tx, "a");
    });
    const root = await rootAt(store.read, 1);
    ours = toHex(root);
    await store.write(async (tx) => {
      const span = { epoch: 1, fromSize: 0, toSize: 1, fromChange: 0, toChange: 0, root };
      const fees = { type: 0, gasPrice: 1n } as const;
      const sent = { relayer: "0xrelayer", nonce: 0, createdAt: 0 };
      const { id } = await tx.anchors.insertBatch({ ...span, ...sent }, { txHash: "0xt", raw: "0x", fees });
      await tx.anchors.setMined(id, { txHash: "0xt", blockNumber: 5, blockHash: "0x5" }, 0);
    });
    const chain = {
      blockNumber: async () => 20,
      blockHash: async () => "0x5",
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

  const status = async () => (await store.read.anchors.lastMined(1))?.status;

  it("is final once it is deep enough and the contract holds the root that the receipt told of", async () => {
    recorded = ours;
    expect(await canon.look()).to.equal(true);
    expect(await status()).to.equal("final");
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
