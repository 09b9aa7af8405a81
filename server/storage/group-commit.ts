import { CompiledQuery } from "kysely";
import type { Handle } from "./handle.ts";
import { databaseTrouble } from "./trouble.ts";

/** More would keep the others of this process, and the first of these, waiting for too long. */
const MOST = 16;

const SAVEPOINT = CompiledQuery.raw("savepoint member");
const RELEASE = CompiledQuery.raw("release savepoint member");
const ROLL_BACK = CompiledQuery.raw("rollback to savepoint member");

const NOTHING_TO_KEEP = new Error("all of them were refused");

type Work<T> = (handle: Handle) => Promise<T>;
/** Tells whoever waits what became of its part, which may only be told once all of it is durable. */
type Tell = () => void;

interface Member {
  /** In a savepoint of a transaction that it shares. */
  attempt(handle: Handle): Promise<{ readonly kept: boolean; readonly tell: Tell }>;
  /** In a transaction of its own. */
  alone(): Promise<void>;
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
      async attempt(handle) {
        await handle.db.executeQuery(SAVEPOINT);
        try {
          const result = await work(handle);
          await handle.db.executeQuery(RELEASE);
          return { kept: true, tell: () => resolve(result) };
        } catch (error) {
          // Of the whole transaction, which the database may have ended by now.
          if (databaseTrouble(error) !== null) throw error;
          try {
            await handle.db.executeQuery(ROLL_BACK);
            await handle.db.executeQuery(RELEASE);
          } catch {
            throw error;
          }
          return { kept: false, tell: () => reject(error) };
        }
      },
      alone: () => this.#inTransaction(work).then(resolve, reject),
      fail: reject,
    });
    if (!this.#running) void this.#run();
    return promise;
  }

  async #run(): Promise<void> {
    this.#running = true;
    while (this.#waiting.length > 0) {
      // Who is heard in the same turn of the event loop comes along.
      await new Promise((resolve) => setImmediate(resolve));
      const members = this.#waiting.splice(0, MOST);
      const [first, ...others] = members;
      if (others.length === 0) await first?.alone();
      else await this.#commit(members);
    }
    this.#running = false;
  }

  async #commit(members: readonly Member[]): Promise<void> {
    const outcomes: Awaited<ReturnType<Member["attempt"]>>[] = [];
    try {
      await this.#inTransaction(async (handle) => {
        for (const member of members) outcomes.push(await member.attempt(handle));
        // Not a commit, which would say that the database takes writes.
        if (!outcomes.some(({ kept }) => kept)) throw NOTHING_TO_KEEP;
      });
    } catch (error) {
      if (error !== NOTHING_TO_KEEP) {
        for (const member of members) member.fail(error);
        return;
      }
    }
    for (const { tell } of outcomes) tell();
  }
}
