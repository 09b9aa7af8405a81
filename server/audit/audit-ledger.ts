import { ChainUnavailable, LedgerRefusal } from "../ledger/index.ts";
import type { AuditChain, LedgerSource, OpenLedger } from "../ports/audit.ts";
import { chainFeed } from "./anchor-feed.ts";
import { ChainFollower } from "./chain-follower.ts";
import { viewChain } from "./chain-view.ts";
import type { ChainView, ChainViewOptions } from "./chain-view.ts";
import { NO_DATABASE, databaseRules } from "./database-rules.ts";
import { Findings } from "./findings.ts";
import { checkHead } from "./head-rules.ts";
import type { LedgerTree } from "./ledger-tree.ts";
import { AuditMemory, readEvents } from "./reading.ts";
import type { Pending, Replay } from "./reading.ts";
import { reportOf } from "./report.ts";
import type { AuditReport } from "./report.ts";
import type { AuditTrust } from "./trust.ts";

export interface AuditOptions extends ChainViewOptions {
  readonly replay?: (() => Replay) | undefined;
  /** By how much the clocks of ledger and chain may differ. */
  readonly clockSkewMs?: number | undefined;
  /** More events than this that are not anchored yet are a finding. */
  readonly maxPending?: number | undefined;
  /** Findings to look for before stopping. */
  readonly limit?: number | undefined;
  readonly onProgress?: ((read: number, size: number) => void) | undefined;
}

export const CLOCK_SKEW_MS = 5 * 60_000;
const REORGANISED_BLOCKS = 64;
/** Each is of what came during the one before, and so shorter. */
const MOST_READINGS = 10;

/** A state that was verified before: history must still lead through it. */
export interface Milestone {
  readonly size: number;
  readonly root: string;
}

/**
 * Audits a whole ledger. What does not hold is in the report; only what could not be checked is thrown:
 * @throws {ChainUnavailable} {SourceUnavailable}
 */
export async function auditLedger(
  source: LedgerSource,
  chain: AuditChain,
  trust: AuditTrust,
  options: AuditOptions = {},
): Promise<AuditReport> {
  // Read page by page, a ledger must be read on now and then (see #read), which goes from anchored sizes only.
  return new LedgerAudit(source, chain, trust, options).round(source.settled ? "everything" : "anchored");
}

/** An audit that can go on from where it was, as the ledger grows. */
export class LedgerAudit {
  readonly #source: LedgerSource;
  readonly #chain: AuditChain;
  readonly #trust: AuditTrust;
  readonly #options: AuditOptions;
  readonly #findings: Findings;
  readonly #memory: AuditMemory;
  #lastBlock: number | null = null;
  #mayReadOn = false;

  constructor(source: LedgerSource, chain: AuditChain, trust: AuditTrust, options: AuditOptions) {
    this.#source = source;
    this.#chain = chain;
    this.#trust = trust;
    this.#options = options;
    this.#findings = new Findings(options.limit ?? 1);
    this.#memory = new AuditMemory(this.#findings, {
      ledgerKey: trust.ledgerKey,
      clockSkewMs: options.clockSkewMs ?? CLOCK_SKEW_MS,
      replay: options.replay?.() ?? null,
    });
  }

  /** How far it has come. */
  state(): Milestone {
    const { size } = this.#memory.tree;
    return { size, root: this.#memory.tree.root() };
  }

  /**
   * Reads on from the last round's end. The chain is looked at first: what it holds then, the source must have.
   * @param reach "anchored" remembers events only once they are anchored, so that the next round can follow on
   */
  async round(reach: "everything" | "anchored", milestone: Milestone | null = null): Promise<AuditReport> {
    for (let reading = 1; ; reading += 1) {
      this.#mayReadOn = !this.#source.settled && reading < MOST_READINGS;
      const report = await this.#reading(reach, milestone);
      if (report !== null) return report;
    }
  }

  /** Null when it takes another reading to know. */
  async #reading(reach: "everything" | "anchored", milestone: Milestone | null): Promise<AuditReport | null> {
    const findings = this.#findings;
    const view = await viewChain(this.#chain, this.#trust, this.#viewOptions(), findings);
    if (findings.enough) return reportOf(this.#memory, { view, ledger: null, pending: null });
    const ledger = await this.#open();
    if (ledger === null) return reportOf(this.#memory, { view, ledger, pending: null });
    try {
      if (reach === "anchored" && view.size === null) {
        throw new ChainUnavailable(
          `the endpoint does not tell the contract's size after block ${view.block}`,
        );
      }
      const until = reach === "everything" ? Infinity : (view.size ?? 0);
      return await this.#read(ledger, view, until, milestone);
    } finally {
      await ledger.close();
    }
  }

  async #read(
    ledger: OpenLedger,
    view: ChainView,
    until: number,
    milestone: Milestone | null,
  ): Promise<AuditReport | null> {
    const findings = this.#findings;
    const { tree, subjects, consents } = this.#memory;
    const signedRoot = checkHead(ledger, this.#trust, findings);
    const follower = new ChainFollower(chainFeed(this.#chain, view, tree.size), findings, consents);
    // What a database keeps beside its events is of its size, which an audit of the anchored ones does not reach.
    const database = until === Infinity ? databaseRules(ledger, findings) : NO_DATABASE;
    subjects.newReading();
    consents.newReading();
    let pending: Pending | null = null;
    if (!findings.enough) {
      pending = await readEvents(this.#memory, {
        ledger,
        follower,
        database,
        until,
        onProgress: this.#options.onProgress ?? (() => {}),
        onSize: (reached) => this.#passMilestone(reached, milestone),
      });
    }
    // Who is erased while a source is read page by page leaves events empty whose erasure comes after its end: it is
    // in what was written since.
    if (pending !== null && this.#mayReadOn && !findings.enough && subjects.unexplained(pending) > 0)
      return null;
    if (pending !== null && !findings.enough) {
      const anchoredSize = Math.max(await follower.end(), view.size ?? 0);
      this.#lastBlock = follower.lastBlock ?? this.#lastBlock;
      this.#checkEnd(ledger, anchoredSize);
      await this.#checkMilestone(milestone, anchoredSize);
      await database.end(tree, anchoredSize);
      this.#checkSigned(pending.tree, signedRoot);
      subjects.end(pending);
      if (until === Infinity && !findings.enough) findings.addAll(this.#memory.replay?.end() ?? []);
      this.#checkPending(ledger, anchoredSize);
    }
    return reportOf(this.#memory, { view, ledger, pending, follower });
  }

  /** What was read of the chain need not be read again, but for what a reorganisation may have moved. */
  #viewOptions(): ChainViewOptions {
    if (this.#lastBlock === null) return this.#options;
    return { ...this.#options, fromBlock: Math.max(0, this.#lastBlock - REORGANISED_BLOCKS) };
  }

  async #open(): Promise<OpenLedger | null> {
    try {
      return await this.#source.open(this.#memory.tree.size);
    } catch (error) {
      if (!(error instanceof LedgerRefusal)) throw error;
      this.#findings.addFatal(error.code, null, `The source is damaged: ${error.message}.`);
      return null;
    }
  }

  #passMilestone(tree: LedgerTree, milestone: Milestone | null): void {
    if (milestone?.size !== tree.size || milestone.root === tree.root()) return;
    const message = `The first ${tree.size} events are not those that were verified before.`;
    this.#findings.add("history_rewritten", null, message);
  }

  /** The chain, too, must still hold what it held: it may have been reorganised, or exchanged. */
  async #checkMilestone(milestone: Milestone | null, anchoredSize: number): Promise<void> {
    if (milestone === null || milestone.size === 0) return;
    const { size, root } = milestone;
    if (anchoredSize < size) {
      const message = `The contract has ${anchoredSize} events; ${size} were verified before. Was the chain exchanged?`;
      this.#findings.add("chain_rollback", anchoredSize, message);
    } else if ((await this.#chain.rootAt(this.#trust.contract, size)) !== root) {
      const message = `The contract's root at size ${size} is not the one that was verified before. Was the chain exchanged?`;
      this.#findings.add("chain_rollback", null, message);
    }
  }

  /** Of all that the chain holds, nothing may be missing. */
  #checkEnd(ledger: OpenLedger, anchoredSize: number): void {
    if (ledger.size < anchoredSize) {
      const message =
        `Event ${ledger.size} is missing: the source ends there, the contract has ${anchoredSize}. ` +
        "If the source is an older export, take a new one, or give --as-of with the block it dates from.";
      this.#findings.add("truncated", ledger.size, message);
    }
  }

  #checkSigned(tree: LedgerTree, signedRoot: string | null): void {
    if (signedRoot === null || tree.root() === signedRoot) return;
    const message = `The checkpoint of size ${tree.size} was signed for another root than that of the events.`;
    this.#findings.add("checkpoint_root", null, message);
  }

  #checkPending(ledger: OpenLedger, anchoredSize: number): void {
    const { maxPending = Infinity } = this.#options;
    const pending = ledger.size - anchoredSize;
    if (pending <= maxPending) return;
    const message = `${pending} events are not anchored yet, from ${anchoredSize} on; ${maxPending} may be.`;
    this.#findings.add("pending", anchoredSize, message);
  }
}
