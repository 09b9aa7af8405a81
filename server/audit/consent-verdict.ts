/** What is wrong where the consent changes of an anchor are not those that its events tell. */
import type { ConsentLog } from "../ports/audit.ts";
import type { Finding } from "./findings.ts";
import type { ToldChange } from "./told-changes.ts";

export interface Waiting {
  readonly change: ToldChange;
  /** Empty events between the last that told of a change and this one, for which no change was taken yet. */
  emptiedBefore: number;
}

/** What is left over when all that goes together was put together. */
export interface Leftover {
  /** Told by events, in their order. */
  readonly waiting: readonly ToldChange[];
  /** Told to the contract by the transactions that may, in their order. */
  readonly odd: readonly ConsentLog[];
  /** Told to it by others. */
  readonly late: readonly ConsentLog[];
  /** Empty events, each of which may account for one of the odd ones. */
  readonly emptied: number;
  /** Of the anchor; null before the first. */
  readonly block: number | null;
  /** Whether what waits may still come. */
  readonly mayFollow: boolean;
  /** Whether events told more than is known here. */
  readonly dropped: boolean;
}

type Change = Pick<ToldChange, "action" | "consentId">;

/** The contract takes each id once, and each revocation once: the two say which change it is. */
export const sameChange = (told: ToldChange, log: ConsentLog): boolean =>
  told.consentId === log.consentId && told.action === log.action;

const keyOf = ({ action, consentId }: Change): string => `${action} ${consentId}`;
const nameOf = ({ action, consentId }: Change): string => `${action}s the consent ${consentId}`;

/** Whether the contract was told of that change what the event tells. */
export function checkTerms(told: ToldChange, log: ConsentLog): Finding | null {
  const { index, terms } = told;
  const there = log as unknown as Readonly<Record<string, unknown>>;
  const differing = Object.keys(terms).find((term) => terms[term] !== there[term]);
  if (differing === undefined) return null;
  const message =
    `Event ${index} ${nameOf(told)} with the ${differing} ${shown(terms[differing])}; ` +
    `the contract was told ${shown(there[differing])}, in block ${log.blockNumber}.`;
  return { code: "chain_consent", index, message };
}

export function judge(leftover: Leftover): Finding[] {
  const { waiting, odd } = leftover;
  const [first] = waiting;
  const findings = [...missing(leftover), ...unknown(leftover)];
  if (findings.length > 0 || odd.length === 0 || first === undefined) return findings;
  const message =
    `Event ${first.index} ${nameOf(first)}; the contract was told so, but not in the order of the events: ` +
    `transaction ${odd[0]?.txHash} tells it of other changes first.`;
  return [{ code: "chain_consent_order", index: first.index, message }];
}

function missing({ waiting, odd, late, block, mayFollow }: Leftover): Finding[] {
  const known = new Set(odd.map(keyOf));
  const lateOnes = new Map(late.map((log) => [keyOf(log), log]));
  return waiting.flatMap((told): Finding[] => {
    const { index } = told;
    const lateOne = lateOnes.get(keyOf(told));
    if (lateOne !== undefined) {
      const message =
        `Event ${index} ${nameOf(told)}; the contract was not told with the event, in block ${block}, ` +
        `but by transaction ${lateOne.txHash} in block ${lateOne.blockNumber}.`;
      return [{ code: "chain_consent_late", index, message }];
    }
    if (known.has(keyOf(told)) || mayFollow) return [];
    const message = `Event ${index} ${nameOf(told)}; the contract was not told with the event, in block ${block}.`;
    return [{ code: "chain_consent_missing", index, message }];
  });
}

/** Of which no event tells. An empty one may have told of any in its place, but not of what came late. */
function unknown({ waiting, odd, late, emptied, dropped }: Leftover): Finding[] {
  const told = new Set(waiting.map(keyOf));
  const strange = (logs: readonly ConsentLog[]) => logs.filter((log) => !told.has(keyOf(log)));
  const inPlace = dropped ? [] : strange(odd);
  const excused = inPlace.length <= emptied ? inPlace.length : 0;
  const empty =
    emptied === 0 ? "" : `: it is one of ${inPlace.length} such changes, and ${emptied} events are empty`;
  return [
    ...inPlace.slice(excused).map((log) => unknownOne(log, empty)),
    ...strange(late).map((log) => unknownOne(log)),
  ];
}

function unknownOne(log: ConsentLog, empty = ""): Finding {
  const message = `Transaction ${log.txHash} in block ${log.blockNumber} ${nameOf(log)}, of which no event tells${empty}.`;
  return { code: "chain_consent_unknown", index: null, message };
}

/** What an event tells is of the operator's choosing, and of any length. */
function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}
