import { expect } from "chai";
import { startEmbeddedChain } from "../../server/chain/embedded.ts";
import type { EmbeddedChain } from "../../server/chain/embedded.ts";
import type { ConsentLog } from "../../server/ports/audit.ts";
import { databaseSource } from "../../server/storage/audit-database.ts";
import { appendEvent } from "../../server/services/ledger.ts";
import { draft, subjectOf } from "../storage/samples.ts";
import { STRANGE, consentWorld } from "./consent-world.ts";
import type { ConsentWorld } from "./consent-world.ts";
import { give, takeBack } from "./consenting.ts";

describe("The consents that the contract keeps, held against the events", function () {
  this.timeout(60_000);
  let evm: EmbeddedChain;
  let world: ConsentWorld;
  before(async () => void (evm = await startEmbeddedChain({ port: 0, startedAt: Date.now() })));
  after(() => evm.close());
  beforeEach(async () => void (world = await consentWorld(evm)));
  afterEach(() => world.close());

  for (const granularity of ["digests", "subtrees"] as const) {
    it(`are what the events tell, anchored as ${granularity}: given, expiring, taken back, ended by an erasure`, async () => {
      await world.give(3);
      await world.anchor(granularity);
      await world.ledger.write(async (tx, place) => {
        const subject = await subjectOf(tx, "leaving");
        await give(tx, subject, place(), { expires: true });
        await takeBack(tx, subject, await give(tx, subject, place()), place());
      });
      await world.anchor(granularity);
      await world.forget();
      const giveAnother = (name: string) =>
        world.ledger.write(async (tx, place) => void (await give(tx, await subjectOf(tx, name), place())));
      await giveAnother("newcomer");
      await world.anchor(granularity);
      await giveAnother("waiting for the chain");
      const report = await world.auditAlike();
      expect(report.findings).to.deep.equal([]);
      expect(report).to.include({
        verified: true,
        consentChanges: 10,
        consentChangesOfErased: 3,
        pending: 1,
      });
      expect(await world.onChain()).to.have.length(10);
    });
  }

  it("may come after the event that brought more than a transaction takes, and after a move: at whatever block one looks", async () => {
    await world.give(230);
    await world.anchor();
    await world.forget();
    await world.append(1);
    await world.anchor();
    const seen = async () => {
      const changes = new Set<number>();
      const newest = await world.chain.blockNumber();
      for (
        let asOf = await world.chain.deploymentBlock(world.ledger.trust.contract);
        asOf <= newest;
        asOf += 1
      ) {
        const report = await world.audit({ asOf });
        expect(report.findings, `as of block ${asOf}`).to.deep.equal([]);
        changes.add(report.consentChanges);
      }
      return [...changes];
    };
    expect(await seen()).to.deep.equal([0, 100, 200, 230, 330, 430, 460]);
    await world.ledger.move();
    await world.anchor();
    expect(await seen()).to.deep.equal([0, 100, 200, 300, 400, 460]);
  });

  it("are followed from one round of a watcher to the next, also while some are still on their way", async () => {
    await world.give(20);
    await world.anchor();
    await world.give(150);
    await world.anchor();
    await world.forget();
    await world.append(1);
    await world.anchor();
    const { chain, ledger } = world;
    let block = await chain.deploymentBlock(ledger.trust.contract);
    const blocks = (await chain.blockNumber()) - block;
    const { report, changes } = await world.watch(
      Array.from({ length: blocks }, () => async () => (block += 1)),
      databaseSource(`sqlite:${ledger.path}`),
      { ...chain, blockNumber: async () => block },
    );
    expect(report.findings).to.deep.equal([]);
    expect([...new Set(changes)]).to.deep.equal([0, 20, 120, 170, 270, 340]);
  });

  describe("where somebody wrote them with the relayer's key", () => {
    const strange = (n: number) => ({ ...STRANGE, consentId: `0x${String(n).padStart(64, "0")}` });

    it("are named with their transaction: before the first event, between two, and after the last", async () => {
      await world.tellTheContract(strange(1));
      await world.give(2);
      await world.anchor();
      await world.tellTheContract(strange(2));
      await world.append(1);
      await world.anchor();
      await world.tellTheContract(strange(3));
      const found = await world.findings();
      expect(found).to.have.length(3);
      for (const n of [1, 2, 3]) {
        const { consentId } = strange(n);
        const isIt = (log: ConsentLog) => log.consentId === consentId;
        const { txHash, blockNumber } = (await world.onChain()).find(isIt)!;
        expect(found[n - 1]).to.deep.equal({
          code: "chain_consent_unknown",
          index: null,
          message: `Transaction ${txHash} in block ${blockNumber} grants the consent ${consentId}, of which no event tells.`,
        });
      }
    });

    it("are named where they end a consent that stands by the ledger", async () => {
      const { id: consentId } = (await world.giveOne()).consent;
      await world.anchor();
      await world.tellTheContract({ ...STRANGE, action: "revoke", consentId, timestamp: 4_000_000_000 });
      const [finding, ...more] = await world.findings();
      expect(more).to.deep.equal([]);
      expect(finding).to.include({ code: "chain_consent_unknown", index: null });
      expect(finding!.message).to.include(`revokes the consent ${consentId}, of which no event tells`);
    });

    it("are not put down to those who were erased", async () => {
      await world.give(2);
      // Which changed nothing, and will not tell so any more.
      await world.ledger.write(async (tx, place) => {
        await appendEvent(tx, await subjectOf(tx, "holder"), draft, place());
      });
      await world.anchor();
      await world.tellTheContract(STRANGE);
      await world.forget();
      await world.anchor();
      expect(await world.codes()).to.deep.equal(["chain_consent_unknown null"]);
    });

    it("are found by a watcher in its next round, though no event came", async () => {
      await world.give(2);
      await world.anchor();
      const { report, changes } = await world.watch([
        async () => {},
        () => world.tellTheContract(STRANGE),
        () => expect.fail("it did not stop"),
      ]);
      expect(changes).to.deep.equal([2, 2, 2]);
      expect(report.findings[0]).to.include({ code: "chain_consent_unknown", index: null });
    });
  });
});
