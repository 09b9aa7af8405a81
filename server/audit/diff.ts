import { LedgerRefusal } from "../ledger/index.ts";
import type { LedgerSource, OpenLedger, StatedEvent } from "../ports/audit.ts";

/** How two exports of a ledger relate. */
export interface Difference {
  /** As far as both reach, they have the same events in the same order. */
  readonly samePrefix: boolean;
  /** The first event that differs, or at which one of the two is damaged. */
  readonly firstDifferent: number | null;
  readonly what: string;
  readonly sizes: readonly [number, number];
  /** Events that are empty in only one of the two: erased between them. */
  readonly erasedBetween: number;
}

/** Compares event by event, in the memory of one page of each. Says nothing about which of the two is right. */
export async function diffLedgers(a: LedgerSource, b: LedgerSource): Promise<Difference> {
  const left = await a.open(0);
  try {
    const right = await b.open(0);
    try {
      return await compare(left, right);
    } finally {
      await right.close();
    }
  } finally {
    await left.close();
  }
}

async function compare(left: OpenLedger, right: OpenLedger): Promise<Difference> {
  const sizes = [left.size, right.size] as const;
  const common = Math.min(...sizes);
  let erasedBetween = 0;
  const differ = (index: number | null, what: string): Difference => ({
    samePrefix: false,
    firstDifferent: index,
    what,
    sizes,
    erasedBetween,
  });
  if (left.ledgerId !== right.ledgerId) {
    return differ(null, `They are of two ledgers: ${left.ledgerId} and ${right.ledgerId}.`);
  }
  const events = [single(left), single(right)] as const;
  let index = 0;
  try {
    for (; index < common; index += 1) {
      const [one, other] = [(await events[0].next()).value, (await events[1].next()).value];
      const what = one === undefined || other === undefined ? "event" : differing(one, other);
      if (what !== null) return differ(index, `Event ${index} differs in its ${what}.`);
      if ((one?.payload === null) !== (other?.payload === null)) erasedBetween += 1;
    }
    // The rest of the longer one is read too: only at its trailer is an export known to be whole.
    for (const rest of events) while ((await rest.next()).done !== true) index += 1;
  } catch (error) {
    if (!(error instanceof LedgerRefusal)) throw error;
    return differ(index, `One of the two is damaged: ${error.message}.`);
  }
  const what =
    sizes[0] === sizes[1] ? "They are the same." : `The first ${common} events are the same; one has more.`;
  return { samePrefix: true, firstDifferent: null, what, sizes, erasedBetween };
}

async function* single(ledger: OpenLedger): AsyncGenerator<StatedEvent, undefined> {
  for await (const page of ledger.events()) yield* page;
}

function differing(one: StatedEvent, other: StatedEvent): "index" | "digest" | "payload" | "salt" | null {
  if (one.index !== other.index) return "index";
  if (one.digest !== other.digest) return "digest";
  if (one.payload === null || other.payload === null) return null;
  if (!sameBytes(one.payload, other.payload)) return "payload";
  return sameBytes(one.salt, other.salt) ? null : "salt";
}

function sameBytes(one: Uint8Array | null, other: Uint8Array | null): boolean {
  if (one === null || other === null) return one === other;
  return one.length === other.length && one.every((byte, i) => byte === other[i]);
}
