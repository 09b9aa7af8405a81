import { copyFileSync } from "node:fs";
import { expect } from "chai";
import { databaseSource } from "../../server/storage/audit-database.ts";
import { seeded } from "./random.ts";
import { memorySource, writeRows } from "./rows.ts";
import { KINDS, tampering } from "./tampering.ts";
import type { Tampering } from "./tampering.ts";

/** In memory, besides those in the file; more by TAMPER_MUTATIONS=…, or `npm run campaign -- tamper`. */
const MUTATIONS_IN_MEMORY = Number(process.env.TAMPER_MUTATIONS ?? 150);
const ROUNDS_IN_THE_FILE = 3;
const SEED = Number(process.env.SEED ?? Date.now() % 2 ** 31);

describe("A ledger of 1,000 events in its database file, after somebody has been at it", () => {
  let ledger: Tampering;
  const file = () => `${ledger.path}.tampered`;

  before(async function () {
    this.timeout(60_000);
    ledger = await tampering(seeded(SEED));
    expect(ledger.rows.events).to.have.length(1_000);
    expect(ledger.rows.events.filter(({ payload }) => payload === null)).not.to.be.empty;
  });
  after(() => ledger.close());

  it("holds as it is, in the file and in memory", async () => {
    expect((await ledger.audit(databaseSource(`sqlite:${ledger.path}`))).findings).to.deep.equal([]);
    expect((await ledger.audit(memorySource(ledger.rows))).findings).to.deep.equal([]);
  });

  for (const kind of KINDS) {
    it(`is caught at the right event: ${kind}`, async () => {
      for (let round = 0; round < ROUNDS_IN_THE_FILE; round += 1) {
        const { rows: tampered, right, what } = ledger.tamper(kind);
        copyFileSync(ledger.path, file());
        writeRows(file(), ledger.rows, tampered);
        const { verified, findings } = await ledger.audit(databaseSource(`sqlite:${file()}`));
        const why = `${what}: ${JSON.stringify(findings)} (seed ${SEED})`;
        expect(verified, why).to.equal(false);
        expect(findings.length === 1 && right(findings[0]!.index), why).to.equal(true);
      }
    });
  }

  it("is caught every time, at the right event", async function () {
    this.timeout(30_000 + MUTATIONS_IN_MEMORY * 100);
    for (let i = 0; i < MUTATIONS_IN_MEMORY; i += 1) {
      expect(await ledger.missed(KINDS[i % KINDS.length]!), `seed ${SEED}, mutation ${i}`).to.equal(null);
    }
  });
});
