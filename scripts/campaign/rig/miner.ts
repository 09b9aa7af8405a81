/** Who makes the blocks of a {@link TestChain}: on each transaction, or at an interval; and who takes them back. */
import type { JsonRpc } from "../../../server/chain/rpc.ts";

export interface Miner {
  /** A block for each transaction. */
  automine(): Promise<void>;
  /** A block each `ms`, with whatever is pending. */
  every(ms: number): Promise<void>;
  /** No blocks until one of the other two is called. */
  pause(): Promise<void>;
  mine(blocks: number): Promise<void>;
  /** Replaces the last `depth` blocks by as many empty ones. Their transactions do not return to the pool. */
  reorg(depth: number): Promise<void>;
  stop(): Promise<void>;
}

export function minerOf(rpc: JsonRpc): Miner {
  let interval: number | null = null;
  let timer: NodeJS.Timeout | null = null;
  let working: Promise<unknown> = Promise.resolve();

  // One at a time: a block mined within a reorganisation would be of neither branch.
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const done = working.then(work, work);
    working = done.catch(() => {});
    return done;
  };
  const quiet = async (automine: boolean) => {
    interval = null;
    if (timer !== null) clearTimeout(timer);
    timer = null;
    await inTurn(() => rpc.call("evm_setAutomine", [automine]));
  };
  const tick = (ms: number) => {
    timer = setTimeout(() => {
      void inTurn(() => rpc.call("evm_mine")).catch(() => {});
      if (interval === ms) tick(ms);
    }, ms);
    timer.unref();
  };

  return {
    async automine() {
      await quiet(true);
      await inTurn(() => rpc.call("evm_mine"));
    },
    async every(ms) {
      await quiet(false);
      interval = ms;
      tick(ms);
    },
    pause: () => quiet(false),
    mine: (blocks) => inTurn(() => rpc.call("anvil_mine", [`0x${blocks.toString(16)}`])),
    reorg: (depth) => inTurn(() => rpc.call("anvil_reorg", [depth, []])),
    async stop() {
      interval = null;
      if (timer !== null) clearTimeout(timer);
      await working;
    },
  };
}
