import { expect } from "chai";
import { findAnvil, startChain } from "../../scripts/campaign/rig/chain.ts";
import type { TestChain } from "../../scripts/campaign/rig/chain.ts";
import { auditor } from "../helpers/auditor.ts";
import { check } from "../helpers/customer.ts";
import { eventually } from "../helpers/eventually.ts";
import { withRpc } from "../helpers/outside-chain.ts";
import { startService } from "../helpers/service.ts";
import type { TestService } from "../helpers/service.ts";

describe("A reorganisation of the chain", () => {
  let anvil: TestChain;
  let api: TestService;
  before(function () {
    if (findAnvil() !== null) return;
    console.log("      there is no anvil here (@foundry-rs/anvil is optional): skipped");
    this.skip();
  });
  beforeEach(async () => {
    anvil = await startChain("anvil");
  });
  afterEach(async () => {
    await api?.close();
    await anvil?.stop();
  });

  const start = async (variables: Record<string, string>) => {
    const { variables: place } = withRpc(anvil.url, anvil.contract);
    api = await startService({ ...place, ANCHOR_WAIT_MS: "5000", ANCHOR_LEASE_MS: "300", ...variables });
  };
  const anchorOf = async (url: string) => (await api.get(url)).body.anchor;
  const reorg = (depth: number) => anvil.rpc.call("anvil_reorg", [depth, []]);
  const mine = (blocks: number) => anvil.rpc.call("anvil_mine", [`0x${blocks.toString(16)}`]);

  it("moves mined events back, and they are anchored again, in order, with receipts that verify", async () => {
    await start({ ANCHOR_CONFIRMATIONS: "20" });
    const urls: string[] = [];
    for (let i = 0; i < 5; i++) {
      const answer = await check(api);
      expect(answer.status).to.equal(200);
      expect(answer.body.anchor.status).to.equal("mined");
      urls.push(answer.body.eventUrl);
    }
    const before = await Promise.all(urls.map(anchorOf));
    const seen = new Set<string>();
    await reorg(4);
    await eventually(async () => {
      const { status, blockHash } = await anchorOf(urls[4]!);
      seen.add(status as string);
      return status === "mined" && blockHash !== before[4].blockHash;
    }, "the last event is in another block");
    const audit = auditor(anvil.url, anvil.contract);
    try {
      for (const url of urls) {
        const verdict = await audit.verify((await api.get(`${url}/receipt`)).body);
        expect(verdict, JSON.stringify(verdict)).to.include({ ok: true, level: "chain" });
      }
      expect(await audit.contract.getFunction("size")()).to.equal(5n);
    } finally {
      audit.close();
    }
    expect((await anchorOf(urls[0]!)).blockHash, "before the fork").to.equal(before[0].blockHash);
    await mine(20);
    for (const url of urls) {
      await eventually(async () => (await anchorOf(url)).status === "final", `${url} is final`);
    }
  });

  it("that takes a final block is no small thing: nothing is sent, readiness says so, and final stays final", async () => {
    await start({ ANCHOR_CONFIRMATIONS: "2" });
    const { eventUrl } = (await check(api)).body;
    await mine(2);
    await eventually(async () => (await anchorOf(eventUrl)).status === "final", "it is final");
    await reorg(4);
    await eventually(
      async () => /was final as/.test((await api.get("/health/ready")).body.checks.anchoring as string),
      "readiness says that a final block is gone",
    );
    const nonce = await anvil.rpc.call("eth_getTransactionCount", [
      "0x70997970C51812dc3A010C7d01b50e0d17dc79C8",
      "pending",
    ]);
    expect((await check(api, { prefer: "wait=1" })).status).to.equal(202);
    expect((await anchorOf(eventUrl)).status).to.equal("final");
    expect(
      await anvil.rpc.call("eth_getTransactionCount", [
        "0x70997970C51812dc3A010C7d01b50e0d17dc79C8",
        "pending",
      ]),
    ).to.equal(nonce);
  }).timeout(30_000);

  it("is no reason to wait where the chain says what is final: the finalized tag", async () => {
    await start({});
    const { eventUrl } = (await check(api)).body;
    expect((await anchorOf(eventUrl)).status).to.equal("mined");
    await mine(70);
    await eventually(async () => (await anchorOf(eventUrl)).status === "final", "it is final");
  });
});
