import { toBeHex } from "ethers";
import { consentManager } from "./abi.ts";

/** A log as JSON-RPC gives it, as far as we read it. */
export interface RpcLog {
  readonly address: string;
  readonly topics: string[];
  readonly data: string;
  readonly transactionHash: string;
  readonly blockNumber: string;
  readonly blockHash: string;
}

/** What a log of the contract says was appended; null for any other log. */
export function anchoredIn(contract: string, log: RpcLog) {
  if (log.address.toLowerCase() !== contract.toLowerCase()) return null;
  const parsed = consentManager.parseLog(log);
  if (parsed?.name !== "Anchored" && parsed?.name !== "AnchoredSubtrees") return null;
  const { fromSize, size, root } = parsed.args as unknown as { fromSize: bigint; size: bigint; root: string };
  return { fromSize: Number(fromSize), size: Number(size), root };
}

const topicOf = (name: string): string | undefined => consentManager.getEvent(name)?.topicHash;

/** The filter for whatever brought the contract from one size to the other. */
export const anchorTopics = (fromSize: number, size: number) => [
  [topicOf("Anchored"), topicOf("AnchoredSubtrees")],
  toBeHex(fromSize, 32),
  toBeHex(size, 32),
];
