import { expect } from "chai";
import { pino } from "pino";
import { toHex } from "../../server/ledger/index.ts";
import { ChainUnavailable } from "../../server/ports.ts";
import type { AnchorCall, Chain, Store, TransactionReceipt } from "../../server/ports.ts";
import { Anchorer } from "../../server/services/anchorer.ts";
import type { AnchorerOptions } from "../../server/services/anchorer.ts";
import { rootAt } from "../../server/services/tree.ts";
import { openStore } from "../../server/storage/open.ts";
import { eventually } from "../helpers/eventually.ts";
import { appendFor, epoch } from "../storage/samples.ts";

const EPOCH = epoch(1);

/** A chain that mines what it is given at once, and remembers what it was asked. */
function instantChain(store: Store) {
  const asked: string[] = [];
  const calls: AnchorCall[] = [];
  const receipts = new Map<string, TransactionReceipt>();
  const rig = { asked, away: false };
  let held = 0;
  const size = () => held;
  const answers: Record<string, (...args: never[]) => Promise<unknown>> = {
    identity: async () => EPOCH,
    codeHash: async () => EPOCH.codeHash,
    treeHead: async () => ({ size: size(), root: toHex(await rootAt(store.read, size())) }),
    blockNumber: async () => receipts.size,
    blockHash: async (block: number) => `0x${block}`,
    estimateGas: async () => 50_000n,
    feeMarket: async () => ({ baseFee: 1n, price: 1n }),
    minedNonce: async () => receipts.size,
    signAnchor: async (call: AnchorCall) => ({ txHash: `0xtx${calls.push(call)}`, raw: "0x" }),
    broadcast: async ({ txHash }: { txHash: string }) => {
      const block = receipts.size + 1;
      const fromSize = size();
      const leaves = calls.at(-1)?.leaves;
      held += leaves?.kind === "digests" ? leaves.digests.length : 0;
      const anchored = { fromSize, size: held, root: toHex(await rootAt(store.read, held)) };
      const mined = { txHash, blockNumber: block, blockHash: `0x${block}`, gasUsed: 1n, anchored };
      receipts.set(txHash, { ...mined, status: "success" });
    },
    receipt: async (txHash: string) => receipts.get(txHash) ?? null,
  };
  const told = Object.entries(answers).map(([name, answer]) => [
    name,
    async (...args: never[]) => {
      if (name !== "signAnchor") asked.push(name);
      if (rig.away) throw new ChainUnavailable("away");
      return answer(...args);
    },
  ]);
  const chain: Chain = { contract: EPOCH.contract, relayer: "0xrelayer", ...Object.fromEntries(told) };
  return Object.assign(rig, { chain });
}

describe("The anchorer", () => {
  let store: Store;
  let rig: ReturnType<typeof instantChain>;
  let anchorer: Anchorer;

  beforeEach(async () => {
    store = await openStore({ url: "sqlite::memory:", newLedgerId: "l" });
    await store.write((tx) => tx.anchors.openEpoch(EPOCH));
    rig = instantChain(store);
    anchorer = anchorerWith(0);
  });
  afterEach(async () => {
    await anchorer.stop();
    await store.close();
  });

  const anchorerWith = (intervalMs: number, others: Partial<AnchorerOptions> = {}) =>
    new Anchorer({
      store,
      chain: rig.chain,
      epoch: EPOCH,
      clock: { now: () => 0 },
      log: pino({ level: "silent" }),
      granularity: "digests",
      finality: 1,
      feeCap: 1_000n,
      bumpAfterMs: 30_000,
      intervalMs,
      skipNonce: null,
      owner: "me",
      leaseMs: 60,
      ...others,
    });

  const commit = async () => {
    const { index } = await store.write((tx) => appendFor(tx, "a"));
    return index;
  };
  const anchored = (index: number) => anchorer.anchored(index, 5_000);

  it("asks a chain that mines at once no more than it must: what to offer, to take it, and where it is", async () => {
    await anchorer.start();
    const batches = 10;
    for (let i = 0; i < batches; i++) {
      const index = await commit();
      anchorer.notify(index + 1);
      await anchored(index);
      // Whatever the batch has it ask afterwards.
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await anchorer.stop();
    const times = (...names: string[]) => rig.asked.filter((one) => names.includes(one)).length;
    for (const once of ["estimateGas", "feeMarket", "minedNonce", "broadcast", "receipt"]) {
      expect(times(once), once).to.equal(batches);
    }
    // Whether the blocks still stand is asked by the clock, not with each batch.
    expect(times("blockNumber", "blockHash")).to.be.lessThan(batches);
  });

  it("sends a lone event at once, and lets a batch gather while anchors follow one another", async () => {
    anchorer = anchorerWith(300);
    await anchorer.start();
    const first = await commit();
    anchorer.notify(first + 1);
    await anchored(first);
    for (let i = 0; i < 5; i++) {
      anchorer.notify((await commit()) + 1);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(await anchored(5)).to.equal(true);
    expect((await store.read.anchors.last(EPOCH.number))?.fromSize).to.equal(1);
  });

  it("counts what waits for the chain while the chain is away, also what other processes commit", async () => {
    await anchorer.start();
    rig.away = true;
    await eventually(async () => {
      anchorer.notify();
      return anchorer.state().trouble !== null;
    }, "it is known to be away");
    const own = await commit();
    anchorer.notify(own + 1);
    expect(anchorer.state().backlog, "at once").to.equal(1);
    for (let i = 0; i < 3; i++) await commit();
    await eventually(async () => anchorer.state().backlog === 4, "those of others");
  });

  it("that lost the right to send between two steps makes sure of the place before it sends again", async () => {
    await anchorer.start();
    await eventually(async () => anchorer.state().sends, "it sends");
    const first = await commit();
    anchorer.notify(first + 1);
    await anchored(first);
    await store.write(async (tx) => tx.anchors.takeLease((await tx.anchors.lease()).token, "another"));
    await eventually(async () => !anchorer.state().sends, "its beat finds the lease lost");
    rig.asked.length = 0;
    await eventually(async () => anchorer.state().sends, "the other is silent");
    const second = await commit();
    anchorer.notify(second + 1);
    await anchored(second);
    expect(rig.asked.indexOf("identity")).to.be.within(0, rig.asked.indexOf("broadcast"));
  });

  it("lets another process send when its own endpoint has failed for half a minute", async () => {
    let sinceStart = 0;
    let away = false;
    const answers = Object.entries(rig.chain).map(([name, answer]) => [
      name,
      typeof answer !== "function"
        ? answer
        : async (...args: never[]) => {
            if (away) throw new ChainUnavailable("away");
            return (answer as (...args: never[]) => Promise<unknown>)(...args);
          },
    ]);
    const chain = Object.fromEntries(answers) as Chain;
    anchorer = anchorerWith(0, { chain, owner: "cut off", monotonic: () => sinceStart });
    await anchorer.start();
    await eventually(async () => anchorer.state().sends, "it sends");
    away = true;
    const other = anchorerWith(0, { leaseMs: 60_000 });
    try {
      await other.start();
      const index = await commit();
      anchorer.notify(index + 1);
      await eventually(async () => anchorer.state().trouble?.kind === "chain_unavailable", "it is cut off");
      expect(other.state().sends).to.equal(false);
      sinceStart = 31_000;
      await eventually(async () => other.state().sends, "the other sends");
      expect(await other.anchored(index, 5_000)).to.equal(true);
      expect(anchorer.state().sends).to.equal(false);
      expect(anchorer.state().trouble, "it says so for as long as it lasts").to.include({
        kind: "chain_unavailable",
      });
      away = false;
      sinceStart += 1_001;
      await eventually(async () => anchorer.state().trouble === null, "it reaches the chain again");
    } finally {
      await other.stop();
    }
  });

  it("does not send where a later epoch was opened while it waited for the right to", async () => {
    let looks = 0;
    const { anchors } = store.read;
    const currentEpoch = async () => {
      const before = await anchors.currentEpoch();
      // Between its look at the epochs and its look at the lease the ledger is moved.
      if (looks++ === 0) await store.write((tx) => tx.anchors.openEpoch({ ...epoch(2), contract: "0xnew" }));
      return before;
    };
    const read = { ...store.read, anchors: { ...anchors, currentEpoch } };
    const moved = { read, write: store.write.bind(store) } as unknown as Store;
    anchorer = anchorerWith(0, { store: moved });
    await store.write((tx) => appendFor(tx, "a"));
    await anchorer.start();
    await eventually(async () => anchorer.state().trouble?.kind === "superseded", "it says so");
    expect(anchorer.state().sends).to.equal(false);
    expect((await store.read.anchors.lease()).owner, "for those who know of it").to.equal("");
    expect(rig.asked).to.not.include("broadcast");
  });
});
