import { copyFileSync } from "node:fs";
import Database from "better-sqlite3";
import { expect } from "chai";
import { auditLedger } from "../../server/audit/audit-ledger.ts";
import { rpcAuditChain } from "../../server/chain/audit-chain.ts";
import type { AnchorLog, AuditChain, LedgerSource } from "../../server/ports/audit.ts";
import { databaseSource } from "../../server/storage/audit-database.ts";
import { MUTATIONS } from "./mutations.ts";
import { seeded } from "./random.ts";
import { realLedger } from "./real-ledger.ts";
import type { RealLedger } from "./real-ledger.ts";
import { rememberedChain } from "./remembered-chain.ts";
import { memorySource, readRows, writeRows } from "./rows.ts";
import type { Rows } from "./rows.ts";

/** In memory, besides those in the file: `TAMPER_MUTATIONS=100000` for a campaign. */
const MUTATIONS_IN_MEMORY = Number(process.env.TAMPER_MUTATIONS ?? 150);
const ROUNDS_IN_THE_FILE = 3;
const SEED = Number(process.env.SEED ?? Date.now() % 2 ** 31);
const names = Object.keys(MUTATIONS);

describe("A ledger of 1,000 events in its database file, after somebody has been at it", () => {
  const random = seeded(SEED);
  let ledger: RealLedger;
  let chain: AuditChain;
  let rows: Rows;
  const older: Rows[] = [];
  const anchors: AnchorLog[] = [];
  const file = () => `${ledger.path}.tampered`;

  before(async function () {
    this.timeout(60_000);
    ledger = await realLedger({ random, subjects: 60 });
    for (const [count, granularity] of [
      [350, "digests"],
      [1, "digests"],
      [260, "subtrees"],
      [380, "digests"],
      [9, "digests"],
    ] as const) {
      await ledger.append(count, { erasures: 4 });
      await ledger.anchor(granularity);
      older.push(readRows(ledger.path));
    }
    rows = older.pop()!;
    expect(rows.events).to.have.length(1_000);
    expect(rows.events.filter(({ payload }) => payload === null)).not.to.be.empty;
    new Database(ledger.path).pragma("wal_checkpoint(truncate)");
    chain = rememberedChain(rpcAuditChain(ledger.rpcUrl));
    for await (const page of chain.anchors(ledger.trust.contract, 0, await chain.blockNumber()))
      anchors.push(...page);
  });
  after(() => ledger.close());

  const audit = (source: LedgerSource) => auditLedger(source, chain, ledger.trust);

  it("holds as it is, in the file and in memory", async () => {
    expect((await audit(databaseSource(`sqlite:${ledger.path}`))).findings).to.deep.equal([]);
    expect((await audit(memorySource(rows))).findings).to.deep.equal([]);
  });

  for (const name of names) {
    it(`is caught at the right event: ${name}`, async () => {
      for (let round = 0; round < ROUNDS_IN_THE_FILE; round += 1) {
        const { rows: tampered, right, what } = MUTATIONS[name]!(rows, random, { anchors, older });
        copyFileSync(ledger.path, file());
        writeRows(file(), rows, tampered);
        const { verified, findings } = await audit(databaseSource(`sqlite:${file()}`));
        const why = `${what}: ${JSON.stringify(findings)} (seed ${SEED})`;
        expect(verified, why).to.equal(false);
        expect(findings.length === 1 && right(findings[0]!.index), why).to.equal(true);
      }
    });
  }

  it("is caught every time, at the right event", async function () {
    this.timeout(30_000 + MUTATIONS_IN_MEMORY * 100);
    for (let i = 0; i < MUTATIONS_IN_MEMORY; i += 1) {
      const name = names[i % names.length]!;
      const { rows: tampered, right, what } = MUTATIONS[name]!(rows, random, { anchors, older });
      const { verified, findings } = await audit(memorySource(tampered));
      if (verified || findings.length !== 1 || !right(findings[0]!.index)) {
        expect.fail(`${name}, ${what}: ${JSON.stringify(findings)} (seed ${SEED}, mutation ${i})`);
      }
      if (i % 10_000 === 9_999) console.log(`      ${i + 1} mutations`);
    }
  });
});
