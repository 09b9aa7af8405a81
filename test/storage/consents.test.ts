import { expect } from "chai";
import type { Consent, ConsentChange } from "../../server/domain/consent.ts";
import { conformance } from "./conformance.ts";
import { LARGE, NOW, appendFor, range, subjectOf } from "./samples.ts";

const consent = (id: string, options: Partial<Consent> = {}): Consent => ({
  id,
  subjectId: "subject-a",
  purpose: "pin_set",
  documentVersion: "2025-01",
  documentHash: `0x${"ab".repeat(32)}`,
  grantedAt: NOW,
  expiresAt: null,
  revokedAt: null,
  eventId: `event of ${id}`,
  ...options,
});

const change = (consentId: string, options: Partial<ConsentChange> = {}): ConsentChange => ({
  consentId,
  action: "grant",
  timestamp: NOW / 1000,
  expiresAt: 0,
  purpose: "pin_set",
  documentHash: `0x${"ab".repeat(32)}`,
  ...options,
});

conformance("consents", (database) => {
  it("are listed per subject, oldest first, with their nulls and instants", async () => {
    const store = await database.open();
    const [second, first, others] = [
      consent("c2", { expiresAt: LARGE, revokedAt: LARGE + 1 }),
      consent("c1", { grantedAt: NOW - 1 }),
      consent("b1", { subjectId: "subject-b" }),
    ];
    await store.write(async (tx) => {
      await subjectOf(tx, "a");
      await subjectOf(tx, "b");
      for (const given of [second, first, others]) await tx.consents.insert(given);
    });
    expect(await store.read.consents.bySubject("subject-a")).to.deep.equal([first, second]);
    expect(await store.read.consents.bySubject("subject-b")).to.deep.equal([others]);
    expect(await store.read.consents.bySubject("subject-c")).to.deep.equal([]);
  });

  it("are revoked one by one", async () => {
    const store = await database.open();
    const given = [consent("c1"), consent("c2", { grantedAt: NOW + 1 })];
    await store.write(async (tx) => {
      await subjectOf(tx, "a");
      for (const each of given) await tx.consents.insert(each);
      await tx.consents.setRevoked("c2", NOW + 2);
    });
    expect(await store.read.consents.bySubject("subject-a")).to.deep.equal([
      given[0],
      { ...given[1], revokedAt: NOW + 2 },
    ]);
  });

  it("have one id each", async () => {
    const store = await database.open();
    await store.write(async (tx) => {
      await subjectOf(tx, "a");
      await tx.consents.insert(consent("c1"));
    });
    const refused = await store
      .write((tx) => tx.consents.insert(consent("c1", { grantedAt: NOW + 1 })))
      .catch((error: unknown) => error);
    expect(refused).to.be.instanceOf(Error);
  });
});

conformance("the outbox of consent changes", (database) => {
  it("gives them from a position on, in order, up to a limit, as they were put in", async () => {
    const store = await database.open();
    const queued = range(5).map((i) => ({
      eventIndex: LARGE + i,
      change: change(`c${i}`, { action: i % 2 === 0 ? "grant" : "revoke", expiresAt: i * LARGE }),
    }));
    for (const { eventIndex, change } of queued) {
      await store.write((tx) => tx.consents.queueChange(eventIndex, change));
    }
    const { changes } = store.read.consents;
    expect(await changes(0, 10)).to.deep.equal(queued);
    expect(await changes(0, 2)).to.deep.equal(queued.slice(0, 2));
    expect(await changes(3, 10)).to.deep.equal(queued.slice(3));
    expect(await changes(5, 10)).to.deep.equal([]);
  });

  it("has the order of the ledger and no gap, however many put into it at once", async () => {
    const store = await database.open();
    await Promise.all(
      range(30).map((i) =>
        store
          .write(async (tx) => {
            const event = await appendFor(tx, `${i % 4}`);
            await tx.consents.queueChange(event.index, change(`c${i}`));
            if (i % 5 === 0) throw new Error("changed my mind");
          })
          .catch(() => {}),
      ),
    );
    const queued = await store.read.consents.changes(0, 100);
    expect(queued.map((entry) => entry.eventIndex)).to.deep.equal(range(24));
    // The seq is the position that batches count by.
    expect(await store.read.consents.changes(23, 100)).to.deep.equal(queued.slice(23));
    expect(await store.read.consents.changes(24, 100)).to.deep.equal([]);
  });
});
