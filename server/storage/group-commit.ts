import { CompiledQuery } from "kysely";
import type { Handle } from "./handle.ts";
import { databaseTrouble } from "./trouble.ts";

/** More would keep the others of this process, and the first of these, waiting for too long. */
const MOST = 16;

const SAVEPOINT = CompiledQuery.raw("savepoint member");
const RELEASE = CompiledQuery.raw("release savepoint member");
const ROLL_BACK = CompiledQuery.raw("rollback to savepoint member");

type Work<T> = (handle: Handle) => Promise<T>;
/** Tells whoever waits what became of its part, which may only be told once all of it is durable. */
type Tell = () => void;

interface Member {
  attempt(handle: Handle): Promise<Tell>;
  fail(error: unknown): void;
}

/**
 * Changes that would have to wait for one another anyway share a transaction, and so one flush to the disk: whatever came
 * while the last was committed (group commit, DeWitt et al. 1984). Each has a savepoint, so that one's refusal is its
 * own; what one did is seen by those after it, and is told to nobody before the commit.
 */
export class GroupCommit {
  readonly #inTransaction: <T>(work: Work<T>) => Promise<T>;
  readonly #waiting: Member[] = [];
  #running = false;

  constructor(inTransaction: <T>(work: Work<T>) => Promise<T>) {
    this.#inTransaction = inTransaction;
  }

  write<T>(work: Work<T>): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    this.#waiting.push({
      fail: reject,
      async attempt(handle) {
        try {
          const result = await work(handle);
          return () => resolve(result);
        } catch (error) {
          // Of the whole transaction, which the database may have ended by now.
          if (databaseTrouble(error) !== null) throw error;
          await handle.db.executeQuery(ROLL_BACK);
          return () => reject(error);
        }
      },
    });
    if (!this.#running) void this.#run();
    return promise;
  }

  async #run(): Promise<void> {
    this.#running = true;
    while (this.#waiting.length > 0) {
      // Who is heard in the same turn of the event loop comes along.
      await new Promise((resolve) => setImmediate(resolve));
      await this.#commit(this.#waiting.splice(0, MOST));
    }
    this.#running = false;
  }

  async #commit(members: readonly Member[]): Promise<void> {
    try {
      const outcomes = await this.#inTransaction(async (handle) => {
        const tell: Tell[] = [];
        for (const member of members) {
          await handle.db.executeQuery(SAVEPOINT);
          tell.push(await member.attempt(handle));
          await handle.db.executeQuery(RELEASE);
        }
        return tell;
      });
      for (const tell of outcomes) tell();
    } catch (error) {
      for (const member of members) member.fail(error);
    }
  }
}
