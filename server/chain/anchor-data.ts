import { topicOf } from "./log-windows.ts";

/** What an anchor event says, as it stands in its log. */
export interface AnchorData {
  readonly fromSize: bigint;
  readonly size: bigint;
  readonly root: string;
  /** Digests, or nodes. */
  readonly hashes: readonly string[];
  /** Of the nodes; null where the hashes are digests. */
  readonly levels: readonly bigint[] | null;
}

const ANCHORED = topicOf("Anchored");
const ANCHORED_SUBTREES = topicOf("AnchoredSubtrees");

const WORD = 64;

/**
 * Reads the data of a log, of words of 32 bytes, in the one layout that Solidity writes (offsets in bytes):
 *
 *     Anchored             root ‖ 0x40 ‖ count ‖ digests
 *     AnchoredSubtrees     root ‖ 0x60 ‖ offset of the levels ‖ count ‖ nodes ‖ count ‖ levels
 *
 * By hand, as a general decoder takes a twentieth of a millisecond for each word, and anchors hold thousands: a page
 * would stand still for seconds. Null for any other event, and for data of another layout.
 */
export function anchorData(topics: readonly string[], data: string): AnchorData | null {
  const [event, from, to] = topics;
  if (from === undefined || to === undefined || topics.length !== 3) return null;
  if (!/^0x[0-9a-f]*$/.test(data) || (data.length - 2) % WORD !== 0) return null;
  const words = Array.from({ length: (data.length - 2) / WORD }, (_, i) =>
    data.slice(2 + i * WORD, 2 + (i + 1) * WORD),
  );
  const number = (at: number): bigint => BigInt(`0x${words[at] ?? ""}`);
  /** The array at a word, which must end before the word after it. */
  const arrayAt = (at: number, end: number): readonly string[] | null =>
    at < words.length && number(at) === BigInt(end - at - 1) ? words.slice(at + 1, end) : null;
  const sizes = { fromSize: BigInt(from), size: BigInt(to), root: `0x${words[0] ?? ""}` };

  if (event === ANCHORED && words.length >= 3 && number(1) === 0x40n) {
    const digests = arrayAt(2, words.length);
    return digests === null ? null : { ...sizes, hashes: digests.map(hex), levels: null };
  }
  if (event === ANCHORED_SUBTREES && words.length >= 5 && number(1) === 0x60n) {
    const second = Number(number(2)) / 32;
    if (!Number.isInteger(second) || second > words.length) return null;
    const nodes = arrayAt(3, second);
    const levels = arrayAt(second, words.length);
    if (nodes === null || levels === null || nodes.length !== levels.length) return null;
    return { ...sizes, hashes: nodes.map(hex), levels: levels.map((level) => BigInt(hex(level))) };
  }
  return null;
}

const hex = (word: string): string => `0x${word}`;
