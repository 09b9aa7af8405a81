import { expect } from "chai";
import { consentManager } from "../../server/chain/abi.ts";
import { anchorLogs } from "../../server/chain/anchor-logs.ts";
import { contractLogs } from "../../server/chain/consent-logs.ts";
import { patientRpc } from "../../server/chain/patient-rpc.ts";
import { RpcError } from "../../server/chain/rpc.ts";
import { ChainUnavailable } from "../../server/ledger/index.ts";
import type { AnchorLog } from "../../server/ports/audit.ts";

const CONTRACT = `0x${"c0".repeat(20)}`;
const HASH = `0x${"01".repeat(32)}`;

/** One event anchored in each block, behind an endpoint that answers with so many logs at most. */
function endpoint(blocks: number, most: number, emitter = CONTRACT) {
  const asked: number[] = [];
  const log = (block: number) => ({
    address: emitter,
    ...consentManager.encodeEventLog("Anchored", [block, block + 1, HASH, [HASH]]),
    blockNumber: `0x${block.toString(16)}`,
    blockHash: HASH,
    transactionHash: HASH,
  });
  return {
    asked,
    async call<T>(method: string, params?: readonly unknown[]): Promise<T> {
      const [{ fromBlock, toBlock }] = params as [{ fromBlock: string; toBlock: string }];
      const [from, to] = [Number(fromBlock), Number(toBlock)];
      asked.push(to - from + 1);
      if (to - from + 1 > most)
        throw new RpcError(method, { message: "query returned more than 10000 results" });
      const found = Array.from({ length: Math.max(0, Math.min(to, blocks - 1) - from + 1) }, (_, i) =>
        log(from + i),
      );
      return found as T;
    },
  };
}

async function read(rpc: Parameters<typeof anchorLogs>[0], to: number): Promise<AnchorLog[]> {
  const logs: AnchorLog[] = [];
  for await (const page of anchorLogs(rpc, CONTRACT, 0, to)) logs.push(...page);
  return logs;
}

describe("The consents in a chain's logs", () => {
  const GRANT = [HASH, 1_750_000_000, 4_000_000_000, `0x${"61".repeat(16)}`, `0x${"d0".repeat(32)}`];
  const place = { address: CONTRACT, blockNumber: "0x7", blockHash: HASH, transactionHash: HASH };
  const granted = { ...place, ...consentManager.encodeEventLog("ConsentGranted", GRANT) };
  const revoked = { ...place, ...consentManager.encodeEventLog("ConsentRevoked", [HASH, 2 ** 40 - 1]) };
  const readAll = async (...logs: object[]) => {
    const rpc = { call: async <T>() => logs as T };
    return (await Array.fromAsync(contractLogs(rpc, CONTRACT, 0, 10))).flat();
  };

  it("are read as the contract writes them", async () => {
    const change = { consentId: HASH, txHash: HASH, blockNumber: 7 };
    expect(await readAll(granted, revoked)).to.deep.equal([
      {
        action: "grant",
        ...change,
        timestamp: 1_750_000_000,
        expiresAt: 4_000_000_000,
        purpose: `0x${"61".repeat(16)}`,
        documentHash: `0x${"d0".repeat(32)}`,
      },
      { action: "revoke", ...change, timestamp: 2 ** 40 - 1 },
    ]);
  });

  it("are no answer where they are not whole", async () => {
    for (const broken of [
      { ...granted, data: granted.data.slice(0, -64) },
      { ...granted, data: `${granted.data}${"00".repeat(32)}` },
      { ...granted, data: granted.data.replace("0x", "0y") },
      { ...granted, topics: granted.topics.slice(0, 1) },
      { ...revoked, topics: [revoked.topics[0], "0x01"] },
      { ...revoked, data: "0x" },
    ]) {
      const outcome: unknown = await readAll(broken).catch((error: unknown) => error);
      expect(outcome, JSON.stringify(broken)).to.be.instanceOf(ChainUnavailable);
    }
  });
});

describe("The anchors in a chain's logs", () => {
  it("are all read, once and in order, however little the endpoint gives at a time", async () => {
    for (const most of [1, 3, 50, 100_000]) {
      const logs = await read(endpoint(200, most), 250);
      expect(logs.map(({ fromSize }) => fromSize)).to.deep.equal(Array.from({ length: 200 }, (_, i) => i));
    }
  });

  it("are asked for in ever larger ranges of blocks where there are few, so that a long chain takes few questions", async () => {
    const sparse = endpoint(1, Infinity);
    await read(sparse, 1_000_000);
    const { asked } = sparse;
    expect(asked.length).to.be.lessThan(120);
    expect(Math.max(...asked)).to.equal(10_000);
  });

  it("are not there when the endpoint refuses even a single block: that is no answer", async () => {
    const outcome: unknown = await read(endpoint(5, 0), 5).catch((error: unknown) => error);
    expect(outcome).to.be.instanceOf(ChainUnavailable);
  });

  it("are those of the contract, whatever else the endpoint slips in", async () => {
    expect(await read(endpoint(5, 100, `0x${"e0".repeat(20)}`), 5)).to.deep.equal([]);
  });

  it("are asked for again where no answer came, and not where the answer is no", async () => {
    const outcomes: Error[] = [new ChainUnavailable("reset"), new ChainUnavailable("reset")];
    let calls = 0;
    const rpc = patientRpc(
      {
        call: async <T>() => {
          calls += 1;
          const error = outcomes.shift();
          if (error !== undefined) throw error;
          return "0x1" as T;
        },
      },
      [0, 0],
    );
    expect(await rpc.call("eth_chainId")).to.equal("0x1");
    expect(calls).to.equal(3);
    outcomes.push(new RpcError("eth_chainId", { message: "no" }));
    expect(await rpc.call("eth_chainId").catch((error: Error) => error.message)).to.include("no");
    expect(calls).to.equal(4);
  });
});
