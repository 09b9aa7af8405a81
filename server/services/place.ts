/** Whether the configured chain and contract are where, and hold what, we left them with. */
import { toHex } from "../ledger/index.ts";
import type { Chain, Epoch, Reads } from "../ports.ts";
import { AnchorTrouble } from "./anchor-trouble.ts";
import { rootAt } from "./tree.ts";

/** The configured chain is not the one that the ledger is anchored on. The message says what the operator can do. */
export class EpochMismatch extends AnchorTrouble {
  constructor(message: string) {
    super("chain_mismatch", message);
    this.name = "EpochMismatch";
  }
}

export type Place = Pick<Epoch, "chainId" | "contract" | "genesisHash" | "codeHash">;

/** @throws {EpochMismatch} where there is no contract */
export async function findPlace(chain: Chain): Promise<Place> {
  const { chainId, genesisHash } = await chain.identity();
  const codeHash = await chain.codeHash();
  if (codeHash === null) {
    throw new EpochMismatch(
      `There is no contract at ${chain.contract} on chain ${chainId}. ` +
        "Deploy one with `npm run deploy` and set CONTRACT_ADDRESS to it.",
    );
  }
  return { chainId, contract: chain.contract, genesisHash, codeHash };
}

export function samePlace(a: Place, b: Place): boolean {
  return (
    a.chainId === b.chainId &&
    a.contract === b.contract &&
    a.genesisHash === b.genesisHash &&
    a.codeHash === b.codeHash
  );
}

export function elsewhere(current: Place, found: Place): EpochMismatch {
  return new EpochMismatch(
    `The ledger is anchored at ${current.contract} on chain ${current.chainId} (genesis ${current.genesisHash}), ` +
      `but CHAIN_RPC_URL and CONTRACT_ADDRESS lead to ${found.contract} on chain ${found.chainId} ` +
      `(genesis ${found.genesisHash}). Nothing was sent. Set them back to where the ledger is anchored, ` +
      "or move it there on purpose with `npm run new-epoch`.",
  );
}

/** To be called before anything is sent after a start, a silence, or an odd answer. @throws {EpochMismatch} */
export async function confirmPlace(reads: Reads, chain: Chain, epoch: Epoch): Promise<void> {
  const found = await findPlace(chain);
  if (!samePlace(epoch, found)) throw elsewhere(epoch, found);
  await assertContractHoldsOurLedger(reads, chain, epoch);
  await assertFinalBlockStands(reads, chain, epoch);
}

/**
 * The contract may be at our last final batch or at any after it: a reorganisation takes mined ones back, and what is in
 * flight may have arrived. Anything else is not our history.
 */
export async function assertContractHoldsOurLedger(reads: Reads, chain: Chain, epoch: Epoch): Promise<void> {
  // The chain first: a batch is in the database before it is in a block, whoever sends it.
  const onChain = await chain.treeHead();
  // In the order in which they move on, so that none slips from one answer to the other unseen.
  const open = [
    ...(await reads.anchors.inFlight(epoch.number)),
    ...(await reads.anchors.unfinalized(epoch.number)),
  ];
  const final = await reads.anchors.lastFinal(epoch.number);
  const sizes = [final?.toSize ?? 0, ...open.map((batch) => batch.toSize)];
  if (!sizes.includes(onChain.size)) {
    const ours = Math.max(...sizes);
    throw new EpochMismatch(
      onChain.size > ours
        ? `The contract holds ${onChain.size} events, this database sent ${ours}: it was restored from an older ` +
            "backup, or another process writes. Nothing was sent. Restore a newer backup; where there is none, " +
            `whatever happened after event ${ours} is lost, and the ledger can go on only at a new contract ` +
            "(`npm run deploy`, then `npm run new-epoch`)."
        : `The contract holds ${onChain.size} events, this database knows ${final?.toSize ?? 0} to be final: ` +
            "the endpoint is behind or on a fork. Nothing was sent. Wait, or set CHAIN_RPC_URL to another endpoint.",
    );
  }
  if (onChain.size > 0 && toHex(await rootAt(reads, onChain.size)) !== onChain.root) {
    throw new EpochMismatch(
      `At size ${onChain.size} the contract's root is ${onChain.root}, and ours is another. ` +
        "The database and the contract hold different histories; nothing was sent.",
    );
  }
}

/** @throws {AnchorTrouble} final_block_gone: whatever "final" meant here, it was not true */
export async function assertFinalBlockStands(reads: Reads, chain: Chain, epoch: Epoch): Promise<void> {
  const mined = (await reads.anchors.lastFinal(epoch.number))?.mined;
  if (mined === undefined || mined === null) return;
  const found = await chain.blockHash(mined.blockNumber);
  if (found === mined.blockHash) return;
  if (found === null) {
    throw new AnchorTrouble(
      "chain_behind",
      `the endpoint does not have block ${mined.blockNumber}, in which we are anchored; waiting for it to catch up`,
    );
  }
  throw new AnchorTrouble(
    "final_block_gone",
    `Block ${mined.blockNumber} was final as ${mined.blockHash} and is now ${found}: the chain was rewritten, or the ` +
      "endpoint is on a fork. Nothing is sent. Set CHAIN_RPC_URL to an endpoint on the chain that everyone else sees; " +
      "if that one was rewritten, raise ANCHOR_CONFIRMATIONS and move to a new contract with `npm run new-epoch`.",
  );
}
