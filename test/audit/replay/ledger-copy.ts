/** Editing the payloads of a ledger as an operator could who rewrites it before anybody has seen it. */
import type { Payload } from "./world.ts";

export type Ledger = readonly (Payload | null)[];

export interface Outcome {
  readonly [field: string]: unknown;
  readonly result?: string;
  readonly attempt?: number;
  readonly reservedAt?: string;
  readonly reserved?: number;
  readonly failures?: number;
  readonly lockedUntil?: string | null;
  readonly disabledAt?: string | null;
  readonly open?: readonly { readonly attempt: number; readonly reservedAt: string }[];
  readonly challengeId?: string;
  readonly consentId?: string;
}

export interface EventView {
  readonly index: number;
  readonly type: string;
  readonly policy: string;
  readonly who: string;
  readonly timestamp: string;
  readonly outcome: Outcome;
}

export function events(ledger: Ledger): EventView[] {
  return ledger.flatMap((payload, index) =>
    payload === null
      ? []
      : [
          {
            index,
            type: payload["type"] as string,
            policy: payload["policy"] as string,
            who: payload["identityHash"] as string,
            timestamp: payload["timestamp"] as string,
            outcome: payload["outcome"] as Outcome,
          },
        ],
  );
}

/** The next event of the same credential that tells of its counter. */
export function nextOfCounter(ledger: Ledger, { index, who, policy }: EventView): EventView | null {
  return (
    events(ledger).find(
      (event) =>
        event.index > index &&
        event.who === who &&
        event.policy === policy &&
        event.outcome.open !== undefined,
    ) ?? null
  );
}

export function previousOfCounter(ledger: Ledger, { index, who, policy }: EventView): EventView | null {
  return (
    events(ledger).findLast(
      (event) =>
        event.index < index &&
        event.who === who &&
        event.policy === policy &&
        event.outcome.open !== undefined,
    ) ?? null
  );
}

export function edit(ledger: Ledger, index: number, changes: Payload, outcome: Payload = {}): Ledger {
  return ledger.map((payload, at) =>
    at !== index || payload === null
      ? payload
      : { ...payload, ...changes, outcome: defined({ ...(payload["outcome"] as Payload), ...outcome }) },
  );
}

/** Without the event, and with the subject's sequence numbers closed up. */
export function drop(ledger: Ledger, { index, who }: EventView): Ledger {
  return [...ledger.slice(0, index), ...shiftSeq(ledger.slice(index + 1), who, -1)];
}

/** A changed copy of the event behind it, with the subject's sequence numbers moved on. */
export function insertAfter(ledger: Ledger, at: EventView, changes: Payload, outcome: Payload): Ledger {
  const head = ledger.slice(0, at.index + 1);
  const rest = ledger.slice(at.index);
  const [copy, ...tail] = shiftSeq(rest, at.who, 1);
  return [...head, ...edit([copy ?? null], 0, changes, outcome), ...tail];
}

/** Renumbers the guesses of a credential from `number` on. */
export function shiftAttempts(
  ledger: Ledger,
  { who, policy }: EventView,
  number: number,
  by: number,
): Ledger {
  const shift = (value: number | undefined) =>
    value === undefined ? undefined : value >= number ? value + by : value;
  return ledger.map((payload) => {
    if (payload === null || payload["identityHash"] !== who || payload["policy"] !== policy) return payload;
    const outcome = payload["outcome"] as Outcome;
    if (outcome.open === undefined) return payload;
    const changed = {
      ...outcome,
      attempt: shift(outcome.attempt),
      reserved: shift(outcome.reserved),
      open: outcome.open.map((open) => ({ ...open, attempt: shift(open.attempt) })),
    };
    return { ...payload, outcome: defined(changed) };
  });
}

/** Every instant from `from` on, in the events from `index` on. */
export function shiftTime(ledger: Ledger, index: number, from: string, ms: number): Ledger {
  const shift = (value: unknown): unknown => {
    if (typeof value === "string" && /^\d{4}-.*Z$/.test(value) && value >= from) {
      return new Date(Date.parse(value) + ms).toISOString();
    }
    if (Array.isArray(value)) return value.map(shift);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shift(inner)]));
  };
  return ledger.map((payload, at) => (at < index ? payload : (shift(payload) as Payload | null)));
}

function shiftSeq(ledger: Ledger, who: string, by: number): Ledger {
  return ledger.map((payload) =>
    payload === null || payload["identityHash"] !== who
      ? payload
      : { ...payload, subjectSeq: (payload["subjectSeq"] as number) + by },
  );
}

function defined(object: Payload): Payload {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));
}
