/** All the ways in which somebody with the database in hand can change history, and where each must show. */
import type { AnchorLog } from "../../server/ports/audit.ts";
import type { Random } from "./random.ts";
import { consistent, rewritten } from "./rows.ts";
import type { EventRow, Rows } from "./rows.ts";

export interface Mutated {
  readonly rows: Rows;
  /** Whether a finding at this index names the right place. */
  readonly right: (index: number | null) => boolean;
  readonly what: string;
}

export type Mutation = (rows: Rows, random: Random, context: MutationContext) => Mutated;

export interface MutationContext {
  readonly anchors: readonly AnchorLog[];
  /** The same file as it was earlier. */
  readonly older: readonly Rows[];
}

const exactly = (index: number | null) => (found: number | null) => found === index;

/** One bit of one byte. */
function flip(bytes: Uint8Array, random: Random): { bytes: Uint8Array; at: number } {
  const at = random.below(bytes.length);
  const flipped = bytes.slice();
  flipped[at] = flipped[at]! ^ (1 << random.below(8));
  return { bytes: flipped, at };
}

const freshSalt = (random: Random) => Uint8Array.from({ length: 32 }, () => random.below(256));

/**
 * Where a wrong digest at an index shows: there, if the chain has the digests. Of a subtree the chain has the hash only:
 * it shows at the subtree, unless an event's own content tells sooner.
 */
function shownByChain(index: number, { anchors }: MutationContext): (found: number | null) => boolean {
  const anchor = anchors.find(({ size }) => size > index)!;
  if (anchor.leaves.kind === "digests") return exactly(index);
  let begin = anchor.fromSize;
  for (const { level } of anchor.leaves.nodes) {
    const end = begin + 2 ** level;
    if (index < end) return (found) => found === begin || (found !== null && found >= index && found < end);
    begin = end;
  }
  throw new Error(`no subtree of the anchor covers ${index}`);
}

const full = (rows: Rows) => rows.events.filter(({ payload }) => payload !== null);
const replace = (rows: Rows, ...changed: EventRow[]): Rows => {
  const byIndex = new Map(changed.map((row) => [row.leaf_index, row]));
  return { ...rows, events: rows.events.map((row) => byIndex.get(row.leaf_index) ?? row) };
};
/** Of subjects who were not erased: put between emptied events and their erasure, one makes the others look wrong too. */
const ofRemaining = (rows: Rows) => {
  const erased = new Set(rows.events.filter(({ payload }) => payload === null).map((row) => row.subject_id));
  return full(rows).filter(({ subject_id }) => !erased.has(subject_id));
};
const renumbered = (events: readonly EventRow[]) =>
  events.map((row, i) => (row.leaf_index === i ? row : { ...row, leaf_index: i }));

export const MUTATIONS: Readonly<Record<string, Mutation>> = {
  "a byte of a payload": (rows, random) => {
    const event = random.pick(full(rows));
    const { bytes, at } = flip(event.payload!, random);
    return {
      rows: replace(rows, { ...event, payload: bytes }),
      right: exactly(event.leaf_index),
      what: `byte ${at} of the payload of ${event.leaf_index}`,
    };
  },

  "a byte of a salt": (rows, random) => {
    const event = random.pick(full(rows));
    const { bytes, at } = flip(event.salt!, random);
    return {
      rows: replace(rows, { ...event, salt: bytes }),
      right: exactly(event.leaf_index),
      what: `byte ${at} of the salt of ${event.leaf_index}`,
    };
  },

  "a byte of a digest": (rows, random, context) => {
    const event = random.pick(rows.events);
    const { bytes, at } = flip(event.digest, random);
    const index = event.leaf_index;
    return {
      rows: replace(rows, { ...event, digest: bytes }),
      // An emptied event has nothing but its digest: only the chain knows better.
      right: event.payload === null ? shownByChain(index, context) : exactly(index),
      what: `byte ${at} of the digest of ${index}`,
    };
  },

  "a byte of a tile": (rows, random) => {
    const tile = random.pick(rows.tiles);
    const { bytes, at } = flip(tile.hashes, random);
    const index = (tile.tile_index * 256 + Math.floor(at / 32)) * 256 ** tile.level;
    return {
      rows: { ...rows, tiles: rows.tiles.map((row) => (row === tile ? { ...row, hashes: bytes } : row)) },
      right: exactly(index),
      what: `byte ${at} of tile ${tile.level}/${tile.tile_index}`,
    };
  },

  "a tile removed": (rows, random) => {
    const tile = random.pick(rows.tiles);
    return {
      rows: { ...rows, tiles: rows.tiles.filter((row) => row !== tile) },
      right: exactly(tile.tile_index * 256 ** (tile.level + 1)),
      what: `tile ${tile.level}/${tile.tile_index} removed`,
    };
  },

  "a byte of a batch's root": (rows, random) => {
    const batch = random.pick(rows.batches);
    const { bytes, at } = flip(batch.root, random);
    return {
      rows: { ...rows, batches: rows.batches.map((row) => (row === batch ? { ...row, root: bytes } : row)) },
      right: exactly(batch.from_size),
      what: `byte ${at} of the root of batch ${batch.id}`,
    };
  },

  "a batch's place on the chain": (rows, random) => {
    const batch = random.pick(rows.batches);
    const change = random.pick<object>([
      { tx_hash: `0x${"ab".repeat(32)}` },
      { block_number: batch.block_number! + 1 },
      { block_hash: null },
    ]);
    return {
      rows: { ...rows, batches: rows.batches.map((row) => (row === batch ? { ...row, ...change } : row)) },
      right: exactly(batch.from_size),
      what: `${JSON.stringify(change)} of batch ${batch.id}`,
    };
  },

  "a batch removed": (rows, random) => {
    const batch = random.pick(rows.batches);
    return {
      rows: { ...rows, batches: rows.batches.filter((row) => row !== batch) },
      right: exactly(batch.from_size),
      what: `batch ${batch.id} removed`,
    };
  },

  "a column that the service looks up": (rows, random) => {
    const event = random.pick(full(rows));
    const other = random.pick(rows.events.filter(({ subject_id }) => subject_id !== event.subject_id));
    const change = random.pick<Partial<EventRow>>([
      { id: `${event.id.slice(0, -1)}${event.id.endsWith("0") ? "1" : "0"}` },
      { type: "pin_set" },
      { timestamp: event.timestamp + 1 },
      { subject_seq: event.subject_seq + 100_000 },
      { subject_id: other.subject_id, subject_seq: 200_000 },
    ]);
    return {
      rows: replace(rows, { ...event, ...change }),
      right: exactly(event.leaf_index),
      what: `${JSON.stringify(change)} of ${event.leaf_index}`,
    };
  },

  "an event removed": (rows, random) => {
    const at = random.below(rows.events.length - 1);
    return {
      rows: { ...rows, events: rows.events.toSpliced(at, 1) },
      right: exactly(at),
      what: `event ${at} removed`,
    };
  },

  "an event removed, and the gap closed": (rows, random, context) => {
    const at = random.below(rows.events.length - 1);
    const closed = consistent(rows, renumbered(rows.events.toSpliced(at, 1)));
    return { rows: closed, right: shownByChain(at, context), what: `event ${at} removed without a gap` };
  },

  "an event put in": (rows, random, context) => {
    const at = random.below(rows.events.length);
    const model = random.pick(ofRemaining(rows));
    const id = `${model.id.slice(0, -4)}${random.below(16).toString(16)}ffe`;
    const forged = {
      ...rewritten(model, (payload) => ({ ...payload, id, subjectSeq: 100_000 }), freshSalt(random)),
      id,
      subject_seq: 100_000,
    };
    const events = renumbered(rows.events.toSpliced(at, 0, forged));
    return {
      rows: consistent(rows, events),
      right: shownByChain(at, context),
      what: `a forged event at ${at}`,
    };
  },

  "two events exchanged": (rows, random, context) => {
    const [a, b] = [random.below(rows.events.length), random.below(rows.events.length - 1)];
    const [first, second] = a <= b ? [a, b + 1] : [b, a];
    const [one, other] = [rows.events[first]!, rows.events[second]!];
    const events = rows.events
      .with(first, { ...other, leaf_index: first })
      .with(second, { ...one, leaf_index: second });
    return {
      rows: random.below(2) === 0 ? consistent(rows, events) : { ...rows, events },
      right: shownByChain(first, context),
      what: `events ${first} and ${second} exchanged`,
    };
  },

  "the tail cut off": (rows, random) => {
    const size = random.below(rows.events.length);
    return {
      rows: consistent(rows, rows.events.slice(0, size)),
      right: exactly(size),
      what: `nothing from ${size} on`,
    };
  },

  "an older file": (_rows, random, { older }) => {
    const rows = random.pick(older);
    return { rows, right: exactly(rows.ledger.size), what: `the file of size ${rows.ledger.size}` };
  },

  "everything rewritten consistently": (rows, random, context) => {
    const event = random.pick(full(rows).filter(({ type }) => type !== "erased"));
    const changed = rewritten(
      event,
      (payload) => ({ ...payload, outcome: { result: "valid", forged: random.below(1_000) } }),
      freshSalt(random),
    );
    const { events } = replace(rows, changed);
    return {
      rows: consistent(rows, events),
      right: shownByChain(event.leaf_index, context),
      what: `event ${event.leaf_index} rewritten, and all that follows from it`,
    };
  },

  "an event emptied without an erasure": (rows, random) => {
    const event = random.pick(full(rows).filter(({ type }) => type !== "erased"));
    return {
      rows: replace(rows, { ...event, payload: null, salt: null }),
      right: exactly(event.leaf_index),
      what: `event ${event.leaf_index} emptied`,
    };
  },

  "half of an event emptied": (rows, random) => {
    const event = random.pick(full(rows));
    const half = random.pick<Partial<EventRow>>([{ payload: null }, { salt: null }]);
    return {
      rows: replace(rows, { ...event, ...half }),
      right: exactly(event.leaf_index),
      what: `${Object.keys(half).join()} of ${event.leaf_index} emptied`,
    };
  },

  "the head": (rows, random) => {
    const { size, last_timestamp } = rows.ledger;
    const [change, index] = random.pick<[Partial<Rows["ledger"]>, number | null]>([
      [{ size: size + 1 }, size],
      [{ last_timestamp: last_timestamp - 1 }, size - 1],
      [{ ledger_id: "another" }, null],
    ]);
    return {
      rows: { ...rows, ledger: { ...rows.ledger, ...change } },
      right: exactly(index),
      what: JSON.stringify(change),
    };
  },

  "the contract that is named": (rows) => ({
    rows: { ...rows, epoch: { ...rows.epoch, contract: `0x${"12".repeat(20)}` } },
    right: exactly(null),
    what: "another contract",
  }),
};
