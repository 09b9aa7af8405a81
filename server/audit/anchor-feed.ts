import { ChainUnavailable } from "../ledger/index.ts";
import { isAnchorLog } from "../ports/audit.ts";
import type { AnchorLog, AuditChain, ConsentLog, ContractLog } from "../ports/audit.ts";
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
 * What the contract was told since its tree had the size `from`, to where the view ends: anchors, one after the other
 * without a gap, and the consent changes that came with each and after it. The contract leaves no gap, so where there is
 * one the endpoint has kept its logs to itself: that is no answer.
 */
export const chainFeed = (
  chain: AuditChain,
  view: ChainView,
  from = 0,
): AsyncGenerator<Anchor | ConsentLog, void> =>
  completed(chain.logs(view.contract, view.fromBlock, view.block), { chain, view, from });

/** The anchors alone, from the first. */
export async function* anchorFeed(chain: AuditChain, view: ChainView): AsyncGenerator<Anchor, void> {
  const logs = chain.anchors(view.contract, view.fromBlock, view.block);
  for await (const log of completed(logs, { chain, view, from: 0 })) if (isAnchorLog(log)) yield log;
}

async function* completed(
  pages: AsyncIterable<readonly ContractLog[]>,
  { chain, view, from }: { readonly chain: AuditChain; readonly view: ChainView; readonly from: number },
): AsyncGenerator<Anchor | ConsentLog, void> {
  const timeOf = blockTimes(chain);
  const complete = async (log: AnchorLog): Promise<Anchor> => {
    const [contractRoot, blockTime] = await Promise.all([
      chain.rootAt(view.contract, log.size),
      timeOf(log.blockNumber),
    ]);
    return { ...log, contractRoot, blockTime };
  };
  // What comes before the anchor that led to `from` was looked at in an earlier reading.
  let begun = from === 0;
  let size = from;
  for await (const page of pages) {
    const fresh: ContractLog[] = [];
    for (const log of page) {
      if (isAnchorLog(log) && log.size === from) begun = true;
      else if (begun) fresh.push(log);
      else if (isAnchorLog(log) && log.size > from) throw missingLogs(from - 1, from);
    }
    for (const logs of portions(fresh)) {
      const steps = logs.map(async (log) => (isAnchorLog(log) ? complete(log) : log));
      for (const log of await Promise.all(steps)) {
        if (isAnchorLog(log)) {
          if (log.fromSize !== size) throw missingLogs(size, log.fromSize);
          size = log.size;
        }
        yield log;
      }
    }
  }
  if (view.size !== null && size < view.size) throw missingLogs(size, view.size);
}

/** Each with as many anchors as questions may be asked about at once. */
function* portions(logs: readonly ContractLog[]): Generator<readonly ContractLog[], void> {
  let begin = 0;
  let anchors = 0;
  for (const [i, log] of logs.entries()) {
    if (isAnchorLog(log)) anchors += 1;
    if (anchors < CONCURRENCY && i + 1 < logs.length) continue;
    yield logs.slice(begin, i + 1);
    begin = i + 1;
    anchors = 0;
  }
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
