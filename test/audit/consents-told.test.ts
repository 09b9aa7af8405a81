import { expect } from "chai";
import { startEmbeddedChain } from "../../server/chain/embedded.ts";
import type { EmbeddedChain } from "../../server/chain/embedded.ts";
import type { ConsentChange } from "../../server/domain/consent.ts";
import { appendEvent } from "../../server/services/ledger.ts";
import { draft, range, subjectOf } from "../storage/samples.ts";
import { STRANGE, consentWorld } from "./consent-world.ts";
import type { ConsentWorld } from "./consent-world.ts";
import { give, takeBack } from "./consenting.ts";
import type { Telling } from "./consenting.ts";

describe("An operator who tells the contract of consents what the events do not", function () {
  this.timeout(60_000);
  let evm: EmbeddedChain;
  let world: ConsentWorld;
  before(async () => void (evm = await startEmbeddedChain({ port: 0, startedAt: Date.now() })));
  after(() => evm.close());
  beforeEach(async () => {
    world = await consentWorld(evm);
    await world.append(1);
    await world.give(1);
  });
  afterEach(() => world.close());

  const nothing: Telling = () => [];
  /** Keeps it to itself, to be told later. */
  const held: ConsentChange[] = [];
  const hold: Telling = (change) => {
    held.splice(0, 1, change);
    return [];
  };

  const falsified: Record<string, { readonly telling: Telling; readonly says: RegExp }> = {
    "another document": {
      telling: (change) => [{ ...change, documentHash: STRANGE.documentHash }],
      says: /with the documentHash "0x[0-9a-f]{64}"; the contract was told "0x(d0){32}", in block \d+\.$/,
    },
    "another moment": {
      telling: (change) => [{ ...change, timestamp: change.timestamp - 1 }],
      says: /with the timestamp \d+; the contract was told \d+/,
    },
    "another end": {
      telling: (change) => [{ ...change, expiresAt: change.timestamp + 5 }],
      says: /with the expiresAt 0; the contract was told \d+/,
    },
    "another purpose": {
      telling: (change) => [{ ...change, purpose: "anything" as "pin_set" }],
      says: /with the purpose "0x70696e5f736574(00){9}"; the contract was told "0x616e797468696e67/,
    },
  };
  for (const [what, { telling, says }] of Object.entries(falsified)) {
    it(`is caught at the event: ${what}`, async () => {
      const { index, consent } = await world.giveOne(telling);
      await world.give(1);
      await world.anchor("subtrees");
      const [finding, ...more] = await world.findings();
      expect(more).to.deep.equal([]);
      expect(finding).to.include({ code: "chain_consent", index });
      expect(finding!.message)
        .to.include(`Event ${index} grants the consent ${consent.id}`)
        .and.to.match(says);
    });
  }

  it("is caught at the event: another moment at which somebody took their consent back", async () => {
    await world.ledger.write(async (tx, place) => {
      const subject = await subjectOf(tx, "leaving");
      const later: Telling = (change) => [{ ...change, timestamp: change.timestamp + 1 }];
      await takeBack(tx, subject, await give(tx, subject, place()), place(), later);
    });
    await world.anchor();
    expect(await world.codes()).to.deep.equal(["chain_consent 3"]);
  });

  for (const where of ["with events after it", "in the last transaction"]) {
    it(`is caught at the event: nothing at all, ${where}`, async () => {
      await world.anchor();
      const { index, consent } = await world.giveOne(nothing);
      await world.give(1);
      await world.anchor();
      if (where === "with events after it") {
        await world.append(1);
        await world.anchor();
      }
      const [finding, ...more] = await world.findings();
      expect(more).to.deep.equal([]);
      expect(finding).to.include({ code: "chain_consent_missing", index });
      expect(finding!.message).to.include(`Event ${index} grants the consent ${consent.id}`);
    });
  }

  it("is caught at the erasure that ended a consent, while the contract lets it stand", async () => {
    const { consent } = await world.giveOne();
    await world.give(1);
    await world.anchor();
    await world.forget((change) => (change.consentId === consent.id ? [] : [change]));
    await world.anchor();
    const [finding, ...more] = await world.findings();
    expect(more).to.deep.equal([]);
    expect(finding).to.include({ code: "chain_consent_missing", index: 4 });
    expect(finding!.message).to.include(`revokes the consent ${consent.id}`);
  });

  it("is caught at an erasure of more consents than a transaction takes, once the rest could not come any more", async () => {
    const given = await world.give(100);
    await world.anchor();
    const last = given.at(-1)!.consent.id;
    await world.forget((change) => (change.consentId === last ? [] : [change]));
    await world.anchor();
    // One hundred of 101 fill the transaction: the last may be on its way.
    expect(await world.codes()).to.deep.equal([]);
    await world.append(1);
    await world.anchor();
    expect(await world.codes()).to.deep.equal([`chain_consent_missing ${given.at(-1)!.index + 1}`]);
  });

  it("is caught with more than the events tell: a consent that nobody gave, and the end of one that nobody ended", async () => {
    const { consent } = await world.giveOne();
    await world.anchor();
    await world.give(1, (change) => [STRANGE, change]);
    await world.give(1, (change) => [{ ...change, action: "revoke", consentId: consent.id }, change]);
    await world.anchor();
    const found = await world.findings();
    expect(found).to.have.length(2);
    for (const finding of found) expect(finding).to.include({ code: "chain_consent_unknown", index: null });
    expect(found[0]!.message).to.include(`grants the consent ${STRANGE.consentId}, of which no event tells.`);
    expect(found[1]!.message).to.include(`revokes the consent ${consent.id}, of which no event tells.`);
  });

  it("is caught at the first event that is out of order", async () => {
    const { index } = await world.giveOne(hold);
    await world.give(1, (change) => [change, ...held]);
    await world.give(1);
    await world.anchor();
    expect(await world.codes()).to.deep.equal([`chain_consent_order ${index}`]);
  });

  it("is caught at the event that the contract was told of later, in a transaction of its own", async () => {
    const { index } = await world.giveOne(hold);
    await world.anchor();
    await world.tellTheContract(...held);
    const [finding, ...more] = await world.findings();
    expect(more).to.deep.equal([]);
    expect(finding).to.include({ code: "chain_consent_late", index });
    expect(finding!.message).to.match(
      /not told with the event, in block \d+, but by transaction 0x[0-9a-f]{64} in/,
    );
  });

  it("is caught at the event that the contract was told of later, with other events", async () => {
    const { index } = await world.giveOne(hold);
    await world.anchor();
    await world.give(1, (change) => [...held, change]);
    await world.anchor();
    expect(await world.codes()).to.deep.equal([
      `chain_consent_missing ${index}`,
      "chain_consent_unknown null",
    ]);
  });

  it("can hide behind an event that is empty one change only, and only in its place", async () => {
    const another = { ...STRANGE, consentId: `0x${"02".repeat(32)}` };
    const chosen: readonly (readonly [Telling, string[]])[] = [
      [(change) => [STRANGE, change], []],
      [(change) => [STRANGE, another, change], ["chain_consent_unknown null"]],
      [(change) => [change, STRANGE], ["chain_consent_unknown null"]],
      [nothing, ["chain_consent_missing 1"]],
    ];
    for (const [telling, codes] of chosen) {
      const own = await consentWorld(evm);
      await own.ledger.write(async (tx, place) => {
        await appendEvent(tx, await subjectOf(tx, "holder"), draft, place());
        await give(tx, await subjectOf(tx, "another"), place(), { telling });
      });
      await own.anchor();
      await own.forget();
      await own.anchor();
      expect(await own.codes()).to.deep.equal(codes);
      await own.close();
    }
  });

  it("is caught with an event that does not say which consent it means", async () => {
    await world.ledger.write(async (tx, place) => {
      for (const outcome of [{}, { consentId: 5 }, { consentId: `0x${"AB".repeat(32)}` }]) {
        for (const type of ["consent_grant", "consent_revoke"] as const) {
          await appendEvent(tx, await subjectOf(tx, "holder"), { ...draft, type, outcome }, place());
        }
      }
    });
    await world.anchor();
    expect(await world.codes()).to.deep.equal(range(6).map((i) => `payload_malformed ${i + 2}`));
  });
});
