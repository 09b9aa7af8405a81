import type { AuditChain } from "../ports/audit.ts";
import { anchorFeed } from "./anchor-feed.ts";
import type { Anchor } from "./anchor-feed.ts";
import type { ChainView } from "./chain-view.ts";
import type { Findings } from "./findings.ts";
import { LedgerTree } from "./ledger-tree.ts";

/**
 * From the chain alone, without a word from the operator: rebuilds the tree out of the contract's logs and holds its
 * root against the one logged and the one in the contract's state, at every size. Yields each anchor once it is checked.
 */
export async function* rebuildFromChain(
  chain: AuditChain,
  view: ChainView,
  findings: Findings,
): AsyncGenerator<Anchor, LedgerTree> {
  const tree = new LedgerTree();
  for await (const anchor of anchorFeed(chain, view)) {
    extend(tree, anchor);
    const { fromSize, size, root, contractRoot } = anchor;
    if (tree.root() !== root || root !== contractRoot) {
      const message = `At size ${size} the logs lead to the root ${tree.root()}, state ${root}, and the contract holds ${contractRoot}.`;
      findings.addFatal("contract_root", fromSize, message);
      return tree;
    }
    yield anchor;
  }
  return tree;
}

function extend(tree: LedgerTree, { leaves }: Anchor): void {
  if (leaves.kind === "digests") for (const digest of leaves.digests) tree.append(digest);
  else for (const { hash, level } of leaves.nodes) tree.appendSubtree(hash, level);
}
