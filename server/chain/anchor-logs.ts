import { ChainUnavailable, MAX_SIZE } from "../ledger/index.ts";
import type { AnchorLog } from "../ports/audit.ts";
import { anchorData } from "./anchor-data.ts";
import { logWindows } from "./log-windows.ts";
import type { LogKind, RpcLog } from "./log-windows.ts";
import type { RpcReader } from "./patient-rpc.ts";

export const ANCHOR_LOGS: LogKind<AnchorLog> = {
  events: ["Anchored", "AnchoredSubtrees"],
  read: anchorLog,
  weigh: ({ leaves }) => (leaves.kind === "digests" ? leaves.digests.length : leaves.nodes.length),
};

/** The contract's anchor events in the order of the chain. */
export const anchorLogs = (
  rpc: RpcReader,
  contract: string,
  fromBlock: number,
  toBlock: number,
): AsyncGenerator<readonly AnchorLog[], void> => logWindows(rpc, contract, [fromBlock, toBlock], ANCHOR_LOGS);

function anchorLog(log: RpcLog): AnchorLog {
  const read = anchorData(log.topics, log.data.toLowerCase());
  if (read === null) throw senseless(log);
  const { root, hashes, levels } = read;
  const fromSize = Number(read.fromSize);
  const size = Number(read.size);
  const leaves: AnchorLog["leaves"] =
    levels === null
      ? { kind: "digests", digests: hashes }
      : { kind: "subtrees", nodes: hashes.map((hash, i) => ({ level: Number(levels[i]), hash })) };
  const covered =
    leaves.kind === "digests"
      ? leaves.digests.length
      : leaves.nodes.reduce((sum, { level }) => sum + 2 ** level, 0);
  if (fromSize + covered > MAX_SIZE || covered !== size - fromSize || covered === 0) throw senseless(log);
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

const senseless = ({ transactionHash }: RpcLog): ChainUnavailable =>
  new ChainUnavailable(`a log of ${transactionHash} makes no sense`);
