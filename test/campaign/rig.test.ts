import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import { JsonRpc, RpcError } from "../../server/chain/rpc.ts";
import { ChainUnavailable } from "../../server/ports.ts";
import { FAULTS, seededFaults } from "../../scripts/campaign/rig/fault-plan.ts";
import type { Fault } from "../../scripts/campaign/rig/fault-plan.ts";
import { faultProxy } from "../../scripts/campaign/rig/fault-proxy.ts";
import type { FaultProxy } from "../../scripts/campaign/rig/fault-proxy.ts";
import { Points } from "../../scripts/campaign/rig/points.ts";

describe("The plan of faults", () => {
  const decided = (seed: number) => {
    const plan = seededFaults(seed, 0.5);
    return Array.from({ length: 200 }, (_, ordinal) => plan("eth_call", ordinal)?.fault ?? null);
  };

  it("is the same for the same seed, and another for another", () => {
    expect(decided(7)).to.deep.equal(decided(7));
    expect(decided(7)).not.to.deep.equal(decided(8));
  });

  it("comes to every fault, and leaves about as many calls alone as it is told to", () => {
    const faults = decided(7);
    for (const fault of FAULTS) expect(faults).to.include(fault);
    expect(faults.filter((fault) => fault === null).length).to.be.within(70, 130);
  });
});

describe("The proxy that makes faults", () => {
  let calls: string[];
  let node: ReturnType<typeof createServer>;
  let proxy: FaultProxy;
  let rpc: JsonRpc;
  beforeEach(async () => {
    calls = [];
    node = createServer((incoming, outgoing) => {
      let body = "";
      incoming.on("data", (chunk: Buffer) => (body += chunk.toString()));
      incoming.on("end", () => {
        const { id, method } = JSON.parse(body) as { id: number; method: string };
        calls.push(method);
        outgoing.end(JSON.stringify({ jsonrpc: "2.0", id, result: `0x${calls.length.toString(16)}` }));
      });
    });
    await new Promise<void>((resolve) => node.listen(0, "127.0.0.1", resolve));
    proxy = await faultProxy(`http://127.0.0.1:${(node.address() as AddressInfo).port}`);
    rpc = new JsonRpc(proxy.url, { timeoutMs: 300 });
  });
  afterEach(async () => {
    rpc.close();
    await proxy.close();
    node.closeAllConnections();
    node.close();
  });
  const ask = (method = "eth_blockNumber") =>
    rpc.call(method).then(
      (result) => result,
      (error: unknown) => error,
    );
  const meet = (fault: Fault) => (proxy.plan = seededFaults(1, 1, [fault]));

  const promises: readonly (readonly [Fault, reaches: number, seen: (answer: unknown) => boolean])[] = [
    ["drop-request", 0, (answer) => answer instanceof ChainUnavailable],
    ["hang-request", 0, (answer) => answer instanceof ChainUnavailable],
    ["drop-response", 1, (answer) => answer instanceof ChainUnavailable],
    ["hang-response", 1, (answer) => answer instanceof ChainUnavailable],
    ["failed-but-done", 1, (answer) => answer instanceof RpcError],
    ["error", 0, (answer) => answer instanceof RpcError],
    ["malformed", 1, (answer) => answer instanceof ChainUnavailable],
    ["delay", 1, (answer) => answer === "0x1"],
    ["duplicate", 2, (answer) => answer === "0x1" || answer === "0x2"],
  ];
  for (const [fault, reaches, seen] of promises) {
    it(`${fault}: the node sees ${reaches} calls, the service sees its like, and it is counted`, async () => {
      meet(fault);
      const answer = await ask();
      expect(seen(answer), String(answer)).to.equal(true);
      expect(calls.length).to.equal(reaches);
      expect(proxy.met.get("eth_blockNumber")?.get(fault)).to.equal(1);
    });
  }

  it("stale: what was answered before, and no receipt", async () => {
    expect(await ask()).to.equal("0x1");
    meet("stale");
    expect(await ask()).to.equal("0x1");
    expect(await ask("eth_getTransactionReceipt")).to.equal(null);
    expect(calls).to.deep.equal(["eth_blockNumber"]);
  });

  it("is quiet again at once when told to be, and lets go of who hangs", async () => {
    meet("hang-request");
    const hanging = ask();
    while (proxy.faults === 0) await new Promise((resolve) => setImmediate(resolve));
    proxy.calm();
    expect(await hanging).to.be.instanceOf(ChainUnavailable);
    expect(await ask()).to.equal("0x1");
  });
});

describe("The choice of crash points", () => {
  it("comes to every point that processes pass, the least visited first, the elusive ones later", () => {
    const points = new Points();
    expect(points.next()).to.equal(null);
    points.note("POINT a\nPOINT b\nnoise\nPOINT c\n", null);
    expect(points.next()).to.equal("a");
    points.note("", "a");
    points.note("", null, "b");
    expect(points.next()).to.equal("c");
    points.note("", "c");
    expect(points.next()).to.equal("b");
    expect(points.counts()).to.deep.equal([
      ["a", 1],
      ["b", 0],
      ["c", 1],
    ]);
  });
});
