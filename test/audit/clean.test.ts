import { expect } from "chai";
import { auditLedger } from "../../server/audit/audit-ledger.ts";
import { rpcAuditChain } from "../../server/chain/audit-chain.ts";
import { startEmbeddedChain } from "../../server/chain/embedded.ts";
import type { EmbeddedChain } from "../../server/chain/embedded.ts";
import { databaseSource } from "../../server/storage/audit-database.ts";
import { subjectOf } from "../storage/samples.ts";
import { erase, give } from "./consenting.ts";
import { seeded } from "./random.ts";
import { realLedger } from "./real-ledger.ts";
import type { RealLedger } from "./real-ledger.ts";

/** `CLEAN_LEDGERS=1000` for a campaign; a seed in the failure's message repeats one. */
const LEDGERS = Number(process.env.CLEAN_LEDGERS ?? 12);
const SEED = Number(process.env.SEED ?? Date.now() % 2 ** 31);

async function forgetMany(ledger: RealLedger, consents: number): Promise<void> {
  await ledger.write(async (tx, place) => {
    const subject = await subjectOf(tx, `collector ${place().now}`);
    for (let i = 0; i < consents; i += 1) await give(tx, subject, place());
    await erase(tx, subject, place());
  });
}

describe("A ledger that nobody tampered with", () => {
  let chain: EmbeddedChain;
  before(async () => {
    chain = await startEmbeddedChain({ port: 0, startedAt: Date.now() });
  });
  after(() => chain.close());

  it("raises no alarm, whatever its size, batches, erasures, subjects, consents and contracts are", async function () {
    this.timeout(30_000 + LEDGERS * 10_000);
    for (let i = 0; i < LEDGERS; i += 1) {
      const random = seeded(SEED + i);
      const ledger = await realLedger({ random, subjects: 1 + random.below(30), chain });
      try {
        const batches = random.below(6);
        for (let batch = 0; batch < batches; batch += 1) {
          await ledger.append(random.pick([1, 2, 3, 17, 64, 255, 256, 300]), { erasures: random.below(4) });
          // Now and then somebody is erased whose consents are more than one transaction takes.
          if (random.below(6) === 0) await forgetMany(ledger, 90 + random.below(130));
          if (random.below(4) > 0) await ledger.anchor(random.pick(["digests", "subtrees"]));
          if (random.below(6) === 0) await ledger.move();
        }
        const report = await auditLedger(
          databaseSource(`sqlite:${ledger.path}`),
          rpcAuditChain(ledger.rpcUrl),
          ledger.trust,
        );
        const { size } = await ledger.store.read.events.head();
        expect(report.findings, `seed ${SEED + i}`).to.deep.equal([]);
        expect(report, `seed ${SEED + i}`).to.include({ verified: true, size });
        expect(report.anchoredSize + report.pending).to.equal(size);
      } finally {
        await ledger.close();
      }
    }
  });

  it("raises none while a guess is under way: it was counted, and has no event yet", async () => {
    const ledger = await realLedger({ random: seeded(SEED), subjects: 3, chain });
    try {
      await ledger.append(5);
      await ledger.anchor("digests");
      await ledger.store.write((tx) => tx.events.advance(Date.now() + 1_000));
      const source = databaseSource(`sqlite:${ledger.path}`);
      const report = await auditLedger(source, rpcAuditChain(ledger.rpcUrl), ledger.trust);
      expect(report.findings).to.deep.equal([]);
    } finally {
      await ledger.close();
    }
  });
});
