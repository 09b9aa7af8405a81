import { expect } from "chai";
import { join } from "node:path";
import { Interface, id } from "ethers";
import { openStore } from "../../server/storage/open.ts";
import { check } from "../helpers/customer.ts";
import { eventually } from "../helpers/eventually.ts";
import { DEV_ADMIN, DEV_RELAYER, outsideChain } from "../helpers/outside-chain.ts";
import type { OutsideChain } from "../helpers/outside-chain.ts";
import { startService } from "../helpers/service.ts";
import type { TestService } from "../helpers/service.ts";

const roles = new Interface([
  "function grantRole(bytes32 role, address account)",
  "function revokeRole(bytes32 role, address account)",
]);
const ANCHOR_ROLE = id("ANCHOR_ROLE");

const SLOW = { ANCHOR_WAIT_MS: "0", ANCHOR_BUMP_MS: "200", ANCHOR_LEASE_MS: "300" };

describe("What stands in the way of anchoring", () => {
  let chain: OutsideChain;
  let api: TestService;
  const start = async (variables: Record<string, string> = {}) => {
    api = await startService({ ...chain.variables, ...SLOW, ...variables });
  };
  beforeEach(async () => {
    chain = await outsideChain();
  });
  afterEach(async () => {
    await api.close();
    await chain.close();
  });

  const anchorOf = async (url: string) => (await api.get(url)).body.anchor;
  const final = (url: string) =>
    eventually(async () => {
      const anchor = await anchorOf(url);
      return anchor.status === "final" ? anchor : null;
    }, `${url} is final`);
  const trouble = (pattern: RegExp) =>
    eventually(async () => {
      const { checks } = (await api.get("/health/ready")).body;
      return pattern.test(checks.anchoring as string) ? checks.anchoring : null;
    }, `readiness says ${pattern}`);
  const well = () => trouble(/^ok$/);
  const relayer = DEV_RELAYER.address;

  /** A block that costs more than any cap: nothing of ours gets in, though blocks go on. */
  async function passOver(): Promise<void> {
    await chain.rpc.call("evm_setAutomine", [false]);
    await chain.rpc.call("hardhat_setNextBlockBaseFeePerGas", ["0x8bb2c97000"]); // 600 gwei
    await chain.rpc.call("evm_mine");
  }
  /** Blocks cost a gwei again, and come with each transaction. */
  async function calmDown(): Promise<void> {
    await chain.rpc.call("hardhat_setNextBlockBaseFeePerGas", ["0x3b9aca00"]);
    await chain.rpc.call("evm_setAutomine", [true]);
  }
  const mine = () => chain.rpc.call("evm_mine");

  it("a fee that has become too low is raised, by an eighth and more, and the replacement carries the same calldata", async () => {
    await start();
    await final((await check(api)).body.eventUrl);
    await chain.rpc.call("evm_setAutomine", [false]);
    const { eventUrl } = (await check(api)).body;
    const first = await eventually(async () => {
      const { status, txHash } = await anchorOf(eventUrl);
      if (status !== "broadcast") return null;
      return chain.rpc.call<Record<string, string> | null>("eth_getTransactionByHash", [txHash]);
    }, "the first attempt is in the pool");
    await eventually(async () => {
      await passOver();
      return (await anchorOf(eventUrl)).txHash !== first.hash;
    }, "the fee is raised");
    const later = await eventually(async () => {
      const { txHash } = await anchorOf(eventUrl);
      return chain.rpc.call<Record<string, string> | null>("eth_getTransactionByHash", [txHash]);
    }, "the replacement is in the pool");
    expect(later.nonce).to.equal(first.nonce);
    expect(later.input).to.equal(first.input);
    for (const field of ["maxFeePerGas", "maxPriorityFeePerGas"]) {
      expect(BigInt(later[field]!) * 8n >= BigInt(first[field]!) * 9n, field).to.equal(true);
    }
    await calmDown();
    await mine();
    await final(eventUrl);
  });

  it("the original may win against its replacement: receipts of all attempts count", async () => {
    await start();
    await final((await check(api)).body.eventUrl);
    await chain.rpc.call("evm_setAutomine", [false]);
    const { eventUrl } = (await check(api)).body;
    const first = await eventually(async () => (await anchorOf(eventUrl)).txHash, "it is sent");
    await eventually(async () => {
      await passOver();
      return (await anchorOf(eventUrl)).txHash !== first;
    }, "the fee is raised");
    const { dataDir } = api;
    await api.service.close();
    const before = api;
    const store = await openStore({ url: `sqlite:${join(dataDir, "ledger.db")}`, newLedgerId: "" });
    const [batch] = await store.read.anchors.inFlight(1);
    const attempts = await store.read.anchors.attempts(batch!.id);
    await store.close();
    expect(attempts.length).to.be.greaterThan(1);
    expect(attempts[0]!.txHash).to.equal(first);
    for (const { txHash } of attempts)
      await chain.rpc.call("hardhat_dropTransaction", [txHash]).catch(() => {});
    await calmDown();
    await chain.rpc.call("eth_sendRawTransaction", [attempts[0]!.raw]);

    api = await startService({ ...chain.variables, ...SLOW }, { dataDir });
    expect((await final(eventUrl)).txHash).to.equal(first);
    await api.service.close();
    api = before;
  });

  it("a fee over the cap waits and says so, while operations go on, and goes when fees have fallen", async () => {
    await start({ ANCHOR_MAX_FEE_GWEI: "5" });
    await final((await check(api)).body.eventUrl);
    await passOver();
    const answer = await check(api);
    expect(answer.status).to.equal(202);
    await trouble(/fees over the cap.*ANCHOR_MAX_FEE_GWEI is 5/);
    await calmDown();
    await mine();
    await final(answer.body.eventUrl);
    await well();
  });

  it("a role that was taken away is named, and everything goes on by itself once it is back", async () => {
    await start();
    await final((await check(api)).body.eventUrl);
    await chain.send(DEV_ADMIN.privateKey, {
      to: chain.contract,
      data: roles.encodeFunctionData("revokeRole", [ANCHOR_ROLE, relayer]),
    });
    const answers = [await check(api), await check(api)];
    for (const { status } of answers) expect(status).to.equal(202);
    await trouble(/AccessControlUnauthorizedAccount/);
    await chain.send(DEV_ADMIN.privateKey, {
      to: chain.contract,
      data: roles.encodeFunctionData("grantRole", [ANCHOR_ROLE, relayer]),
    });
    for (const { body } of answers) await final(body.eventUrl);
    await well();
  });

  it("a role that was taken away while the transaction waited: it fails, and is sent again with another nonce", async () => {
    await start();
    await final((await check(api)).body.eventUrl);
    await chain.rpc.call("evm_setAutomine", [false]);
    const { eventUrl } = (await check(api)).body;
    const first = await eventually(async () => {
      const { txHash } = await anchorOf(eventUrl);
      if (txHash === null) return null;
      return (await chain.rpc.call("eth_getTransactionByHash", [txHash])) === null ? null : txHash;
    }, "it is in the pool");
    await chain.send(DEV_ADMIN.privateKey, {
      to: chain.contract,
      data: roles.encodeFunctionData("revokeRole", [ANCHOR_ROLE, relayer]),
    });
    await mine();
    await chain.rpc.call("evm_setAutomine", [true]);
    await trouble(/AccessControlUnauthorizedAccount/);
    await chain.send(DEV_ADMIN.privateKey, {
      to: chain.contract,
      data: roles.encodeFunctionData("grantRole", [ANCHOR_ROLE, relayer]),
    });
    expect((await final(eventUrl)).txHash).not.to.equal(first);
    const failed = await chain.rpc.call<{ status: string }>("eth_getTransactionReceipt", [first]);
    expect(failed.status).to.equal("0x0");
  });

  it("an empty account is named, and everything goes on by itself once it is funded", async () => {
    await start();
    await final((await check(api)).body.eventUrl);
    await chain.rpc.call("hardhat_setBalance", [relayer, "0x0"]);
    const answer = await check(api);
    expect(answer.status).to.equal(202);
    await trouble(/cannot pay/);
    await chain.rpc.call("hardhat_setBalance", [relayer, "0xde0b6b3a7640000"]);
    await final(answer.body.eventUrl);
    await well();
  });

  it("a nonce that somebody else used stops it, says what to do, and doing it helps", async () => {
    await start();
    await final((await check(api)).body.eventUrl);
    await chain.rpc.call("evm_setAutomine", [false]);
    const { eventUrl } = (await check(api)).body;
    await eventually(async () => (await anchorOf(eventUrl)).status === "broadcast", "it is sent");
    const nonce = Number(await chain.rpc.call("eth_getTransactionCount", [relayer, "latest"]));
    await chain.send(DEV_RELAYER.privateKey, { to: DEV_ADMIN.address, value: 1n, nonce });
    await mine();
    await chain.rpc.call("evm_setAutomine", [true]);
    await trouble(new RegExp(`ANCHOR_SKIP_NONCE=${nonce}`));
    const sent = Number(await chain.rpc.call("eth_getTransactionCount", [relayer, "pending"]));
    expect(sent, "nothing more was sent").to.equal(nonce + 1);

    const { dataDir } = api;
    await api.service.close();
    const before = api;
    api = await startService({ ...chain.variables, ...SLOW, ANCHOR_SKIP_NONCE: String(nonce) }, { dataDir });
    await final(eventUrl);
    await api.service.close();
    api = before;
  }).timeout(40_000);

  it("another account for the relayer takes over what the earlier one left in flight", async () => {
    await start();
    await final((await check(api)).body.eventUrl);
    await chain.rpc.call("evm_setAutomine", [false]);
    const { eventUrl } = (await check(api)).body;
    await eventually(async () => (await anchorOf(eventUrl)).status === "broadcast", "it is sent");
    const { txHash } = await anchorOf(eventUrl);
    const { dataDir } = api;
    await api.service.close();
    const before = api;
    await chain.rpc.call("hardhat_dropTransaction", [txHash]);
    await chain.rpc.call("hardhat_setBalance", [relayer, "0x0"]);
    await chain.rpc.call("evm_setAutomine", [true]);
    await chain.send(DEV_ADMIN.privateKey, {
      to: chain.contract,
      data: roles.encodeFunctionData("grantRole", [ANCHOR_ROLE, DEV_ADMIN.address]),
    });
    api = await startService(
      { ...chain.variables, ...SLOW, RELAYER_PRIVATE_KEY: DEV_ADMIN.privateKey },
      { dataDir },
    );
    await final(eventUrl);
    await final((await check(api)).body.eventUrl);
    await api.service.close();
    api = before;
  });
});
