import { toHex } from "../ledger/index.ts";
import type { NodeCoordinate } from "../ledger/index.ts";
import { isAnchorLog } from "../ports/audit.ts";
import type { ConsentLog } from "../ports/audit.ts";
import type { Anchor } from "./anchor-feed.ts";
import type { ChangeFeed } from "./anchored-changes.ts";
import type { ConsentRules } from "./consent-rules.ts";
import type { Findings } from "./findings.ts";
import type { LedgerTree } from "./ledger-tree.ts";

/**
 * Holds the ledger's events against the chain's anchors, side by side: of each only what is at hand is in memory.
 * Events beyond the last anchor are nobody's promise yet. Between anchors the chain tells of consents, which
 * {@link ConsentRules} takes from here.
 */
export class ChainFollower implements ChangeFeed {
  readonly #feed: AsyncIterator<Anchor | ConsentLog>;
  readonly #findings: Findings;
  readonly #consents: ConsentRules;
  /** What comes next, where that was looked at. */
  #ahead: Anchor | ConsentLog | null = null;
  #anchor: Anchor | null = null;
  #ended = false;
  /** Of the subtrees of the present anchor: which comes next, and at which event it begins. */
  #node = 0;
  #nodeBegin = 0;
  /** Once a subtree differs no later root can be right; that follows, and is not worth another finding. */
  #diverged = false;
  anchors = 0;
  anchoredSize = 0;
  lastBlock: number | null = null;

  constructor(feed: AsyncIterable<Anchor | ConsentLog>, findings: Findings, consents: ConsentRules) {
    this.#feed = feed[Symbol.asyncIterator]();
    this.#findings = findings;
    this.#consents = consents;
  }

  /** Moves on to the anchor that covers this index; null beyond the last. */
  async cover(index: number): Promise<Anchor | null> {
    while (!this.#ended && (this.#anchor === null || index >= this.#anchor.size)) {
      await this.#consents.takeRest(this);
      const next = await this.#lookAhead();
      if (next !== null && !isAnchorLog(next)) throw new Error("all changes of the anchor were taken");
      this.#ahead = null;
      this.#consents.close(next);
      this.#anchor = next;
      if (next === null) {
        this.#ended = true;
      } else {
        this.#node = 0;
        this.#nodeBegin = next.fromSize;
        this.anchors += 1;
        this.anchoredSize = next.size;
        this.lastBlock = next.blockNumber;
      }
    }
    return this.#anchor;
  }

  async change(): Promise<ConsentLog | null> {
    const next = await this.#lookAhead();
    if (next === null || isAnchorLog(next)) return null;
    this.#ahead = null;
    return next;
  }

  async #lookAhead(): Promise<Anchor | ConsentLog | null> {
    if (this.#ahead === null) {
      const step = await this.#feed.next();
      this.#ahead = step.done === true ? null : step.value;
    }
    return this.#ahead;
  }

  /**
   * The digest that belongs at this index: the chain's, where its logs tell it. Building on that one keeps a single
   * event that was exchanged from spoiling every root after it.
   */
  digest(index: number, stated: string): string {
    const leaves = this.#anchor?.leaves;
    if (leaves?.kind !== "digests") return stated;
    const anchored = leaves.digests[index - (this.#anchor?.fromSize ?? 0)];
    if (anchored === undefined || anchored === stated) return stated;
    this.#findings.add(
      "chain_digest",
      index,
      `Event ${index} has not the digest that was anchored at its index in block ${this.#anchor?.blockNumber}.`,
    );
    return anchored;
  }

  /** To be told of every node that the tree completes. */
  onNode = ({ level, index }: NodeCoordinate, hash: Uint8Array): void => {
    const leaves = this.#anchor?.leaves;
    if (leaves?.kind !== "subtrees") return;
    const expected = leaves.nodes[this.#node];
    if (expected?.level !== level || index * 2 ** level !== this.#nodeBegin) return;
    const begin = this.#nodeBegin;
    this.#node += 1;
    this.#nodeBegin = begin + 2 ** level;
    if (toHex(hash) === expected.hash || this.#diverged) return;
    this.#diverged = true;
    const which = level === 0 ? `Event ${begin}` : `One of the events ${begin} to ${this.#nodeBegin - 1}`;
    this.#findings.add(
      "chain_subtree",
      begin,
      `${which} is not what was anchored in block ${this.#anchor?.blockNumber}.`,
    );
  };

  /** To be called after each append: at an anchored size, three roots must be one. */
  checkRoot(tree: LedgerTree): void {
    const anchor = this.#anchor;
    if (anchor === null || tree.size !== anchor.size || this.#diverged) return;
    const { fromSize, size, root, contractRoot, blockNumber } = anchor;
    if (tree.root() !== root) {
      this.#diverged = true;
      const message = `The tree of the first ${size} events has not the root that was anchored in block ${blockNumber}.`;
      this.#findings.add("chain_root", fromSize, message);
    } else if (tree.root() !== contractRoot) {
      const message = `The contract's root at size ${size} is ${contractRoot}, not the events' ${root}.`;
      this.#findings.add("contract_root", fromSize, message);
    }
  }

  /** The last size that the chain knows of, all anchors read. */
  async end(): Promise<number> {
    await this.cover(Infinity);
    return this.anchoredSize;
  }
}
