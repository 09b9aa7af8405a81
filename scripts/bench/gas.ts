/** Gas per event, in both granularities, over tree sizes up to ten million, and against the alternatives. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { encodeAnchorCall } from "../../server/chain/anchor-call.ts";
import { frontierNodes, subtreesBetween } from "../../server/ledger/index.ts";
import type { AnchorCall } from "../../server/ports.ts";
import { CouldNotRun, progress } from "../campaign/command.ts";
import { seededRandom } from "../campaign/random.ts";
import { quantile } from "../campaign/statistics.ts";
import type { Compiled } from "./digest-store.ts";
import { gasChain } from "./gas-chain.ts";
import type { GasChain } from "./gas-chain.ts";
import { attesting, storingEach } from "./gas-peers.ts";
import type { Digests, Peer } from "./gas-peers.ts";
import type { Part, Target } from "./part.ts";
import { number } from "./spread.ts";
import { barChart } from "./svg.ts";

const ARTIFACT = new URL("../../artifacts/contracts/ConsentManager.sol/ConsentManager.json", import.meta.url);
const LARGEST = 10_000_000;
/** Round ones, and those just below a power of two, where a batch brings most nodes. */
const TELLING = [0, 1, 10, 100, 1_000, 4_096, 100_000, 2 ** 20 - 1, 1_000_000, 2 ** 23 - 1, LARGEST];
const BATCHES = [1, 10, 100, 1_000];
const KINDS = ["digests", "subtrees"] as const;
const TARGETS = { digests: 1_900, subtrees: 120, lone: 70_000 };

export interface GasOfBatch {
  readonly kind: (typeof KINDS)[number];
  readonly batch: number;
  readonly size: number;
  readonly gas: number;
}

export const gas: Part = async ({ quick, seed }, scope) => {
  const chain = await gasChain();
  scope.defer(() => chain.close());
  const random = seededRandom(seed);
  const digests = freshDigests();
  const drawn = Array.from({ length: quick ? 5 : 100 }, () => 1 + random.int(LARGEST));

  progress(`  our contract, at ${TELLING.length + drawn.length} tree sizes`);
  const ours = await gasOfBatches(chain, digests, [...TELLING, ...drawn], BATCHES);
  progress("  the alternatives");
  const stored = await storingEach(chain, digests, BATCHES);
  let why: string | null = null;
  const attested = await attesting(chain, digests, BATCHES).catch((error: unknown) => {
    if (!(error instanceof CouldNotRun)) throw error;
    why = error.message;
    return [] as Peer[];
  });

  const of = (kind: GasOfBatch["kind"], batch: number) =>
    ours.filter((one) => one.kind === kind && one.batch === batch);
  const perEvent = (kind: GasOfBatch["kind"], batch: number) => of(kind, batch).map((one) => one.gas / batch);
  const median = (kind: GasOfBatch["kind"], batch: number) => quantile(perEvent(kind, batch), 0.5);
  const reference = attested.find(({ name, batch }) => name === "EAS multiTimestamp" && batch === 1_000);

  const oursRows = KINDS.flatMap((kind) =>
    BATCHES.map((batch) => {
      const values = perEvent(kind, batch);
      const [least, middle, most] = [0, 0.5, 1].map((q) => quantile(values, q));
      return [
        `ours, by ${kind}`,
        number(batch),
        ...[least, middle, most].map((value) => number(value ?? NaN)),
      ];
    }),
  );
  const peerRows = [...stored, ...attested].map(({ name, batch, perEvent: each, transactions }) => [
    name,
    number(batch),
    number(each),
    `${number(each / median("digests", batch))} ×`,
    `${number(each / median("subtrees", batch))} ×`,
    String(transactions),
  ]);
  const lone = of("digests", 1);
  return {
    title: "Gas per event",
    method:
      `Ours: \`anchor\` and \`anchorSubtrees\` of ConsentManager as compiled for production, called by its relayer on ` +
      `Hardhat's EVM, without consent changes, on trees of ${TELLING.length} telling sizes from 0 to ${number(LARGEST)} and ` +
      `${drawn.length} random ones; the contract jumps to a size by whole subtrees. Theirs: EAS 1.9.0 from its npm ` +
      "artifacts, on the same chain, without a resolver, with a schema of one bytes32; and a contract that stores the " +
      "block's time under each digest. New digests every time, on contracts that were used before. A batch that does " +
      "not fit into the 16,777,216 gas of one transaction (EIP-7825) takes several.",
    sections: [
      {
        heading: "Ours, gas per event over all tree sizes",
        rows: [["", "batch", "least", "median", "most"], ...oursRows],
      },
      {
        heading: "The alternatives",
        rows: [
          ["", "batch", "gas per event", "to our digests", "to our subtrees", "transactions"],
          ...peerRows,
          ...(why === null ? [] : [["EAS", "-", `not available: ${String(why)}`, "-", "-", "-"]]),
        ],
      },
      {
        heading: "A lone event, by tree size",
        rows: [
          ["tree size", "gas"],
          ...lone.slice(0, TELLING.length).map(({ size, gas: used }) => [number(size), number(used)]),
        ],
      },
    ],
    targets: targets(perEvent, drawn, reference),
    plots: [
      {
        name: "gas",
        svg: barChart("Gas per event at batches of 1,000", [
          ...KINDS.map((kind) => bar(`ours, by ${kind}`, median(kind, 1_000))),
          ...[...stored, ...attested]
            .filter(({ batch }) => batch === 1_000)
            .map(({ name, perEvent: each }) => bar(name, each)),
        ]),
      },
    ],
    figures: { ours, peers: [...stored, ...attested], easNotAvailable: why },
  };
};

const bar = (label: string, value: number) => ({ label, value, text: number(value) });

function targets(
  perEvent: (kind: GasOfBatch["kind"], batch: number) => number[],
  drawn: readonly number[],
  reference: Peer | undefined,
): Target[] {
  const scale = reference === undefined ? "" : `; EAS multiTimestamp ${number(reference.perEvent)}`;
  const many = KINDS.map((kind): Target => {
    const most = Math.max(...perEvent(kind, 1_000));
    return {
      promise: `gas per event by ${kind} at batches of 1,000: at most ${number(TARGETS[kind])}`,
      measured: `${number(most)} at the worst size${scale}`,
      met: most <= TARGETS[kind],
    };
  });
  const lone = perEvent("digests", 1);
  const typical = lone.slice(-drawn.length);
  const within = typical.filter((value) => value <= TARGETS.lone).length / typical.length;
  const median = quantile(typical, 0.5);
  return [
    ...many,
    {
      promise: `gas of a lone event: at most ${number(TARGETS.lone)} at the median of random tree sizes`,
      measured:
        `${number(median)}; kept to at ${Math.round(within * 100)} % of random sizes up to ${number(LARGEST)}, ` +
        `${number(Math.max(...lone))} at the worst of all`,
      met: median <= TARGETS.lone,
    },
  ];
}

/** What each batch costs at each size. The leaves below the subtrees do not matter here, so they come from nowhere. */
export async function gasOfBatches(
  chain: GasChain,
  digests: Digests,
  sizes: readonly number[],
  batches: readonly number[],
): Promise<GasOfBatch[]> {
  const compiled = JSON.parse(readFileSync(ARTIFACT, "utf8")) as Compiled;
  const [admin] = chain.accounts;
  const contract = await chain.deploy(compiled, [0, admin, admin]);
  const found: GasOfBatch[] = [];
  for (const size of sizes) {
    await chain.undone(async () => {
      const levels = frontierNodes(size).map(({ level }) => level);
      const frontier = digests(levels.length);
      const jump = levels.map((level, i) => ({ level, hash: frontier[i] as Uint8Array }));
      if (size > 0) await chain.send(contract, call(0, [], { kind: "subtrees", nodes: jump }));
      for (const kind of KINDS) {
        for (const batch of batches) {
          const leaves = kind === "digests" ? byDigests(digests, batch) : bySubtrees(digests, size, batch);
          const used = await chain.undone(() => chain.send(contract, call(size, frontier, leaves)));
          found.push({ kind, batch, size, gas: used });
        }
      }
    });
  }
  return found;
}

type Leaves = AnchorCall["leaves"];

const call = (expectedSize: number, frontier: readonly Uint8Array[], leaves: Leaves) =>
  encodeAnchorCall({ expectedSize, frontier, leaves, consentChanges: [] });

const byDigests = (digests: Digests, batch: number): Leaves => ({ kind: "digests", digests: digests(batch) });

function bySubtrees(digests: Digests, size: number, batch: number): Leaves {
  const hashes = digests(batch);
  const nodes = subtreesBetween(size, size + batch).map(({ level }, i) => ({
    level,
    hash: hashes[i] as Uint8Array,
  }));
  return { kind: "subtrees", nodes };
}

/** Never the same digest twice: EAS refuses one it has seen, and a slot that is in use is cheaper. */
export function freshDigests(): Digests {
  let made = 0;
  return (count) =>
    Array.from(
      { length: count },
      () => new Uint8Array(createHash("sha256").update(`digest ${made++}`).digest()),
    );
}
