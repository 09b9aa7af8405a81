import { EMPTY_FRONTIER, append, appendNode, fromHex, leafHash, root, toHex } from "../ledger/index.ts";
import type { Frontier, NodeCoordinate } from "../ledger/index.ts";

/** Told of every node that an append completes. */
export type NodeListener = (coordinate: NodeCoordinate, hash: Uint8Array) => void;

/** The auditor's own tree: its frontier, and so of the same memory at any size. */
export class LedgerTree {
  #frontier: Frontier = EMPTY_FRONTIER;
  #root: string | null = null;

  get size(): number {
    return this.#frontier.size;
  }

  /** 0x hex; computed once per size. */
  root(): string {
    return (this.#root ??= toHex(root(this.#frontier)));
  }

  /** Appends a digest; not yet hashed as a leaf. */
  append(digest: string, listeners: readonly NodeListener[] = []): void {
    this.#root = null;
    this.#frontier = append(this.#frontier, leafHash(fromHex(digest, 32)), (coordinate, hash) => {
      for (const listener of listeners) listener(coordinate, hash);
    });
  }

  /** Appends a whole subtree of which nothing but its node is known. */
  appendSubtree(node: string, level: number): void {
    this.#root = null;
    this.#frontier = appendNode(this.#frontier, fromHex(node, 32), level);
  }

  /** Another tree, that begins as this one. */
  fork(): LedgerTree {
    const tree = new LedgerTree();
    tree.#frontier = this.#frontier;
    return tree;
  }
}
