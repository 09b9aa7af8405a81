import { consentManager } from "./abi.ts";
import { answered, wasRefused } from "./answered.ts";
import type { RpcReader } from "./patient-rpc.ts";

/** A log as JSON-RPC gives it, as far as an audit reads it. */
export interface RpcLog {
  readonly address: string;
  readonly topics: string[];
  readonly data: string;
  readonly blockNumber: string;
  readonly blockHash: string;
  readonly transactionHash: string;
  readonly removed?: boolean;
}

export interface LogKind<L> {
  /** Names of the contract's events. */
  readonly events: readonly string[];
  read(log: RpcLog): L;
  /** What a log takes of the auditor's memory while it is read, in hashes. */
  weigh(log: L): number;
}

export const topicOf = (name: string): string => consentManager.getEvent(name)?.topicHash ?? "";

/** Endpoints limit the range, the number of logs or the size of an answer, each as it likes. */
const MOST_BLOCKS = 10_000;
/** Few enough for the memory of the auditor: 2,000 digests in one log take about half a megabyte while they are read. */
const MOST_HASHES = 20_000;

/**
 * The contract's logs of these kinds in the order of the chain. The range of blocks asked for in one call is halved when
 * the endpoint refuses or when much came back, and doubled when little did.
 */
export async function* logWindows<L>(
  rpc: RpcReader,
  contract: string,
  [fromBlock, toBlock]: readonly [number, number],
  kind: LogKind<L>,
): AsyncGenerator<readonly L[], void> {
  const topics = kind.events.map(topicOf);
  let range = 64;
  for (let begin = fromBlock; begin <= toBlock;) {
    const end = Math.min(toBlock, begin + range - 1);
    const logs = await answered(async () => {
      const found = await rpc.call<RpcLog[]>("eth_getLogs", [
        { address: contract, topics: [topics], fromBlock: hex(begin), toBlock: hex(end) },
      ]);
      // What another contract emitted proves nothing, even if the endpoint thinks that it was asked for.
      return found
        .filter((log) => log.address.toLowerCase() === contract && log.removed !== true)
        .map((log) => kind.read(log));
    }).catch((error: unknown) => {
      // At one block it is its last word.
      if (!wasRefused(error) || end === begin) throw error;
      return null;
    });
    if (logs === null) {
      range = Math.max(1, Math.floor((end - begin + 1) / 2));
      continue;
    }
    yield logs;
    begin = end + 1;
    const hashes = logs.reduce((sum, log) => sum + kind.weigh(log), 0);
    range = hashes > MOST_HASHES ? Math.max(1, Math.floor(range / 2)) : Math.min(MOST_BLOCKS, range * 2);
  }
}

const hex = (block: number): string => `0x${block.toString(16)}`;
