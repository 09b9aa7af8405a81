import { Refusal } from "../domain/errors.ts";
import { SECOND } from "../domain/time.ts";

/**
 * While there is always another hash to do, as many results are handed on together as hashes still wait, at most so many.
 * Each hash streams 64 MiB through the processor's caches, so whatever follows one begins cold; some in a row cost the
 * event loop little more than one, and share a commit (`npm run bench -- verify`).
 */
const MOST_TOGETHER = 8;

/**
 * Bounds what is hashed at once and what may wait for it. Argon2 runs on libuv's pool, where any number would be
 * accepted: 64 at once take 4 GB and starve every file and DNS call, while the event loop looks idle.
 */
export class Admission {
  readonly #concurrency: number;
  readonly #capacity: number;
  readonly #waiting: (() => void)[] = [];
  /** Whose hash is done, and who wait for others' to be. */
  readonly #done: (() => void)[] = [];
  #running = 0;
  #slots = 0;

  /**
   * @param concurrency hashes in flight: the number of cores
   * @param queue further operations that may hold a slot, hashing later
   */
  constructor(concurrency: number, queue: number) {
    this.#concurrency = concurrency;
    this.#capacity = concurrency + queue;
  }

  /** Slots taken, hashing or not. */
  get slots(): number {
    return this.#slots;
  }
  get running(): number {
    return this.#running;
  }

  /** @throws {Refusal} OVERLOADED, when all slots are taken */
  assertRoom(): void {
    if (this.#slots < this.#capacity) return;
    throw new Refusal(
      "OVERLOADED",
      "The service is at capacity. Nothing was done; please try again shortly.",
      { retryAfterMs: SECOND },
    );
  }

  /** Runs an operation that will hash. @throws {Refusal} OVERLOADED at once, when all slots are taken */
  async withSlot<T>(operation: () => Promise<T>): Promise<T> {
    this.assertRoom();
    this.#slots++;
    try {
      return await operation();
    } finally {
      this.#slots--;
    }
  }

  /**
   * Runs one hash when a core is free, in order of arrival. The permit is kept until the hash ends, come what may; under
   * load the result is handed on a few hashes later.
   */
  async hashing<T>(hash: () => Promise<T>): Promise<T> {
    if (this.#running >= this.#concurrency) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#running++;
    try {
      return await hash();
    } finally {
      const next = this.#waiting.shift();
      // The permit is handed on rather than given back: nobody can slip in between.
      if (next === undefined) this.#running--;
      else next();
      await this.#inCompany();
    }
  }

  /**
   * The next to end lets go of all who wait here, as soon as there are enough of them, or too few waiting to hash: nobody
   * waits here for longer than the queue is. They keep their slots meanwhile.
   */
  #inCompany(): Promise<void> | undefined {
    if (this.#done.length + 1 < Math.min(MOST_TOGETHER, this.#waiting.length)) {
      return new Promise((resolve) => this.#done.push(resolve));
    }
    for (const go of this.#done.splice(0)) go();
    return undefined;
  }
}
