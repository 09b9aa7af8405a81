import { expect } from "chai";
import { pino } from "pino";
import { ChainRejected, ChainUnavailable } from "../../server/ports.ts";
import type { Chain, Store, TransactionReceipt } from "../../server/ports.ts";
import { toHex } from "../../server/ledger/index.ts";
import { planAnchor } from "../../server/services/anchor-planning.ts";
import { Delivery } from "../../server/services/delivery.ts";
import { SendingLease } from "../../server/services/lease.ts";
import { rootAt } from "../../server/services/tree.ts";
import { openStore } from "../../server/storage/open.ts";
import { appendFor, epoch } from "../storage/samples.ts";

const EPOCH = epoch(1);

describe("The delivery of a batch", () => {
  let store: Store;
  let now: number;
  /** What was done, in order: writes and broadcasts. */
  let did: string[];
  let receipts: Map<string, TransactionReceipt>;
  let minedNonce: number;
  let says: Error | null;
  let root: string;
  let delivery: Delivery;

  beforeEach(async () => {
    store = await openStore({ url: "sqlite::memory:", newLedgerId: "l" });
    await store.write((tx) => tx.anchors.openEpoch(EPOCH));
    await store.write((tx) => appendFor(tx, "a"));
    root = toHex(await rootAt(store.read, 1));
    [now, did, receipts, minedNonce, says] = [0, [], new Map(), 3, null];
    delivery = await sender();
  });
  afterEach(() => store.close());

  let signed = 0;
  const chain = {
    relayer: "0xrelayer",
    estimateGas: async () => 50_000n,
    feeMarket: async () => ({ baseFee: 100n, price: 10n }),
    minedNonce: async () => minedNonce,
    blockNumber: async () => Math.floor(now / 1_000),
    signAnchor: async () => ({ txHash: `0xfirst${signed++}`, raw: "0x" }),
    resign: async () => ({ txHash: `0xagain${signed++}`, raw: "0x" }),
    receipt: async (txHash: string) => receipts.get(txHash) ?? null,
    broadcast: async ({ txHash }: { txHash: string }) => {
      const stored = await store.read.anchors.attempts(1);
      did.push(`${stored.some((one) => one.txHash === txHash) ? "stored, " : ""}sent ${txHash}`);
      if (says !== null) throw says;
    },
  } as unknown as Chain;

  async function sender(): Promise<Delivery> {
    const monotonic = () => now;
    const lease = new SendingLease({ store, owner: "me", leaseMs: 1e9, monotonic });
    await store.write(async (tx) => tx.anchors.releaseLease((await tx.anchors.lease()).token));
    await lease.attend();
    const log = pino({ level: "silent" });
    const patience = { bumpAfterMs: 30_000, spentMs: 3_000 };
    const rules = { finality: 12, feeCap: 1_000n, skipNonce: null, patience };
    const clock = { now: monotonic };
    return new Delivery({ store, chain, epoch: EPOCH, lease, clock, monotonic, log, ...rules });
  }

  const prepare = async () => delivery.prepare((await planAnchor(store.read, EPOCH, "digests"))!, 0);
  const look = async () => delivery.look(await store.read.anchors.inFlight(1));
  const attempts = async () => (await store.read.anchors.attempts(1)).map(({ txHash }) => txHash);
  const mine = (
    txHash: string,
    status: "success" | "reverted" = "success",
    anchored = { fromSize: 0, size: 1, root },
  ) => receipts.set(txHash, { txHash, status, blockNumber: 9, blockHash: "0xb", gasUsed: 1n, anchored });
  /** Looks once a second for so long. */
  async function wait(seconds: number): Promise<void> {
    for (let i = 0; i < seconds; i++) {
      now += 1_000;
      await look();
    }
  }

  it("stores each attempt before it is sent, and takes a receipt of any of them, also of the first", async () => {
    await prepare();
    await look();
    await wait(35);
    const [first, second] = await attempts();
    expect(second).to.match(/^0xagain/);
    expect(did.every((one) => one.startsWith("stored, sent"))).to.equal(true);
    mine(first!);
    expect(await look()).to.equal(true);
    expect((await store.read.anchors.lastMined(1))?.mined?.txHash).to.equal(first);
  });

  for (const word of ["already known", "nonce too low", "replacement transaction underpriced", "go away"]) {
    it(`does not take "${word}" for an answer: it goes on until there is a receipt`, async () => {
      await prepare();
      says = new ChainRejected(word);
      await look();
      await wait(3);
      expect(await store.read.anchors.lastMined(1)).to.equal(null);
      mine((await attempts())[0]!);
      expect(await look()).to.equal(true);
    });
  }

  it("sends soon again what was lost on the way", async () => {
    await prepare();
    says = new ChainUnavailable("no answer");
    expect(await look().catch((error: unknown) => error)).to.equal(says);
    says = null;
    now += 500;
    await look();
    expect(did).to.have.length(2);
  });

  it("gives a node the lower nonces that it has forgotten, and then the batch", async () => {
    await prepare();
    await look();
    const [first] = await attempts();
    mine(first!, "reverted");
    minedNonce = 4;
    const contract = { treeHead: async () => ({ size: 0, root: "" }), rootAt: async () => "0x00" };
    Object.assign(chain, contract);
    await look();
    const [, second] = await attempts();
    expect((await store.read.anchors.inFlight(1))[0]).to.include({ nonce: 4 });
    // The block with the failure is gone, and the node knows neither.
    receipts.clear();
    minedNonce = 3;
    await look();
    did = [];
    await wait(2);
    expect(did.slice(0, 2)).to.deep.equal([`stored, sent ${first}`, `stored, sent ${second}`]);
  });

  it("does not wait for ever behind a nonce that nobody sends: the endpoint had told one too high", async () => {
    minedNonce = 9;
    await prepare();
    minedNonce = 3;
    await look();
    await wait(25);
    expect((await store.read.anchors.inFlight(1))[0], "the endpoint may be late").to.include({ nonce: 9 });
    await wait(15);
    expect((await store.read.anchors.inFlight(1))[0]).to.include({ nonce: 3 });
    expect(did.at(-1)).to.equal(`stored, sent ${(await attempts()).at(-1)}`);
  });

  it("does not believe an endpoint whose receipt says that something else was appended", async () => {
    await prepare();
    await look();
    mine((await attempts())[0]!, "success", { fromSize: 0, size: 1, root: `0x${"00".repeat(32)}` });
    expect(await look().catch((error: Error) => error.message)).to.match(/did not append what it carries/);
    expect(await store.read.anchors.lastMined(1)).to.equal(null);
  });

  it("goes on after a restart with what was stored, and sends nothing that was not", async () => {
    await prepare();
    delivery = await sender();
    await look();
    expect(did).to.deep.equal([`stored, sent ${(await attempts())[0]}`]);
    await look();
    expect(did, "left alone for a moment").to.have.length(1);
  });
});
