/** Which chain and contract carry the ledger. The answer is pinned at first use; a different one is never taken silently. */
import { toHex } from "../ledger/index.ts";
import type { Chain, ChainUnavailable, Epoch, Logger, Reads, Store } from "../ports.ts";
import { rootAt } from "./tree.ts";

/** The configured chain is not the one that the ledger is anchored on. The message says what the operator can do. */
export class EpochMismatch extends Error {
  constructor(message: string) {
    super(message);
    this.name = "EpochMismatch";
  }
}

/**
 * The epoch to go on with while the chain does not answer: the one we know, if it is at the configured contract. What
 * it claims is confirmed before anything is sent. @throws the error it was given, where there is none
 */
export async function assumeEpoch(store: Store, chain: Chain, unreachable: ChainUnavailable): Promise<Epoch> {
  const current = await store.read.anchors.currentEpoch();
  if (current?.contract !== chain.contract) throw unreachable;
  return current;
}

/**
 * Finds or opens the epoch of the configured chain.
 * @param disposable the chain was made by this process and goes with it (the embedded one): a new epoch is the rule
 * @throws {EpochMismatch} when the chain, the contract's code or what it holds is not what we recorded
 */
export async function attachEpoch(
  store: Store,
  chain: Chain,
  options: { readonly disposable: boolean; readonly now: number; readonly log: Logger },
): Promise<Epoch> {
  const { log, now } = options;
  const { chainId, genesisHash } = await chain.identity();
  const codeHash = await chain.codeHash();
  if (codeHash === null) {
    throw new EpochMismatch(
      `There is no contract at ${chain.contract} on chain ${chainId}. ` +
        "Deploy one with `npm run deploy` and set CONTRACT_ADDRESS to it.",
    );
  }
  const found = { chainId, contract: chain.contract, genesisHash, codeHash };
  const current = await store.read.anchors.currentEpoch();
  // A disposable chain is always another: made within the same second, two of them even have the same genesis block.
  if (current !== null && !options.disposable && samePlace(current, found)) {
    await assertContractHoldsOurLedger(store.read, chain, current);
    return current;
  }
  if (current !== null && !(options.disposable && current.disposable)) {
    throw new EpochMismatch(
      `The ledger is anchored at ${current.contract} on chain ${current.chainId} (genesis ${current.genesisHash}), ` +
        `but CHAIN_RPC_URL and CONTRACT_ADDRESS lead to ${found.contract} on chain ${chainId} ` +
        `(genesis ${genesisHash}). Nothing was sent. Set them back to where the ledger is anchored.`,
    );
  }
  await assertContractIsEmpty(chain);
  const { disposable } = options;
  const epoch: Epoch = { number: (current?.number ?? 0) + 1, ...found, disposable, openedAt: now };
  await store.write((tx) => tx.anchors.openEpoch(epoch));
  const { size } = await store.read.events.head();
  if (current !== null && size > 0) {
    log.warn(
      { epoch: epoch.number, chainId, contract: epoch.contract, events: size },
      `the chain of epoch ${current.number} is gone: epoch ${epoch.number} opened, ` +
        `re-anchoring all ${size} events in one transaction`,
    );
  } else {
    log.info({ epoch: epoch.number, chainId, contract: epoch.contract }, `epoch ${epoch.number} opened`);
  }
  return epoch;
}

type Place = Pick<Epoch, "chainId" | "contract" | "genesisHash" | "codeHash">;

function samePlace(a: Place, b: Place): boolean {
  return (
    a.chainId === b.chainId &&
    a.contract === b.contract &&
    a.genesisHash === b.genesisHash &&
    a.codeHash === b.codeHash
  );
}

async function assertContractIsEmpty(chain: Chain): Promise<void> {
  const { size } = await chain.treeHead();
  if (size === 0) return;
  throw new EpochMismatch(
    `The contract ${chain.contract} already holds ${size} events of which this database knows nothing. ` +
      "Either DATABASE_URL is not the one that wrote them, or the contract belongs to another ledger: deploy a new one.",
  );
}

/** The contract may be at our last mined batch, or at the one in flight; anything else is not our history. */
async function assertContractHoldsOurLedger(reads: Reads, chain: Chain, epoch: Epoch): Promise<void> {
  const onChain = await chain.treeHead();
  const mined = await reads.anchors.lastMined(epoch.number);
  const inFlight = await reads.anchors.inFlight(epoch.number);
  const sizes = [mined?.toSize ?? 0, ...(inFlight === null ? [] : [inFlight.toSize])];
  if (!sizes.includes(onChain.size)) {
    const ours = Math.max(...sizes);
    throw new EpochMismatch(
      onChain.size > ours
        ? `The contract holds ${onChain.size} events, this database sent ${ours}: it was restored from an older ` +
            "backup, or another process writes. Restore a newer backup; nothing was sent."
        : `The contract holds ${onChain.size} events, this database knows ${ours} to be mined: ` +
            "the endpoint is behind or on a fork. Nothing was sent.",
    );
  }
  if (toHex(await rootAt(reads, onChain.size)) !== onChain.root) {
    throw new EpochMismatch(
      `At size ${onChain.size} the contract's root is ${onChain.root}, and ours is another. ` +
        "The database and the contract hold different histories; nothing was sent.",
    );
  }
}
