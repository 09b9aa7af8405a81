/** What the chain says of the ledger, and what the service says. */
import { viewChain } from "../../../audit/chain-view.ts";
import type { ChainView } from "../../../audit/chain-view.ts";
import { Findings } from "../../../audit/findings.ts";
import { rpcAuditChain } from "../../../chain/audit-chain.ts";
import { LedgerRefusal, toHex, verifyCheckpoint } from "../../../ledger/index.ts";
import { ask } from "../../shared/api.ts";
import { mayRead, service } from "../access.ts";
import type { TrustRoots } from "../trust/roots.ts";
import { AnchorHistory } from "./history.ts";
import type { AnchorInShort } from "./history.ts";

const MOST_POINTS = 150;
const MOST_ROWS = 50;

export interface ServicesWord {
  /** Null where the checkpoint could not be fetched, or does not hold: then `fault` says why. */
  readonly checkpoint: { readonly size: number; readonly root: string } | null;
  readonly fault: string | null;
  /** Null where it is not told. */
  readonly ledgerSize: number | null;
  /** How the contract's root at the checkpoint's size compares; null where there is nothing to compare. */
  readonly agreement: "agree" | "differ" | "ahead" | null;
}

export type TimedAnchor = AnchorInShort & { /** Seconds since the epoch. */ readonly time: number };

export interface Look {
  readonly chainId: number;
  readonly view: ChainView;
  readonly contractRoot: string | null;
  /** Of the trusted code hash, where one is given and differs. */
  readonly findings: Findings["list"];
  readonly service: ServicesWord;
  readonly anchorCount: number;
  readonly points: readonly TimedAnchor[];
  readonly newest: readonly TimedAnchor[];
}

/** @throws {ChainUnavailable} */
export async function look({ rpcUrl, trust }: TrustRoots): Promise<Look> {
  const chain = rpcAuditChain(rpcUrl);
  const findings = new Findings(1);
  const view = await viewChain(chain, trust, {}, findings);
  const { contract, size } = view;
  const history = new AnchorHistory(MOST_POINTS, MOST_ROWS);
  for await (const page of chain.anchors(contract, view.fromBlock, view.block)) {
    for (const anchor of page) history.add(anchor);
  }
  const times = new Map<number, Promise<number>>();
  const timed = (anchors: readonly AnchorInShort[]) =>
    Promise.all(
      anchors.map(async (anchor) => {
        const { blockNumber } = anchor;
        const time = times.get(blockNumber) ?? chain.blockTimestamp(blockNumber);
        times.set(blockNumber, time);
        return { ...anchor, time: await time };
      }),
    );
  return {
    chainId: trust.chainId,
    view,
    contractRoot: size === null ? null : await chain.rootAt(contract, size),
    findings: findings.list,
    service: await servicesWord(trust.ledgerKey, (at) => chain.rootAt(contract, at)),
    anchorCount: history.count,
    points: await timed(history.points()),
    newest: await timed(history.newest()),
  };
}

const NEVER = `0x${"00".repeat(32)}`;

async function servicesWord(
  ledgerKey: string,
  rootAt: (size: number) => Promise<string>,
): Promise<ServicesWord> {
  const ledgerSize = await sizeOfLedger();
  const note = await ask(service.GET("/api/ledger/checkpoint", { parseAs: "text" }));
  if (!note.ok) return { checkpoint: null, fault: note.problem.code, ledgerSize, agreement: null };
  try {
    const { size, root } = verifyCheckpoint(note.data, ledgerKey);
    const held = await rootAt(size);
    const agreement =
      held === toHex(root) ? "agree" : held === NEVER ? (size === 0 ? null : "ahead") : "differ";
    return { checkpoint: { size, root: toHex(root) }, fault: null, ledgerSize, agreement };
  } catch (error) {
    if (!(error instanceof LedgerRefusal)) throw error;
    return { checkpoint: null, fault: error.message, ledgerSize, agreement: null };
  }
}

/** From the newest event, for those who may see it. */
async function sizeOfLedger(): Promise<number | null> {
  if (!mayRead.value) return null;
  const newest = await ask(
    service.GET("/api/ledger/events", { params: { query: { order: "newest", limit: 1 } } }),
  );
  return newest.ok ? (newest.data.events[0]?.index ?? -1) + 1 : null;
}
