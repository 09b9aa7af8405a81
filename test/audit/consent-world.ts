/** A ledger of consents on a real chain, whoever writes to either, and its audit from all that it can be read from. */
import { expect } from "chai";
import { auditLedger } from "../../server/audit/audit-ledger.ts";
import type { AuditOptions } from "../../server/audit/audit-ledger.ts";
import type { Finding } from "../../server/audit/findings.ts";
import type { AuditReport } from "../../server/audit/report.ts";
import { watchLedger } from "../../server/audit/watch.ts";
import { encodeAnchorCall } from "../../server/chain/anchor-call.ts";
import { rpcAuditChain } from "../../server/chain/audit-chain.ts";
import type { EmbeddedChain } from "../../server/chain/embedded.ts";
import type { Consent, ConsentChange } from "../../server/domain/consent.ts";
import { isAnchorLog } from "../../server/ports/audit.ts";
import type { AuditChain, ConsentLog, LedgerSource } from "../../server/ports/audit.ts";
import { appendEvent } from "../../server/services/ledger.ts";
import { databaseSource } from "../../server/storage/audit-database.ts";
import { DEV_RELAYER, withRpc } from "../helpers/outside-chain.ts";
import { draft, subjectOf } from "../storage/samples.ts";
import { erase, give } from "./consenting.ts";
import type { Telling } from "./consenting.ts";
import { apiOf, exportOf, fileOf } from "./exports.ts";
import { seeded } from "./random.ts";
import { realLedger } from "./real-ledger.ts";
import type { RealLedger } from "./real-ledger.ts";

/** Of nobody. */
export const STRANGE: ConsentChange = {
  consentId: `0x${"5a".repeat(32)}`,
  action: "grant",
  timestamp: 1_750_000_000,
  expiresAt: 0,
  purpose: "pin_set",
  documentHash: `0x${"d0".repeat(32)}`,
};

export interface Given {
  readonly consent: Consent;
  /** Of its event. */
  readonly index: number;
}

export interface ConsentWorld {
  readonly ledger: RealLedger;
  readonly chain: AuditChain;
  audit(options?: AuditOptions): Promise<AuditReport>;
  /** From the database, from an export and from the API, which must all say the same. */
  auditAlike(): Promise<AuditReport>;
  findings(): Promise<readonly Finding[]>;
  /** `code index` of each. */
  codes(): Promise<string[]>;
  /** Rounds of a watcher, with a step between each two. Returns the last report, and each round's consent changes. */
  watch(
    steps: readonly (() => Promise<unknown>)[],
    source?: LedgerSource,
    chain?: AuditChain,
  ): Promise<{ report: AuditReport; changes: number[] }>;
  /** Consents of one person, of an event each. */
  give(count: number, telling?: Telling): Promise<Given[]>;
  giveOne(telling?: Telling): Promise<Given>;
  /** Events that change no consent. */
  append(count: number): Promise<void>;
  /** Erases that person. */
  forget(telling?: Telling): Promise<void>;
  anchor(granularity?: "digests" | "subtrees"): Promise<void>;
  /** As whoever has the relayer's key, and nothing of the service. */
  tellTheContract(...changes: ConsentChange[]): Promise<void>;
  onChain(): Promise<ConsentLog[]>;
  close(): Promise<void>;
}

export async function consentWorld(evm: EmbeddedChain): Promise<ConsentWorld> {
  const ledger = await realLedger({ random: seeded(8), subjects: 3, chain: evm });
  const chain = rpcAuditChain(ledger.rpcUrl);
  const database = databaseSource(`sqlite:${ledger.path}`);
  const api = apiOf((from) => exportOf(ledger, from));

  const world: ConsentWorld = {
    ledger,
    chain,
    audit: (options) => auditLedger(database, chain, ledger.trust, options),

    async auditAlike() {
      const report = await auditLedger(database, chain, ledger.trust, { limit: 100 });
      for (const source of [fileOf(await exportOf(ledger)), api]) {
        const again = await auditLedger(source, chain, ledger.trust, { limit: 100 });
        expect(again.findings, source.description).to.deep.equal(report.findings);
        expect(again.consentChanges, source.description).to.equal(report.consentChanges);
      }
      return report;
    },
    findings: async () => (await world.auditAlike()).findings,
    codes: async () => (await world.findings()).map(({ code, index }) => `${code} ${index}`),

    async watch(steps, source = api, through = chain) {
      const changes: number[] = [];
      const left = [...steps];
      const report = await watchLedger(
        source,
        through,
        ledger.trust,
        { load: async () => null, save: async () => {} },
        {
          once: false,
          pause: async () => (await left[0]?.(), left.shift() !== undefined),
          onRound: ({ consentChanges }) => void changes.push(consentChanges),
          onUnavailable: (error) => expect.fail(error.message),
        },
      );
      return { report: report!, changes };
    },

    async give(count, telling) {
      const given: Given[] = [];
      await ledger.write(async (tx, place) => {
        const subject = await subjectOf(tx, "holder");
        for (let i = 0; i < count; i += 1) {
          const { size: index } = await tx.events.head();
          given.push({ consent: await give(tx, subject, place(), { telling }), index });
        }
      });
      return given;
    },
    giveOne: async (telling) => (await world.give(1, telling))[0]!,

    append: (count) =>
      ledger.write(async (tx, place) => {
        const subject = await subjectOf(tx, "somebody else");
        for (let i = 0; i < count; i += 1) await appendEvent(tx, subject, draft, place());
      }),

    forget: (telling) =>
      ledger.write(async (tx, place) => {
        await erase(tx, await subjectOf(tx, "holder"), place(), telling);
      }),

    anchor: (granularity = "digests") => ledger.anchor(granularity),

    async tellTheContract(...consentChanges) {
      const { contract } = ledger.trust;
      const before = (await world.onChain()).length;
      const expectedSize = (await chain.sizeAt(contract, await chain.blockNumber()))!;
      const leaves = { kind: "digests", digests: [] } as const;
      const data = encodeAnchorCall({ expectedSize, frontier: [], leaves, consentChanges });
      await withRpc(ledger.rpcUrl, contract).send(DEV_RELAYER.privateKey, { to: contract, data });
      expect(await world.onChain()).to.have.length(before + consentChanges.length);
    },

    async onChain() {
      const pages = await Array.fromAsync(chain.logs(ledger.trust.contract, 0, await chain.blockNumber()));
      return pages.flat().filter((log): log is ConsentLog => !isAnchorLog(log));
    },

    close: () => ledger.close(),
  };
  return world;
}
