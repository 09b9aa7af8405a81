import type { EventPayload } from "../ledger/index.ts";
import type { ConsentLog } from "../ports/audit.ts";
import type { Anchor } from "./anchor-feed.ts";
import { AnchoredChanges, MOST_KEPT } from "./anchored-changes.ts";
import type { ChangeFeed } from "./anchored-changes.ts";
import { checkTerms, judge, sameChange } from "./consent-verdict.ts";
import type { Waiting } from "./consent-verdict.ts";
import type { Findings } from "./findings.ts";
import { toldChanges } from "./told-changes.ts";

/**
 * That the contract was told of consents what the events tell: with the anchor of an event the changes that it tells,
 * in the order of the events, and nothing else.
 *
 * An emptied event does not tell any more what it changed: it may account for one change, whichever comes in its place.
 *
 * Changes are taken from the chain as the events tell of them, so that neither side is ever in memory as a whole.
 */
export class ConsentRules {
  readonly #findings: Findings;
  readonly #changes = new AnchoredChanges();
  /** The last event that was seen, and one. */
  #reached = 0;
  /** What events told, and was not taken from the chain yet. */
  #waiting: Waiting[] = [];
  /** Some of it was too much to keep. */
  #dropped = false;
  /** Events without a payload since the last that told of a change. */
  #emptied = 0;
  /** Taken from the chain, and not what is waited for. */
  #odd: ConsentLog | null = null;
  #rest: ConsentLog[] = [];
  /** Changes that events account for, and how many of them by being empty. */
  accounted = 0;
  accountedByEmpty = 0;

  constructor(findings: Findings) {
    this.#findings = findings;
  }

  /** The chain is read on from the anchor that the last reading ended with. */
  newReading(): void {
    this.#changes.readAgain();
  }

  /** An event of the present anchor. No promise where nothing is to be waited for: most events change nothing. */
  event(index: number, event: EventPayload | null, feed: ChangeFeed): Promise<void> | null {
    this.#reached = index + 1;
    const told = event === null ? null : toldChanges(event, index);
    if (told === null) {
      this.#emptied += 1;
      if (event !== null) {
        const message = `The payload of event ${index} is malformed: it does not name the consents that it changes.`;
        this.#findings.add("payload_malformed", index, message);
      }
      return null;
    }
    if (told.length === 0) return null;
    for (const change of told) {
      if (this.#waiting.length < MOST_KEPT) this.#waiting.push({ change, emptiedBefore: this.#emptied });
      else this.#dropped = true;
      this.#emptied = 0;
    }
    return this.#settle(feed);
  }

  /** After the last event of the present anchor: takes the changes that none of them told of. */
  async takeRest(feed: ChangeFeed): Promise<void> {
    await this.#settle(feed);
    for (;;) {
      const log = this.#odd ?? (await this.#changes.next(feed));
      this.#odd = null;
      if (log === null) return;
      if (this.#waiting.length === 0 && this.#emptied > 0) {
        this.#takeForEmpty();
        this.#emptied -= 1;
      } else if (this.#rest.length < MOST_KEPT) {
        this.#rest.push(log);
      }
    }
  }

  /** Then judges. @param next the anchor that comes now; null where the view ends, and the present one may go on */
  close(next: Anchor | null): void {
    const { size, block, late, full } = this.#changes;
    // Where the ledger ends before its anchor does, that is what is wrong.
    if (this.#reached >= size) {
      const leftover = {
        waiting: this.#waiting.map(({ change }) => change),
        odd: this.#rest,
        late,
        emptied: this.#waiting.reduce((sum, { emptiedBefore }) => sum + emptiedBefore, this.#emptied),
        block,
        mayFollow: next === null && full,
        dropped: this.#dropped,
      };
      this.#findings.addAll(judge(leftover));
    }
    this.#rest = [];
    if (next === null) return;
    this.#changes.begin(next);
    this.#waiting = [];
    this.#dropped = false;
    this.#emptied = 0;
  }

  async #settle(feed: ChangeFeed): Promise<void> {
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      this.#odd ??= await this.#changes.next(feed);
      if (this.#odd === null) return;
      if (sameChange(next.change, this.#odd)) {
        const finding = checkTerms(next.change, this.#odd);
        if (finding !== null) this.#findings.addAll([finding]);
        this.accounted += 1;
        this.#waiting.shift();
      } else if (next.emptiedBefore > 0) {
        this.#takeForEmpty();
        next.emptiedBefore -= 1;
      } else {
        return;
      }
      this.#odd = null;
    }
  }

  #takeForEmpty(): void {
    this.accounted += 1;
    this.accountedByEmpty += 1;
  }
}
