import { ChainUnavailable } from "../ledger/index.ts";
import type { AnchorLog, AuditChain } from "../ports/audit.ts";
import type { ChainView } from "./chain-view.ts";

/** An anchor event, with what the contract's state and the block's header say beside it. */
export interface Anchor extends AnchorLog {
  /** The contract's `rootAt(size)`. */
  readonly contractRoot: string;
  /** Seconds since the epoch. */
  readonly blockTime: number;
}

/** Questions to the endpoint under way at once. */
const CONCURRENCY = 16;

/**
 * All anchors that bring the tree from `from` to where the view ends, one after the other without a gap. The contract
 * leaves no gap, so where there is one the endpoint has kept its logs to itself: that is no answer.
 */
export async function* anchorFeed(
  chain: AuditChain,
  view: ChainView,
  from = 0,
): AsyncGenerator<Anchor, void> {
  const { contract, fromBlock, block } = view;
  const timeOf = blockTimes(chain);
  let size = from;
  for await (const page of chain.anchors(contract, fromBlock, block)) {
    const fresh = page.filter((log) => log.size > from);
    for (let begin = 0; begin < fresh.length; begin += CONCURRENCY) {
      const logs = fresh.slice(begin, begin + CONCURRENCY);
      const anchors = await Promise.all(
        logs.map(async (log) => {
          const [contractRoot, blockTime] = await Promise.all([
            chain.rootAt(contract, log.size),
            timeOf(log.blockNumber),
          ]);
          return { ...log, contractRoot, blockTime };
        }),
      );
      for (const anchor of anchors) {
        if (anchor.fromSize !== size) throw missingLogs(size, anchor.fromSize);
        size = anchor.size;
        yield anchor;
      }
    }
  }
  if (view.size !== null && size < view.size) throw missingLogs(size, view.size);
}

/** Anchors come in runs of one block, or of neighbouring ones: the last answers are enough to remember. */
function blockTimes(chain: AuditChain): (block: number) => Promise<number> {
  const known = new Map<number, Promise<number>>();
  return (block) => {
    const time = known.get(block) ?? chain.blockTimestamp(block);
    known.set(block, time);
    if (known.size > 4 * CONCURRENCY) known.delete(known.keys().next().value as number);
    return time;
  };
}

function missingLogs(from: number, to: number): ChainUnavailable {
  return new ChainUnavailable(
    `the endpoint has no logs of the anchors between the sizes ${from} and ${to}; ` +
      "ask one that keeps them all (an archive node), and check --from-block",
  );
}
