import { ChainUnavailable } from "../ledger/index.ts";
import { isAnchorLog } from "../ports/audit.ts";
import type { ConsentLog, ContractLog } from "../ports/audit.ts";
import { ANCHOR_LOGS } from "./anchor-logs.ts";
import { logWindows, topicOf } from "./log-windows.ts";
import type { LogKind, RpcLog } from "./log-windows.ts";
import type { RpcReader } from "./patient-rpc.ts";

const CONSENT_EVENTS = ["ConsentGranted", "ConsentRevoked"];
const [GRANTED, REVOKED] = CONSENT_EVENTS.map(topicOf);
const WORD = /^0x[0-9a-f]{64}$/i;
const WORDS = /^0x[0-9a-f]*$/i;
/** A log of its own around three hashes. */
const CONSENT_WEIGHT = 12;

const CONTRACT_LOGS: LogKind<ContractLog> = {
  events: [...ANCHOR_LOGS.events, ...CONSENT_EVENTS],
  read: (log) =>
    log.topics[0] === GRANTED || log.topics[0] === REVOKED ? consentLog(log) : ANCHOR_LOGS.read(log),
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

/**
 * Read by hand: a ledger has many, and ethers takes ten times as long for one. Every field is a word of 32 bytes; what
 * is shorter than a word stands at its end if it is a number, and at its beginning if it is bytes.
 */
function consentLog({ topics, data, transactionHash: txHash, blockNumber }: RpcLog): ConsentLog {
  const [kind, consentId] = topics;
  const words = kind === GRANTED ? 4 : 1;
  if (
    topics.length !== 2 ||
    !WORD.test(consentId ?? "") ||
    !WORDS.test(data) ||
    data.length !== 2 + 64 * words
  ) {
    throw new ChainUnavailable(`a log of ${txHash} makes no sense`);
  }
  const word = (i: number) => data.slice(2 + 64 * i, 66 + 64 * i).toLowerCase();
  const change = {
    consentId: (consentId as string).toLowerCase(),
    timestamp: Number(`0x${word(0)}`),
    txHash,
    blockNumber: Number(blockNumber),
  };
  if (kind !== GRANTED) return { action: "revoke", ...change };
  return {
    action: "grant",
    ...change,
    expiresAt: Number(`0x${word(1)}`),
    purpose: `0x${word(2).slice(0, 32)}`,
    documentHash: `0x${word(3)}`,
  };
}
