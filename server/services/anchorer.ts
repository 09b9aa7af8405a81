/**
 * Brings the ledger to the chain: one transaction in flight, and whatever is committed meanwhile forms the next batch.
 * An idle anchorer sends at once; a busy one lets a batch gather for a moment. Of several processes on one database one
 * sends (lease.ts); the others watch the database for what their own clients wait for.
 */
import { isInstant } from "../domain/finality.ts";
import type { Finality } from "../domain/finality.ts";
import { ChainRejected, DatabaseUnavailable, LeaseLost } from "../ports.ts";
import type { Chain, Clock, Epoch, Logger, Store } from "../ports.ts";
import { planAnchor } from "./anchor-planning.ts";
import { AnchorTrouble, PASSING, kindOf } from "./anchor-trouble.ts";
import type { Trouble, TroubleKind } from "./anchor-trouble.ts";
import { AnchorWaiters } from "./anchor-waiters.ts";
import { Canon } from "./canon.ts";
import { Delivery } from "./delivery.ts";
import { SendingLease } from "./lease.ts";
import { confirmPlace } from "./place.ts";

export interface AnchorerOptions {
  readonly store: Store;
  readonly chain: Chain;
  readonly epoch: Epoch;
  readonly clock: Clock;
  readonly log: Logger;
  readonly granularity: "digests" | "subtrees";
  readonly finality: Finality;
  readonly feeCap: bigint;
  readonly bumpAfterMs: number;
  /** Between the starts of two batches, where the chain would take them sooner. */
  readonly intervalMs: number;
  readonly skipNonce: number | null;
  /** Names this process among those that share the database. */
  readonly owner: string;
  /** How long the sender may be silent before another takes over. */
  readonly leaseMs: number;
  readonly monotonic?: () => number;
}

export interface AnchorerState {
  /** Null while all is well, else what stands in the way, and since when. */
  readonly trouble: Trouble | null;
  /** Whether this process sends, or watches another that does. */
  readonly sends: boolean;
  readonly anchoredSize: number;
  /** Events that are not in a block. */
  readonly backlog: number;
  /** By this process, as are the next two. */
  readonly gasUsed: bigint;
  readonly replacements: number;
  readonly reorgs: number;
}

/** Between looks at what is in flight: the first comes at once, for chains that mine at once. */
const MIN_POLL_MS = 5;
const MAX_POLL_MS = 1_000;
/** So many looks in the time that batches take of late … */
const POLLS = 5;
/** … and ever fewer where one takes longer, by steps of about a fifth of what it has taken. */
const POLL_GROWTH = 1.2;
/** How long an idle process goes without a look at the database: for events, and blocks, that another one brought. */
const IDLE_MS = 250;
const WAITED_FOR_MS = 50;
/** Between looks at the blocks that we are in. */
const CANON_MS = 1_000;
const CANON_IDLE_MS = 2_000;
/** After failures, which may be over at any moment. */
const MAX_BACKOFF_MS = 1_000;
/** An endpoint that fails for so long may fail us alone: whoever else shares the database gets its turn. */
const STEP_ASIDE_MS = 30_000;
const OF_THE_ENDPOINT: ReadonlySet<TroubleKind> = new Set([
  "chain_unavailable",
  "chain_behind",
  "chain_mismatch",
  "final_block_gone",
]);
/** Events that wait for longer are no queue, but trouble. */
const STUCK_MS = 60_000;
const SPENT_PATIENCE_MS = 3_000;

export class Anchorer {
  readonly #options: AnchorerOptions & { readonly monotonic: () => number };
  readonly #waiters = new AnchorWaiters();
  readonly #lease: SendingLease;
  readonly #canon: Canon;
  readonly #delivery: Delivery;
  #trouble: Trouble | null = null;
  /** Since when the endpoint has failed us, as the holder of the lease. */
  #failingSince: number | null = null;
  /** What made us step aside: it is told of, and looked at, until it is over or we send again. */
  #aside: { readonly error: unknown; readonly at: number } | null = null;
  #ledgerSize = 0;
  #placeConfirmed = false;
  #blocks = { at: -Infinity, settled: false, news: false };
  #pollMs = 0;
  #minPollMs = MIN_POLL_MS;
  #batchedAt = -Infinity;
  #wake: () => void = () => {};
  #dirty = true;
  #stopping = false;
  #loop: Promise<void> | null = null;

  constructor(options: AnchorerOptions) {
    const monotonic = options.monotonic ?? (() => performance.now());
    this.#options = { ...options, monotonic };
    this.#lease = new SendingLease(this.#options);
    const shared = { ...this.#options, lease: this.#lease };
    this.#canon = new Canon(shared);
    this.#delivery = new Delivery({
      ...shared,
      patience: { bumpAfterMs: options.bumpAfterMs, spentMs: SPENT_PATIENCE_MS },
    });
  }

  get epoch(): Epoch {
    return this.#options.epoch;
  }

  state(): AnchorerState {
    const { anchoredSize } = this.#waiters;
    return {
      trouble: this.#trouble,
      sends: this.#lease.held,
      anchoredSize,
      backlog: Math.max(0, this.#ledgerSize - anchoredSize),
      gasUsed: this.#delivery.gasUsed,
      replacements: this.#delivery.replacements,
      reorgs: this.#canon.reorgs,
    };
  }

  async start(): Promise<void> {
    await this.#readSizes();
    this.#loop = this.#run();
  }

  /** Something was committed, and the ledger holds `size` events now: known here even while a step hangs at the chain. */
  notify(size = 0): void {
    this.#ledgerSize = Math.max(this.#ledgerSize, size);
    this.#dirty = true;
    this.#wake();
  }

  /** Resolves true once the event at `index` is in a mined block, false at the deadline or when we stop. */
  anchored(index: number, timeoutMs: number): Promise<boolean> {
    return this.#waiters.wait(index, timeoutMs);
  }

  /** Lets go of all who wait, now and later: they answer that the anchor is pending. */
  release(): void {
    this.#waiters.release();
  }

  /** Lets the step under way end, and lets another process send. What is in flight is picked up by whoever comes next. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#wake();
    this.release();
    await this.#loop;
    // Whoever comes next waits for as long as the lease lasts, if the database is away now.
    await this.#lease.release().catch(() => {});
  }

  async #run(): Promise<void> {
    let failures = 0;
    while (!this.#stopping) {
      try {
        if (!this.#lease.held) {
          // Also where the beat found it lost, between two steps: what another sent meanwhile, and where, is news.
          this.#placeConfirmed = false;
          this.#delivery.forget();
          this.#canon.forget();
          await this.#assertNotSuperseded();
        }
        const pause = (await this.#maySend()) ? await this.#send() : await this.#follow();
        failures = 0;
        this.#failingSince = null;
        this.#pass(await this.#hampered());
        await this.#idle(pause);
      } catch (error) {
        // Another sends now; there is nothing wrong with that.
        if (error instanceof LeaseLost) continue;
        failures++;
        // Whoever was away, or answered oddly, may be another chain the next time.
        if (!(error instanceof ChainRejected || error instanceof DatabaseUnavailable))
          this.#placeConfirmed = false;
        this.#report(error);
        await this.#stepAside(error);
        // What waits for the chain is bounded, so it must be known, too, when the chain is away.
        await this.#readSizes().catch(() => {});
        await this.#idle(Math.min(50 * 2 ** Math.min(failures, 6), MAX_BACKOFF_MS), { patient: true });
      }
    }
  }

  async #maySend(): Promise<boolean> {
    if (this.#lease.held) return true;
    if (!(await this.#lease.attend())) return false;
    // An epoch that was opened since the last look, and freed the lease for those who know of it.
    try {
      await this.#assertNotSuperseded();
    } catch (error) {
      await this.#lease.release();
      throw error;
    }
    this.#aside = null;
    return true;
  }

  /** The lease is free until our next step, for anyone who is better placed; else we take it again. */
  async #stepAside(error: unknown): Promise<void> {
    const { monotonic } = this.#options;
    if (!this.#lease.held || !OF_THE_ENDPOINT.has(kindOf(error))) return;
    this.#failingSince ??= monotonic();
    if (monotonic() - this.#failingSince < STEP_ASIDE_MS) return;
    this.#failingSince = null;
    this.#aside = { error, at: monotonic() };
    await this.#lease.release().catch(() => {});
  }

  /** Whether the endpoint that made us step aside still fails, and how. */
  async #cutOff(): Promise<unknown> {
    const { store, chain, epoch, monotonic } = this.#options;
    if (this.#aside === null) return null;
    if (monotonic() - this.#aside.at < CANON_MS) return this.#aside.error;
    try {
      await confirmPlace(store.read, chain, epoch);
      this.#aside = null;
    } catch (error) {
      this.#aside = { error, at: monotonic() };
    }
    return this.#aside?.error ?? null;
  }

  /** One step of the process that sends. Returns how long to wait for the next. */
  async #send(): Promise<number> {
    const { store, chain, epoch, clock, granularity, finality, intervalMs, monotonic } = this.#options;
    this.#dirty = false;
    if (!this.#placeConfirmed) {
      await confirmPlace(store.read, chain, epoch);
      this.#placeConfirmed = true;
    }
    await this.#lookAtBlocks();
    const inFlight = await store.read.anchors.inFlight(epoch.number);
    if (inFlight.length > 0) {
      if (await this.#delivery.look(inFlight)) {
        this.#pollMs = 0;
        const tookMs = monotonic() - this.#batchedAt;
        // One that took long, as in an outage, says little of the next.
        this.#minPollMs = Math.max(MIN_POLL_MS, Math.min(tookMs / POLLS, this.#minPollMs * 2));
        this.#blocks.news = true;
        await this.#readSizes();
        return 0;
      }
      // Events that come meanwhile are for the next batch: no reason to look earlier.
      await this.#idle(this.#pollMs, { patient: true });
      this.#pollMs = Math.min(Math.max(this.#pollMs * POLL_GROWTH, this.#minPollMs), MAX_POLL_MS);
      return 0;
    }
    this.#delivery.forget();
    const gatherMs = this.#batchedAt + intervalMs - monotonic();
    if (gatherMs > 0) {
      // Whatever comes meanwhile would have to wait. The blocks that we are in are looked at all the same.
      await this.#idle(Math.min(gatherMs, CANON_MS), { patient: true });
      return 0;
    }
    const planned = await planAnchor(store.read, epoch, granularity);
    if (planned !== null) {
      this.#batchedAt = monotonic();
      await this.#delivery.prepare(planned, clock.now());
      return 0;
    }
    // Where the chain calls its blocks final as they come, so is this one; by a depth of 1 it has been since it was mined.
    if (this.#blocks.news && !isInstant(finality)) await this.#lookAtBlocks({ now: true });
    await this.#readSizes();
    return IDLE_MS;
  }

  /** One step of a process that does not send. */
  async #follow(): Promise<number> {
    this.#dirty = false;
    await this.#readSizes();
    return this.#waiters.anyone ? WAITED_FOR_MS : IDLE_MS;
  }

  /** Whether they are still there, and final by now: less often once all are. */
  async #lookAtBlocks({ now = false } = {}): Promise<void> {
    const { monotonic } = this.#options;
    const everyMs = this.#blocks.settled ? CANON_IDLE_MS : CANON_MS;
    if (!now && monotonic() - this.#blocks.at < everyMs) return;
    const settled = await this.#canon.look();
    this.#blocks = { at: monotonic(), settled, news: false };
    if (!settled) await this.#readSizes();
  }

  /** A moved ledger is not anchored where it was: whoever is configured for the earlier place must not go on. */
  async #assertNotSuperseded(): Promise<void> {
    const { store, epoch } = this.#options;
    const current = await store.read.anchors.currentEpoch();
    if (current === null || current.number === epoch.number) return;
    throw new AnchorTrouble(
      "superseded",
      `Epoch ${current.number} was opened at ${current.contract} on chain ${current.chainId}, and this process is ` +
        `configured for epoch ${epoch.number}: set CHAIN_RPC_URL and CONTRACT_ADDRESS, and restart it.`,
    );
  }

  async #readSizes(): Promise<void> {
    const { store, epoch } = this.#options;
    const { size } = await store.read.events.head();
    // More may have been committed since the database answered; a ledger only grows.
    this.#ledgerSize = Math.max(this.#ledgerSize, size);
    this.#waiters.settle((await store.read.anchors.lastMined(epoch.number))?.toSize ?? 0);
  }

  /** What is wrong although every step succeeds. */
  async #hampered(): Promise<unknown> {
    if (this.#lease.held) return this.#delivery.note();
    const cutOff = await this.#cutOff();
    if (cutOff !== null) return cutOff;
    const { store, clock } = this.#options;
    const { anchoredSize } = this.#waiters;
    const oldest = this.#ledgerSize > anchoredSize ? await store.read.events.timestampAt(anchoredSize) : null;
    if (oldest === null || clock.now() - oldest < STUCK_MS) return null;
    return new AnchorTrouble(
      "stuck",
      `events wait for longer than a minute; ${this.#lease.holder} sends for this database: see its log`,
    );
  }

  #pass(note: unknown): void {
    if (note !== null) return this.#report(note);
    if (this.#trouble === null) return;
    this.#options.log.info({ since: this.#trouble.since }, "anchoring goes on");
    this.#trouble = null;
  }

  #report(error: unknown): void {
    const { log, clock } = this.#options;
    const kind = kindOf(error);
    const message = error instanceof Error ? error.message : String(error);
    if (this.#trouble?.message === message) return;
    const news = this.#trouble?.kind !== kind;
    const since = this.#trouble?.since ?? clock.now();
    this.#trouble = { kind, message, since };
    // Words that change while the trouble stays are not worth a line each.
    if (!news) return;
    if (PASSING.has(kind)) log.warn({ err: error, kind, since }, "anchoring waits");
    else log.error({ err: error, kind, since }, "anchoring is in trouble");
  }

  /** Until notify() or stop(), or at the latest until the time given has passed. With `patient`, not until notify(). */
  #idle(ms: number, { patient = false } = {}): Promise<void> {
    if (ms <= 0 || this.#stopping || (this.#dirty && !patient)) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        if (patient && !this.#stopping) return;
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
