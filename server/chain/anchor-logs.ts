import { ChainUnavailable, MAX_SIZE } from "../ledger/index.ts";
import type { AnchorLog } from "../ports/audit.ts";
import { consentManager } from "./abi.ts";
import { answered } from "./answered.ts";
import { RpcError } from "./rpc.ts";
import type { RpcReader } from "./patient-rpc.ts";

interface RpcLog {
  readonly address: string;
  readonly topics: string[];
  readonly data: string;
  readonly blockNumber: string;
  readonly blockHash: string;
  readonly transactionHash: string;
  readonly removed?: boolean;
}

const TOPICS = ["Anchored", "AnchoredSubtrees"].map((name) => consentManager.getEvent(name)?.topicHash ?? "");

/** Endpoints limit the range, the number of logs or the size of an answer, each as it likes. */
const MOST_BLOCKS = 10_000;
/** Few enough for the memory of the auditor: 2,000 digests in one log take about half a megabyte while they are read. */
const MOST_HASHES = 20_000;

/**
 * The contract's anchor events in the order of the chain. The range of blocks asked for in one call is halved when the
 * endpoint refuses or when much came back, and doubled when little did.
 */
export async function* anchorLogs(
  rpc: RpcReader,
  contract: string,
  fromBlock: number,
  toBlock: number,
): AsyncGenerator<readonly AnchorLog[], void> {
  let range = 64;
  for (let begin = fromBlock; begin <= toBlock;) {
    const end = Math.min(toBlock, begin + range - 1);
    const logs = await answered(() => ask(rpc, contract, begin, end)).catch((error: unknown) => {
      // Whatever it is that an endpoint minds, a smaller question is what helps; at one block it is its last word.
      if (!(error instanceof ChainUnavailable && error.cause instanceof RpcError) || end === begin)
        throw error;
      return null;
    });
    if (logs === null) {
      range = Math.max(1, Math.floor((end - begin + 1) / 2));
      continue;
    }
    yield logs;
    begin = end + 1;
    const hashes = logs.reduce((sum, { leaves }) => sum + count(leaves), 0);
    range = hashes > MOST_HASHES ? Math.max(1, Math.floor(range / 2)) : Math.min(MOST_BLOCKS, range * 2);
  }
}

function count(leaves: AnchorLog["leaves"]): number {
  return leaves.kind === "digests" ? leaves.digests.length : leaves.nodes.length;
}

async function ask(rpc: RpcReader, contract: string, begin: number, end: number): Promise<AnchorLog[]> {
  const logs = await rpc.call<RpcLog[]>("eth_getLogs", [
    {
      address: contract,
      topics: [TOPICS],
      fromBlock: `0x${begin.toString(16)}`,
      toBlock: `0x${end.toString(16)}`,
    },
  ]);
  // What another contract emitted proves nothing, even if the endpoint thinks that it was asked for.
  return logs.filter((log) => log.address.toLowerCase() === contract && log.removed !== true).map(anchorLog);
}

function anchorLog(log: RpcLog): AnchorLog {
  const parsed = consentManager.parseLog(log);
  const [from, to, root, items, levels] = (parsed?.args.toArray() ?? []) as [
    bigint,
    bigint,
    string,
    string[],
    bigint[],
  ];
  const fromSize = Number(from);
  const size = Number(to);
  const leaves: AnchorLog["leaves"] =
    parsed?.name === "Anchored"
      ? { kind: "digests", digests: [...items] }
      : {
          kind: "subtrees",
          nodes: Array.from(items, (hash, i) => ({ level: Number(levels[i]), hash })),
        };
  const covered =
    leaves.kind === "digests"
      ? leaves.digests.length
      : leaves.nodes.reduce((sum, { level }) => sum + 2 ** level, 0);
  if (fromSize + covered > MAX_SIZE || covered !== size - fromSize || covered === 0) {
    throw new ChainUnavailable(`a log of ${log.transactionHash} makes no sense`);
  }
  return {
    fromSize,
    size,
    root,
    leaves,
    txHash: log.transactionHash,
    blockNumber: Number(log.blockNumber),
    blockHash: log.blockHash,
  };
}
