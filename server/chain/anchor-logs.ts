import { ChainUnavailable, MAX_SIZE } from "../ledger/index.ts";
import type { AnchorLog } from "../ports/audit.ts";
import { consentManager } from "./abi.ts";
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
