/** A verification under way, or done: the very `verifyReceipt` that auditors run, over the visitor's endpoint. */
import { signal } from "@preact/signals";
import { rpcChainReader } from "../../../chain/reader.ts";
import { conclusionOf, verifyReceipt } from "../../../ledger/index.ts";
import type { Check, Conclusion } from "../../../ledger/index.ts";
import { trustRoots } from "../trust/roots.ts";

export interface Verification {
  /** What is verified: a file's name, or where else it is from. */
  readonly name: string;
  readonly candidate: unknown;
  readonly checks: readonly Check[];
  /** Null while it runs. */
  readonly conclusion: Conclusion | null;
}

export const verification = signal<Verification | null>(null);
/** The visitor wanted to verify, and the trust roots did not allow it. */
export const incomplete = signal(false);

export async function verify(name: string, candidate: unknown): Promise<void> {
  const roots = trustRoots();
  incomplete.value = roots === null;
  let mine: Verification = { name, candidate, checks: [], conclusion: null };
  /** What a later verification replaced is shown no more. */
  const show = (change: Partial<Verification>) => {
    if (verification.value !== mine) return;
    verification.value = mine = { ...mine, ...change };
  };
  verification.value = mine;
  if (roots === null) return;
  const verdict = await verifyReceipt(candidate, {
    trust: roots.trust,
    chain: rpcChainReader(roots.rpcUrl),
    onCheck: (check) => show({ checks: [...mine.checks, check] }),
  });
  show({ checks: verdict.checks, conclusion: conclusionOf(verdict) });
}
