/**
 * Brings the ledger to the chain: one transaction in flight, and whatever is committed meanwhile forms the next batch.
 * An idle anchorer sends at once; a busy one batches by itself.
 *
 * Crash order: the batch and its signed bytes are committed before the first broadcast. Killed before that, nothing was
 * sent and the batch is planned anew; killed after, the same bytes are sent again, and the nonce and the contract's
 * expectedSize both see to it that they take effect once.
 */
import { planBatch, BATCH_LIMITS } from "../domain/batching.ts";
import type { BatchPlan, Position } from "../domain/batching.ts";
import { subtreesBetween } from "../ledger/index.ts";
import { ChainUnavailable } from "../ports.ts";
import type { AnchorCall, Batch, Chain, Clock, Epoch, Logger, MinedAnchor, Store } from "../ports.ts";
import { AnchorWaiters } from "./anchor-waiters.ts";
import { frontierAt, nodeHashes, rootAt } from "./tree.ts";

export interface AnchorerOptions {
  readonly store: Store;
  readonly chain: Chain;
  readonly epoch: Epoch;
  /** Set when the chain did not answer at the start: must succeed, once, before anything is sent. */
  readonly confirmPlace?: (() => Promise<void>) | null;
  readonly clock: Clock;
  readonly log: Logger;
  readonly granularity: "digests" | "subtrees";
  /** Depth at which a block counts as final. */
  readonly confirmations: number;
  /** First pause between looks at the chain; they grow to `maxPollMs`. */
  readonly pollMs?: number;
  readonly maxPollMs?: number;
}

export interface AnchorerState {
  /** Null while all is well, else what stands in the way, and since when. */
  readonly trouble: { readonly message: string; readonly since: number } | null;
  readonly anchoredSize: number;
  /** By this process's anchors. */
  readonly gasUsed: bigint;
}

const REBROADCAST_MS = 5_000;
/** A transaction may wait for some blocks; for longer than this something is wrong. */
const STUCK_MS = 60_000;
/** How long an idle anchorer goes without a look: at the chain, and for events that another process wrote. */
const HEARTBEAT_MS = 2_000;

export class Anchorer {
  readonly #options: Required<AnchorerOptions>;
  #trouble: { message: string; since: number } | null = null;
  #gasUsed = 0n;
  #confirmPlace: (() => Promise<void>) | null;
  readonly #waiters = new AnchorWaiters();
  #wake: () => void = () => {};
  #dirty = true;
  #stopping = false;
  #loop: Promise<void> | null = null;

  constructor(options: AnchorerOptions) {
    this.#options = { pollMs: 5, maxPollMs: 1_000, confirmPlace: null, ...options };
    this.#confirmPlace = this.#options.confirmPlace;
  }

  get epoch(): Epoch {
    return this.#options.epoch;
  }

  state(): AnchorerState {
    return { trouble: this.#trouble, anchoredSize: this.#waiters.anchoredSize, gasUsed: this.#gasUsed };
  }

  async start(): Promise<void> {
    const { store, epoch } = this.#options;
    this.#waiters.settle((await store.read.anchors.lastMined(epoch.number))?.toSize ?? 0);
    this.#loop = this.#run();
  }

  /** Something was committed. */
  notify(): void {
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

  /** Lets the step under way end. What is in flight on the chain is picked up at the next start. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#wake();
    this.release();
    await this.#loop;
  }

  async #run(): Promise<void> {
    let failures = 0;
    while (!this.#stopping) {
      try {
        const next = await this.#step();
        failures = 0;
        this.#recovered();
        if (next !== "again") await this.#idle(next === "watch" ? this.#options.maxPollMs : HEARTBEAT_MS);
      } catch (error) {
        failures++;
        this.#report(error);
        await this.#pause(Math.min(100 * 2 ** Math.min(failures, 6), 5_000));
      }
    }
  }

  /** One transaction from plan to block, if there is any to send. */
  async #step(): Promise<"again" | "watch" | "done"> {
    const { store, epoch } = this.#options;
    this.#dirty = false;
    if (this.#confirmPlace !== null) {
      await this.#confirmPlace();
      this.#confirmPlace = null;
    }
    const batch = (await store.read.anchors.inFlight(epoch.number)) ?? (await this.#prepare());
    if (batch === null) {
      await this.#options.chain.blockNumber();
      return (await this.#finalize()) ? "done" : "watch";
    }
    const mined = await this.#deliver(batch);
    if (mined === null) return "again";
    await store.write((tx) => tx.anchors.setMined(batch.id, mined));
    await this.#finalize();
    this.#waiters.settle(batch.toSize);
    return "again";
  }

  /** Plans, signs and stores the next batch. */
  async #prepare(): Promise<Batch | null> {
    const { store, chain, epoch, clock, granularity } = this.#options;
    const { read } = store;
    const last = await read.anchors.last(epoch.number);
    const from: Position =
      last === null ? { size: 0, changes: 0 } : { size: last.toSize, changes: last.toChange };
    // The head before the changes: whatever event lies below this size, its changes are visible too.
    const { size: ledgerSize } = await read.events.head();
    const changes = await read.consents.changes(from.changes, BATCH_LIMITS.consentChanges + 1);
    const plan = planBatch(
      { from, ledgerSize, changeIndexes: changes.map((queued) => queued.eventIndex) },
      { granularity, reanchor: last === null && epoch.number > 1 },
    );
    if (plan === null) return null;

    const call: AnchorCall = {
      expectedSize: from.size,
      frontier: plan.to.size === from.size ? [] : await frontierAt(read, from.size),
      leaves: await this.#leaves(from.size, plan),
      consentChanges: changes.slice(0, plan.to.changes - from.changes).map((queued) => queued.change),
    };
    const nonce = Math.max(await chain.nextNonce(), last === null ? 0 : last.nonce + 1);
    const signed = await chain.signAnchor(call, nonce);
    const root = await rootAt(read, plan.to.size);
    return store.write((tx) =>
      tx.anchors.insertBatch(
        {
          epoch: epoch.number,
          fromSize: from.size,
          toSize: plan.to.size,
          fromChange: from.changes,
          toChange: plan.to.changes,
          root,
          nonce,
          createdAt: clock.now(),
        },
        signed,
      ),
    );
  }

  async #leaves(from: number, { kind, to }: BatchPlan): Promise<AnchorCall["leaves"]> {
    const { read } = this.#options.store;
    if (kind === "digests") return { kind, digests: await read.events.digests(from, to.size) };
    const subtrees = subtreesBetween(from, to.size);
    const hashes = await nodeHashes(read, subtrees, to.size);
    const nodes = subtrees.map(({ level }, i) => ({ level, hash: hashes[i] as Uint8Array }));
    return { kind, nodes };
  }

  /** Sends the batch until one of its transactions is in a block; null when we stop before that. */
  async #deliver(batch: Batch): Promise<MinedAnchor | null> {
    const { store, chain, pollMs, maxPollMs } = this.#options;
    const attempts = await store.read.anchors.attempts(batch.id);
    let pause = pollMs;
    let sentAt = -Infinity;
    const startedAt = performance.now();
    while (!this.#stopping) {
      for (const { txHash } of attempts) {
        const receipt = await chain.receipt(txHash);
        if (receipt?.status === "reverted") {
          throw new Error(`the contract reverted ${txHash} (batch ${batch.id}); see docs/operations.md`);
        }
        if (receipt !== null) {
          this.#gasUsed += receipt.gasUsed;
          return { txHash, blockNumber: receipt.blockNumber, blockHash: receipt.blockHash };
        }
      }
      if (performance.now() - sentAt >= REBROADCAST_MS) {
        const latest = attempts.at(-1);
        if (latest === undefined) throw new Error(`batch ${batch.id} was never signed`);
        if (performance.now() - startedAt > STUCK_MS) {
          this.#report(
            new ChainUnavailable(`transaction ${latest.txHash} is not in a block yet; sent again`),
          );
        }
        await chain.broadcast(latest);
        sentAt = performance.now();
      } else {
        await this.#pause(pause);
        pause = Math.min(pause * 1.5, maxPollMs);
      }
    }
    return null;
  }

  /** Marks batches that are deep enough. Returns whether all are. */
  async #finalize(): Promise<boolean> {
    const { store, chain, epoch, confirmations } = this.#options;
    const mined = await store.read.anchors.unfinalized(epoch.number);
    if (mined.length === 0) return true;
    // A block that has just been mined has one confirmation: no need to ask.
    const head = confirmations <= 1 ? Infinity : await chain.blockNumber();
    const deep = mined.filter((batch) => head - (batch.mined?.blockNumber ?? Infinity) + 1 >= confirmations);
    if (deep.length > 0) {
      await store.write(async (tx) => {
        for (const batch of deep) await tx.anchors.setFinal(batch.id);
      });
    }
    return deep.length === mined.length;
  }

  #report(error: unknown): void {
    const { log, clock } = this.#options;
    const message = error instanceof Error ? error.message : String(error);
    if (this.#trouble?.message === message) return;
    const since = this.#trouble?.since ?? clock.now();
    this.#trouble = { message, since };
    const fields = { err: error, since };
    if (error instanceof ChainUnavailable) log.warn(fields, "anchoring waits for the chain");
    else log.error(fields, "anchoring is in trouble");
  }

  #recovered(): void {
    if (this.#trouble === null) return;
    this.#options.log.info({ since: this.#trouble.since }, "anchoring goes on");
    this.#trouble = null;
  }

  /** Until notify() or stop(), or at the latest until the time given has passed. */
  #idle(ms: number): Promise<void> {
    if (this.#dirty || this.#stopping) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** For the time given, or until stop(). */
  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        if (!this.#stopping) return;
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
