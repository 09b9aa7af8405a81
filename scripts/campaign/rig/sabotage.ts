/** Mistakes to make on purpose: a campaign that does not notice them is worth nothing. */
import type { Chain, Store } from "../../../server/ports.ts";
import { overriding } from "./overriding.ts";

interface Sabotage {
  store(store: Store): Store;
  chain(chain: Chain): Chain;
}

const NONE: Sabotage = { store: (store) => store, chain: (chain) => chain };

export const SABOTAGES: Readonly<Record<string, Sabotage>> = {
  /** What is signed is sent at once, before anything of it is durable. */
  "broadcast-before-commit": {
    ...NONE,
    chain: (chain) =>
      overriding(chain, {
        async signAnchor(...args) {
          const signed = await chain.signAnchor(...args);
          await chain.broadcast(signed);
          return signed;
        },
      }),
  },
  /** A receipt once seen is believed for ever. */
  "trust-first-receipt": {
    ...NONE,
    chain: (chain) => {
      const seen = new Map<string, Awaited<ReturnType<Chain["receipt"]>>>();
      return overriding(chain, {
        async receipt(txHash) {
          const known = seen.get(txHash) ?? (await chain.receipt(txHash));
          seen.set(txHash, known);
          return known;
        },
      });
    },
  },
  /** Nobody asks whether the lease is still ours. */
  "no-fence": {
    ...NONE,
    store: (store) =>
      overriding(store, {
        write: (work) =>
          store.write((tx) => {
            const anchors = overriding(tx.anchors, { holdLease: async () => {} });
            return work({ ...tx, anchors });
          }),
      }),
  },
  /** Every batch is signed with the first one's nonce. */
  "same-nonce": {
    ...NONE,
    chain: (chain) => {
      let first: number | null = null;
      return overriding(chain, {
        signAnchor(call, envelope) {
          first ??= envelope.nonce;
          return chain.signAnchor(call, { ...envelope, nonce: first });
        },
      });
    },
  },
  /** The machine's clock is followed wherever it goes (crashing-main.ts). */
  "naive-clock": NONE,
  /** A commit that fails is reported as done. */
  "acknowledge-failed-commit": {
    ...NONE,
    store: (store) => {
      const acknowledging =
        (write: Store["write"]): Store["write"] =>
        async (work) => {
          let result: Awaited<ReturnType<typeof work>> | undefined;
          let finished = false;
          try {
            return await write(async (tx) => {
              result = await work(tx);
              finished = true;
              return result;
            });
          } catch (error) {
            if (!finished) throw error;
            return result as Awaited<ReturnType<typeof work>>;
          }
        };
      return overriding(store, {
        write: acknowledging((work) => store.write(work)),
        writeLedger: acknowledging((work) => store.writeLedger(work)),
      });
    },
  },
};

export function sabotageOf(name: string | undefined): Sabotage {
  if (name === undefined || name === "") return NONE;
  const sabotage = SABOTAGES[name];
  if (sabotage === undefined) throw new Error(`SABOTAGE: one of ${Object.keys(SABOTAGES).join(", ")}`);
  return sabotage;
}
