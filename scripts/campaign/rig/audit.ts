/**
 * What must hold after every fault, asked of the chain itself, the database and the API: each acknowledged event is
 * there, once, at its place, and its receipt verifies. Each audit goes on where the last one ended.
 */
import { consentManager } from "../../../server/chain/abi.ts";
import { rpcChainReader } from "../../../server/chain/reader.ts";
import { toHex, verifyReceipt } from "../../../server/ledger/index.ts";
import type { ReceiptAnchor } from "../../../server/ledger/index.ts";
import type { Store } from "../../../server/ports.ts";
import { eventually } from "../../../test/helpers/eventually.ts";
import { rootAt } from "../../../server/services/tree.ts";
import type { TestChain } from "./chain.ts";
import type { Acknowledged, Api } from "./workload.ts";

export interface Audit {
  /** What does not hold; empty when all does. Takes the acknowledged ones off the list. */
  run(api: Api, acknowledged: Acknowledged[]): Promise<string[]>;
  readonly events: number;
  readonly receipts: number;
  readonly anchors: number;
}

interface Log {
  readonly topics: string[];
  readonly data: string;
  readonly blockNumber: string;
}

/** What the API shows of an event. */
export interface EventView {
  readonly digest: string;
  readonly payloadStatus: string;
  readonly receiptUrl: string;
  readonly anchor: ReceiptAnchor;
}

export async function look(
  api: Pick<Api, "get">,
  eventUrl: string,
): Promise<{ status: number; event: EventView }> {
  const answer = await api.get(eventUrl);
  return { status: answer.status, event: answer.body as EventView };
}

/** Deeper than any reorganisation of a campaign: what is below need not be looked at again. */
const SETTLED = 20;
/** How long a service may take to see what the chain has. */
const NOTICE_MS = 20_000;
const LOGS_MS = 5_000;

export function auditOf(chain: TestChain, store: Pick<Store, "read">): Audit {
  const reader = rpcChainReader(chain.url);
  const trust = { chainId: 31_337, contract: chain.contract };
  let settled = { block: 0, size: 0, anchors: 0 };
  let anchors = 0;
  let receipts = 0;
  let events = 0;
  const digestsSeen = new Set<string>();

  /** A node may show a block's state a moment before its logs. */
  async function completeLogs(): Promise<Log[]> {
    let logs: Log[] = [];
    const complete = async () => {
      const { size } = await store.read.events.head();
      logs = await chain.rpc.call<Log[]>("eth_getLogs", [
        { address: chain.contract, fromBlock: `0x${settled.block.toString(16)}`, toBlock: "latest" },
      ]);
      // Of our logs, those of anchors alone have three topics: the size reached is the last.
      const last = logs.findLast(({ topics }) => topics.length === 3);
      return Number(last?.topics[2] ?? settled.size) === size;
    };
    // What is still missing after that is for the audit to name.
    await eventually(complete, "the node's logs are as far as its state", LOGS_MS).catch(() => {});
    return logs;
  }

  /** The contract's log, replayed: ranges without gap or overlap, with the database's digests. */
  async function checkChain(): Promise<string[]> {
    const problems: string[] = [];
    const head = Number(await chain.rpc.call<string>("eth_blockNumber"));
    const logs = await completeLogs();
    let { size, anchors: seen } = settled;
    let settledHere = settled;
    for (const log of logs) {
      const parsed = consentManager.parseLog(log);
      if (parsed?.name !== "Anchored" && parsed?.name !== "AnchoredSubtrees") continue;
      const [from, to] = [Number(parsed.args[0]), Number(parsed.args[1])];
      if (from !== size)
        problems.push(`the chain goes from size ${size} to ${from}: anchored twice, or a gap`);
      if (parsed.name === "Anchored") {
        const ours = (await store.read.events.digests(from, to)).map(toHex);
        const theirs = [...(parsed.args[3] as string[])];
        if (ours.join() !== theirs.join()) problems.push(`digests [${from}, ${to}) differ on chain`);
      }
      size = to;
      seen++;
      if (Number(log.blockNumber) < head - SETTLED) {
        settledHere = { block: Number(log.blockNumber) + 1, size, anchors: seen };
      }
    }
    const ledger = await store.read.events.head();
    const digests = (await store.read.events.digests(events, ledger.size)).map(toHex);
    if (digests.length !== ledger.size - events) problems.push(`an index is missing below ${ledger.size}`);
    for (const digest of digests) {
      if (digestsSeen.has(digest)) problems.push(`the digest ${digest} is in the ledger twice`);
      digestsSeen.add(digest);
    }
    if (size !== ledger.size) problems.push(`the chain has ${size} events, the database ${ledger.size}`);
    // The contract records a root with each anchor: of an empty tree there is none.
    if (ledger.size > 0) {
      const root = toHex(await rootAt(store.read, ledger.size));
      const onChain = await reader.rootAt(chain.contract, ledger.size);
      if (root !== onChain) problems.push(`at size ${ledger.size} the root is ${root}, on chain ${onChain}`);
    }
    settled = settledHere;
    anchors = seen;
    events = ledger.size;
    return problems;
  }

  async function checkEvent(api: Api, { eventId, eventUrl, operation }: Acknowledged): Promise<string[]> {
    const { status, event } = await look(api, eventUrl);
    if (status !== 200) return [`the acknowledged event ${eventId} (${operation}) is gone: ${status}`];
    // The chain has it already; the service may take a moment to see it.
    const mined = async () => /mined|final/.test((await look(api, eventUrl)).event.anchor.status);
    await eventually(mined, `the service sees that ${eventId} is mined`, NOTICE_MS);
    if (!digestsSeen.has(event.digest)) return [`the digest of ${eventId} is not in the ledger`];
    const shown = await api.get(event.receiptUrl);
    // The digest stands, and that is all there may be left of it.
    if (shown.status === 410 && event.payloadStatus === "erased") return [];
    const receipt: unknown = shown.body;
    const verdict = await verifyReceipt(receipt, { trust, chain: reader });
    receipts++;
    if (verdict.ok && verdict.level === "chain") return [];
    const why = verdict.checks.find((check) => check.status === "failed" || check.status === "unavailable");
    return [`the receipt of ${eventId} does not verify (${why?.name}: ${why?.detail})`];
  }

  return {
    async run(api, acknowledged) {
      const problems = await checkChain();
      const due = acknowledged.splice(0);
      while (due.length > 0) {
        const results = await Promise.all(due.splice(0, 8).map((one) => checkEvent(api, one)));
        problems.push(...results.flat());
      }
      return problems;
    },
    get events() {
      return events;
    },
    get receipts() {
      return receipts;
    },
    get anchors() {
      return anchors;
    },
  };
}
