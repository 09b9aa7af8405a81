/** What goes around calldata that is sent for the first time, or anew: nonce, gas, and fees. */
import { firstFees, needed } from "../domain/fees.ts";
import type { Fees } from "../domain/fees.ts";
import type { Chain, Envelope, Epoch, Store } from "../ports.ts";
import { gasLimitFor } from "./anchor-planning.ts";
import { AnchorTrouble } from "./anchor-trouble.ts";

interface EnvelopeDeps {
  readonly store: Store;
  readonly chain: Chain;
  readonly epoch: Epoch;
  readonly feeCap: bigint;
}

/** @param failures how many transactions with this calldata were reverted. @throws {ChainRejected | AnchorTrouble} */
export async function newEnvelope(
  deps: EnvelopeDeps,
  what: Parameters<Chain["estimateGas"]>[0],
  failures: number,
): Promise<Envelope> {
  const [estimate, fees, nonce] = await Promise.all([
    deps.chain.estimateGas(what),
    feesNow(deps),
    freeNonce(deps),
  ]);
  return { chainId: deps.epoch.chainId, gasLimit: gasLimitFor(estimate, failures), fees, nonce };
}

async function feesNow({ chain, feeCap }: EnvelopeDeps): Promise<Fees> {
  const market = await chain.feeMarket();
  const fees = firstFees(market, feeCap);
  if (fees === null) throw overTheCap(feeCap, `the chain asks for ${gwei(needed(market))} gwei`);
  return fees;
}

/**
 * The lowest nonce that is neither in a block nor carried by anything of ours: so there is never a gap to wait for, and
 * no nonce that carries two things. What is only pending does not count: it is ours, or it is a stranger's.
 */
async function freeNonce({ chain, store, epoch }: EnvelopeDeps): Promise<number> {
  let nonce = await chain.minedNonce();
  while ((await store.read.anchors.attemptsWithNonce(epoch, chain.relayer, nonce)).length > 0) nonce++;
  return nonce;
}

export const overTheCap = (cap: bigint, what: string): AnchorTrouble =>
  new AnchorTrouble("fees_over_cap", `fees over the cap: ${what}, ANCHOR_MAX_FEE_GWEI is ${gwei(cap)}`);

const gwei = (wei: bigint): string => String(Number(wei) / 1e9);
