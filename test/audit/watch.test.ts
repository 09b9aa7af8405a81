import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { watchLedger } from "../../server/audit/watch.ts";
import type { WatchMemory, WatchState } from "../../server/audit/watch.ts";
import { rpcAuditChain } from "../../server/chain/audit-chain.ts";
import { ChainUnavailable } from "../../server/ledger/index.ts";
import type { AuditChain, LedgerSource } from "../../server/ports/audit.ts";
import { databaseSource } from "../../server/storage/audit-database.ts";
import { stateFile } from "../../scripts/audit/state-file.ts";
import { apiOf, exportOf } from "./exports.ts";
import { seeded } from "./random.ts";
import { realLedger } from "./real-ledger.ts";
import type { RealLedger } from "./real-ledger.ts";

describe("A watcher", () => {
  let ledger: RealLedger;
  let chain: AuditChain;
  let source: LedgerSource;
  let memory: WatchMemory & { state: WatchState | null; saves: number };

  beforeEach(async function () {
    this.timeout(30_000);
    ledger = await realLedger({ random: seeded(4), subjects: 8 });
    await ledger.append(30, { erasures: 3 });
    await ledger.anchor("digests");
    chain = rpcAuditChain(ledger.rpcUrl);
    source = apiOf((from) => exportOf(ledger, from));
    memory = {
      state: null,
      saves: 0,
      load: async () => memory.state,
      async save(state) {
        memory.state = state;
        memory.saves += 1;
      },
    };
  });
  afterEach(() => ledger.close());

  /** As many rounds as there are steps between them, and one more. */
  const watch = (
    steps: (() => Promise<void>)[] = [],
    options: { source?: LedgerSource; chain?: AuditChain } = {},
  ) => {
    const unavailable: string[] = [];
    const sizes: number[] = [];
    const left = [...steps];
    return watchLedger(options.source ?? source, options.chain ?? chain, ledger.trust, memory, {
      once: false,
      pause: async () => {
        const step = left.shift();
        await step?.();
        return step !== undefined;
      },
      onRound: (report) => void sizes.push(report.anchoredSize),
      onUnavailable: (error) => void unavailable.push(error.message),
    }).then((report) => ({ report, sizes, unavailable }));
  };

  it("follows a ledger as it grows, through erasures of what it saw before", async () => {
    const grow = async () => {
      await ledger.append(25, { erasures: 6 });
      await ledger.anchor("digests");
    };
    const pending = () => ledger.append(5, { erasures: 2 });
    const subtrees = () => ledger.anchor("subtrees");
    const { report, sizes } = await watch([grow, pending, subtrees, grow]);
    expect(report!.findings).to.deep.equal([]);
    expect(sizes).to.deep.equal([30, 55, 55, 60, 85]);
    expect(memory.state).to.include({ size: 85 });
  });

  it("follows a database as it follows an API, while some of it is not anchored yet", async () => {
    const pending = () => ledger.append(300, { erasures: 2 });
    const anchor = () => ledger.anchor("digests");
    const { report, sizes } = await watch([pending, anchor, pending], {
      source: databaseSource(`sqlite:${ledger.path}`),
    });
    expect(report!.findings).to.deep.equal([]);
    expect(sizes).to.deep.equal([30, 30, 330, 330]);
  });

  it("begins a second run where the first ended, and finds a ledger that was rolled back meanwhile", async () => {
    const old = await exportOf(ledger);
    await ledger.append(10);
    await ledger.anchor("digests");
    expect((await watch()).report!.verified).to.equal(true);
    expect(memory.state).to.include({ size: 40 });
    const { report } = await watch([], { source: apiOf(async () => old) });
    expect(report!.findings[0]).to.include({ code: "truncated", index: 30 });
    expect(memory.state).to.include({ size: 40 });
  });

  it("finds a chain that was rolled back, or exchanged for another with the same contract", async () => {
    await watch();
    const known = memory.state!;
    for (const state of [
      { ...known, size: 31 },
      { ...known, root: `0x${"01".repeat(32)}` },
    ]) {
      memory.state = state;
      const { report } = await watch();
      expect(report!.verified).to.equal(false);
      expect(report!.findings[0]!.code).to.be.oneOf(["chain_rollback", "history_rewritten"]);
      expect(memory.state).to.equal(state);
    }
  });

  it("moves on only after a complete round, and survives an endpoint that fails in the midst of one", async () => {
    let fail = true;
    const flaky: AuditChain = {
      ...chain,
      rootAt: (contract, size) =>
        fail ? Promise.reject(new ChainUnavailable("gone")) : chain.rootAt(contract, size),
    };
    const repair = async () => {
      expect(memory.state).to.equal(null);
      fail = false;
    };
    const { report, unavailable } = await watch([repair], { chain: flaky });
    expect(unavailable).to.deep.equal(["gone"]);
    expect(report!.verified).to.equal(true);
    expect(memory.saves).to.equal(1);
  });

  it("does not take the state of one ledger for another's", async () => {
    await watch();
    memory.state = { ...memory.state!, contract: `0x${"01".repeat(20)}` };
    const outcome: unknown = await watch().catch((error: unknown) => error);
    expect(String(outcome)).to.include("another contract");
  });
});

describe("The watcher's state on disk", () => {
  let folder: string;
  beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "watch-state-"))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const state = (size: number) =>
    ({ format: "identity-ledger/watch/v1", size, root: `0x${"0a".repeat(32)}` }) as WatchState;

  it("is the last one that was saved, also after a crash that left half of the next one behind", async () => {
    const path = join(folder, "state.json");
    const file = stateFile(path);
    expect(await file.load()).to.equal(null);
    await file.save(state(1));
    await file.save(state(2));
    expect(existsSync(`${path}.new`)).to.equal(false);
    writeFileSync(`${path}.new`, readFileSync(path).subarray(0, 10));
    expect(await file.load()).to.include({ size: 2 });
    await file.save(state(3));
    expect(await file.load()).to.include({ size: 3 });
  });

  it("is not taken for none when it cannot be read: that would forget what was verified", async () => {
    const path = join(folder, "state.json");
    for (const damaged of ["", "{", "{}", JSON.stringify({ ...state(1), root: "0x" })]) {
      writeFileSync(path, damaged);
      const outcome: unknown = await stateFile(path)
        .load()
        .catch((error: unknown) => error);
      expect(String(outcome)).to.include("be suspicious");
    }
  });
});
