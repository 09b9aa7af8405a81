/** A ledger for measuring: written by the services' own code, anchored on an embedded chain by the real anchorer. */
import { randomBytes as nodeRandomBytes } from "node:crypto";
import { open } from "node:fs/promises";
import { pino } from "pino";
import { DEV_CHAIN_ID } from "../../server/chain/dev-accounts.ts";
import { startEmbeddedChain } from "../../server/chain/embedded.ts";
import { evmChain } from "../../server/chain/evm-chain.ts";
import { JsonRpc } from "../../server/chain/rpc.ts";
import { checkpointSigner } from "../../server/crypto/checkpoint-signer.ts";
import type { EventDraft } from "../../server/domain/events.ts";
import { toHex } from "../../server/ledger/index.ts";
import { attachEpoch } from "../../server/services/epoch.ts";
import { appendEvent } from "../../server/services/ledger.ts";
import { createLedgerExport } from "../../server/services/ledger-export.ts";
import { openStore } from "../../server/storage/open.ts";
import { give } from "../../test/audit/consenting.ts";
import { anchorAll } from "./anchor-all.ts";
import type { Scope } from "./command.ts";

const LEDGER_ID = "measured";
/** Events in one transaction. */
const CHUNK = 500;
const EVENTS_PER_SUBJECT = 4;

/** An event as long as most are, that a policy allows at any time. */
const DRAFT: EventDraft = {
  type: "pin_check",
  policy: "fra",
  phoneNumber: "+201******678",
  device: { platform: "android", version: "4.2.1", deviceId: "00000000-0000-4000-8000-000000000000" },
  factors: { knowledge: "absent", possession: "absent", presence: "absent" },
  consentVerified: false,
  outcome: { exists: false },
};

export interface GrowingLedger {
  readonly rpcUrl: string;
  readonly trust: { readonly chainId: number; readonly contract: string; readonly ledgerKey: string };
  /** Until it has that many events, all of them on the chain. */
  growTo(size: number, onProgress: (size: number) => void): Promise<void>;
  exportTo(path: string): Promise<void>;
}

/** @param consents whether every fourth event gives a consent, of which the contract is told */
export async function growingLedger(
  path: string,
  scope: Scope,
  { consents }: { readonly consents: boolean },
): Promise<GrowingLedger> {
  const log = pino({ level: "silent" });
  const startedAt = Date.now();
  const embedded = await startEmbeddedChain({ port: 0, startedAt });
  scope.defer(() => embedded.close());
  const rpc = new JsonRpc(embedded.url, { timeoutMs: 60_000 });
  const chain = evmChain({ rpc, contract: embedded.contract, relayerKey: embedded.relayerKey });
  const store = await openStore({ url: `sqlite:${path}`, newLedgerId: LEDGER_ID });
  scope.defer(() => store.close());
  const epoch = await attachEpoch(store, chain, { disposable: true, now: startedAt, log });
  const signer = checkpointSigner(new Uint8Array(nodeRandomBytes(32)));
  const randomBytes = (length: number) => new Uint8Array(nodeRandomBytes(length));
  let now = startedAt - 3_600_000;
  let next = 0;

  async function append(count: number): Promise<void> {
    await store.write(async (tx) => {
      for (let i = 0; i < count; i += 1, next += 1) {
        // Round and round, so that the events of one subject lie far apart.
        const name = (next % (50_000 / EVENTS_PER_SUBJECT)) + Math.floor(next / 50_000) * 50_000;
        const subject = await tx.subjects.byAliasOrCreate(
          `alias-${name}`,
          "phone",
          { id: `subject-${name}`, identityHash: toHex(randomBytes(32)) },
          now,
        );
        const place = { now: (now += 10), randomBytes };
        if (consents && next % 4 === 0) await give(tx, subject, place);
        else await appendEvent(tx, subject, DRAFT, place);
      }
    });
  }

  return {
    rpcUrl: embedded.url,
    trust: { chainId: DEV_CHAIN_ID, contract: embedded.contract, ledgerKey: signer.verifierKey(LEDGER_ID) },
    async growTo(size, onProgress) {
      while (next < size) {
        await append(Math.min(CHUNK, size - next));
        onProgress(next);
      }
      await anchorAll({ store, chain, epoch }, "subtrees", 300_000);
    },
    async exportTo(file) {
      const target = await open(file, "w");
      try {
        for await (const chunk of await createLedgerExport({ store, signer, epoch }).from(0)) {
          await target.write(chunk);
        }
      } finally {
        await target.close();
      }
    },
  };
}
