import { ChainUnavailable } from "../ledger/index.ts";
import { isAnchorLog } from "../ports/audit.ts";
import type { ConsentLog, ContractLog } from "../ports/audit.ts";
import { consentManager } from "./abi.ts";
import { ANCHOR_LOGS } from "./anchor-logs.ts";
import { logWindows, topicOf } from "./log-windows.ts";
import type { LogKind, RpcLog } from "./log-windows.ts";
import type { RpcReader } from "./patient-rpc.ts";

const CONSENT_EVENTS = ["ConsentGranted", "ConsentRevoked"];
const CONSENT_TOPICS = new Set(CONSENT_EVENTS.map(topicOf));
/** A log of its own around three hashes. */
const CONSENT_WEIGHT = 12;

const CONTRACT_LOGS: LogKind<ContractLog> = {
  events: [...ANCHOR_LOGS.events, ...CONSENT_EVENTS],
  read: (log) => (CONSENT_TOPICS.has(log.topics[0] ?? "") ? consentLog(log) : ANCHOR_LOGS.read(log)),
  weigh: (log) => (isAnchorLog(log) ? ANCHOR_LOGS.weigh(log) : CONSENT_WEIGHT),
};

/** The contract's anchor and consent events, as they follow one another. */
export const contractLogs = (
  rpc: RpcReader,
  contract: string,
  fromBlock: number,
  toBlock: number,
): AsyncGenerator<readonly ContractLog[], void> =>
  logWindows(rpc, contract, [fromBlock, toBlock], CONTRACT_LOGS);

function consentLog(log: RpcLog): ConsentLog {
  const parsed = consentManager.parseLog(log);
  if (parsed === null) throw new ChainUnavailable(`a log of ${log.transactionHash} makes no sense`);
  const place = { txHash: log.transactionHash, blockNumber: Number(log.blockNumber) };
  const [consentId, at, ...terms] = parsed.args.toArray() as [string, bigint, bigint, string, string];
  const timestamp = Number(at);
  if (parsed.name === "ConsentRevoked") return { action: "revoke", consentId, timestamp, ...place };
  const [expiresAt, purpose, documentHash] = terms;
  return {
    action: "grant",
    consentId,
    timestamp,
    expiresAt: Number(expiresAt),
    purpose,
    documentHash,
    ...place,
  };
}
