/** A real ledger: a database file written by the services' own code, anchored on a real EVM by the real anchorer. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { DEV_CHAIN_ID, deployForDevelopment } from "../../server/chain/dev-accounts.ts";
import { startEmbeddedChain } from "../../server/chain/embedded.ts";
import type { EmbeddedChain } from "../../server/chain/embedded.ts";
import { evmChain } from "../../server/chain/evm-chain.ts";
import { JsonRpc } from "../../server/chain/rpc.ts";
import { checkpointSigner } from "../../server/crypto/checkpoint-signer.ts";
import type { EventDraft } from "../../server/domain/events.ts";
import type { AuditTrust } from "../../server/audit/trust.ts";
import type { Epoch, Store, Subject, Tx } from "../../server/ports.ts";
import { attachEpoch } from "../../server/services/epoch.ts";
import { appendEvent } from "../../server/services/ledger.ts";
import type { AppendContext } from "../../server/services/ledger.ts";
import { moveLedger, planMove } from "../../server/services/new-epoch.ts";
import { openStore } from "../../server/storage/open.ts";
import { anchorAll } from "../../scripts/campaign/anchor-all.ts";
import { draft, randomBytes, subjectOf } from "../storage/samples.ts";
import { erase, give, standingOf, takeBack } from "./consenting.ts";
import type { Random } from "./random.ts";

export const SIGNING_KEY = new Uint8Array(32).fill(7);
export const LEDGER_ID = "audited";
export const SIGNER = checkpointSigner(SIGNING_KEY);
export const LEDGER_KEY = SIGNER.verifierKey(LEDGER_ID);

const log = pino({ level: "silent" });

export interface RealLedger {
  readonly rpcUrl: string;
  readonly path: string;
  readonly store: Store;
  readonly trust: AuditTrust;
  readonly epoch: Epoch;
  /**
   * Appends events of random subjects, the way every service does; some give consents and take them back, and one of
   * them is erased now and then.
   */
  append(count: number, options?: { readonly erasures?: number }): Promise<void>;
  /** Appends what a test needs, at the ledger's own time. */
  write(work: (tx: Tx, place: () => AppendContext) => Promise<void>): Promise<void>;
  /** Brings everything to the chain. */
  anchor(granularity: "digests" | "subtrees"): Promise<void>;
  /** Moves to a new contract, as `npm run new-epoch` does. The next anchor brings everything there. */
  move(): Promise<void>;
  close(): Promise<void>;
}

export async function realLedger(options: {
  readonly random: Random;
  readonly subjects: number;
  /** One to share among ledgers: each gets a contract of its own. */
  readonly chain?: EmbeddedChain;
}): Promise<RealLedger> {
  const { random } = options;
  const startedAt = Date.now();
  const chain = options.chain ?? (await startEmbeddedChain({ port: 0, startedAt }));
  const folder = mkdtempSync(join(tmpdir(), "audited-ledger-"));
  const path = join(folder, "ledger.db");
  const rpc = new JsonRpc(chain.url, { timeoutMs: 30_000 });
  const deploy = () => deployForDevelopment(rpc);
  const relayedTo = (contract: string) => evmChain({ rpc, contract, relayerKey: chain.relayerKey });
  const store = await openStore({ url: `sqlite:${path}`, newLedgerId: LEDGER_ID });
  let relayed = relayedTo(options.chain === undefined ? chain.contract : await deploy());
  let epoch = await attachEpoch(store, relayed, { disposable: false, now: startedAt, log });

  // Events come faster than time: they begin an hour ago, and each is up to a second after the one before.
  let now = startedAt - 3_600_000;
  const generations = new Map<number, number>();
  const name = (i: number) => `${i}.${generations.get(i) ?? 0}`;

  async function eraseSubject(tx: Tx, i: number): Promise<boolean> {
    const subject = await tx.subjects.byAlias(`alias-${name(i)}`);
    if (subject === null) return false;
    await erase(tx, subject, place());
    generations.set(i, (generations.get(i) ?? 0) + 1);
    return true;
  }

  async function appendOne(tx: Tx, subject: Subject): Promise<void> {
    if (random.below(5) === 0) {
      await give(tx, subject, place(), { expires: random.below(2) === 0 });
      return;
    }
    const [standing] = random.below(5) === 0 ? await standingOf(tx, subject) : [];
    if (standing === undefined) await appendEvent(tx, subject, randomDraft(random), place());
    else await takeBack(tx, subject, standing, place());
  }

  const place = (): AppendContext => ({ now: (now += random.below(1_000)), randomBytes });

  return {
    rpcUrl: chain.url,
    path,
    store,
    get epoch() {
      return epoch;
    },
    get trust() {
      const { contract, codeHash } = epoch;
      return { chainId: DEV_CHAIN_ID, contract, ledgerKey: LEDGER_KEY, codeHash };
    },

    append: (count, { erasures = 0 } = {}) =>
      store.write(async (tx) => {
        for (let appended = 0; appended < count; appended += 1) {
          const i = random.below(options.subjects);
          if (random.below(count) < erasures && (await eraseSubject(tx, i))) continue;
          await appendOne(tx, await subjectOf(tx, name(i)));
        }
      }),

    write: (work) => store.write((tx) => work(tx, place)),

    anchor: (granularity) => anchorAll({ store, chain: relayed, epoch }, granularity, 30_000),

    async move() {
      relayed = relayedTo(await deploy());
      const clock = { now: () => Date.now() };
      epoch = await moveLedger(store, relayed, clock, await planMove(store, relayed));
    },

    async close() {
      await store.close();
      rpc.close();
      if (options.chain === undefined) await chain.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function randomDraft(random: Random): EventDraft {
  const valid = random.below(2) === 0;
  return { ...draft, outcome: { result: valid ? "valid" : "invalid", attempt: random.below(5), note: "é☃" } };
}
