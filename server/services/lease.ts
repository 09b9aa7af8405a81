/**
 * The right to send. Of all processes on one database at most one has it: it keeps a row's beat going, and the others
 * watch. When the beat stands still for `leaseMs` of a watcher's own monotonic time, it takes over by compare-and-swap;
 * no clocks are compared. A holder that was paused finds its token outdated at its next write, which then does not happen.
 */
import { LeaseLost } from "../ports.ts";
import type { Lease, Store, Tx } from "../ports.ts";

export interface LeaseOptions {
  readonly store: Store;
  /** Names this process in the table, for people. */
  readonly owner: string;
  readonly leaseMs: number;
  readonly monotonic: () => number;
}

export class SendingLease {
  readonly #options: LeaseOptions;
  #token: number | null = null;
  #heldAt = -Infinity;
  #watched: { readonly lease: Lease; readonly since: number } | null = null;
  #beating: Promise<void> | null = null;
  #timer: NodeJS.Timeout | null = null;

  constructor(options: LeaseOptions) {
    this.#options = options;
  }

  get held(): boolean {
    return this.#token !== null;
  }

  /** Who holds it, as far as the last look told. */
  get holder(): string {
    return this.#token === null ? (this.#watched?.lease.owner ?? "") : this.#options.owner;
  }

  /** Takes the lease if it is free, or its holder has not stirred for long enough. Returns whether it is ours. */
  async attend(): Promise<boolean> {
    if (this.#token !== null) return true;
    const { store, owner, leaseMs, monotonic } = this.#options;
    const lease = await store.read.anchors.lease();
    const now = monotonic();
    const before = this.#watched;
    const still = before !== null && before.lease.token === lease.token && before.lease.beat === lease.beat;
    if (!still) this.#watched = { lease, since: now };
    const free = lease.owner === "" || (still && now - before.since >= leaseMs);
    if (!free) return false;
    this.#token = await store.write((tx) => tx.anchors.takeLease(lease.token, owner));
    if (this.#token === null) return false;
    this.#heldAt = now;
    this.#timer = setInterval(() => void this.#beat().catch(() => {}), leaseMs / 3);
    this.#timer.unref();
    return true;
  }

  /** A write that happens only if the lease is ours when it does. @throws {LeaseLost} */
  async write<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    const token = this.#token;
    if (token === null) throw new LeaseLost();
    const begun = this.#options.monotonic();
    try {
      const result = await this.#options.store.write(async (tx) => {
        await tx.anchors.holdLease(token);
        return work(tx);
      });
      this.#heldAt = begun;
      return result;
    } catch (error) {
      if (error instanceof LeaseLost && this.#token === token) this.#drop();
      throw error;
    }
  }

  /** To be called before each broadcast: asks the database unless it has just told us. @throws {LeaseLost} */
  async confirm(): Promise<void> {
    const { monotonic, leaseMs } = this.#options;
    if (this.#token === null) throw new LeaseLost();
    if (monotonic() - this.#heldAt >= leaseMs / 3) await this.write(async () => {});
  }

  /** Gives it back, so that another takes it at once. */
  async release(): Promise<void> {
    const token = this.#token;
    this.#drop();
    await this.#beating?.catch(() => {});
    if (token !== null) await this.#options.store.write((tx) => tx.anchors.releaseLease(token));
  }

  #beat(): Promise<void> {
    this.#beating ??= this.confirm().finally(() => (this.#beating = null));
    return this.#beating;
  }

  #drop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    this.#token = null;
    this.#watched = null;
  }
}
