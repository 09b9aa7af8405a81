import { expect } from "chai";
import type { Credential, Store } from "../../server/ports.ts";
import { conformance } from "./conformance.ts";
import { LARGE, NOW, range, sleep, subject, subjectOf, together } from "./samples.ts";

conformance("a subject", (database) => {
  it("is found by its alias, and created at first sight only", async () => {
    const store = await database.open();
    expect(await store.read.subjects.byAlias("alias-a")).to.equal(null);
    expect(await store.write((tx) => subjectOf(tx, "a"))).to.deep.equal(subject("a"));
    const again = await store.write((tx) =>
      tx.subjects.byAliasOrCreate("alias-a", "phone", subject("other"), NOW),
    );
    expect(again).to.deep.equal(subject("a"));
    expect(await store.read.subjects.byAlias("alias-a")).to.deep.equal(subject("a"));
  });

  it("is one, however many transactions create it at once, and all of them commit", async () => {
    const store = await database.open();
    const seen = await together(store, 20, async (tx, i) => {
      const found = await tx.subjects.byAliasOrCreate("alias-a", "phone", subject(`${i}`), NOW);
      await sleep(5);
      return { found, seq: await tx.subjects.nextSeq(found.id) };
    });
    expect(new Set(seen.map(({ found }) => found.id))).to.have.property("size", 1);
    expect(seen.map(({ seq }) => seq).sort((a, b) => a - b)).to.deep.equal(range(20));
    const rows = await database.raw().selectFrom("subjects").select("id").execute();
    expect(rows, "the losers leave no subject behind").to.have.length(1);
  });

  it("is whose the alias becomes when the first to claim it fails", async () => {
    const store = await database.open();
    const first = store.write(async (tx) => {
      await tx.subjects.byAliasOrCreate("alias-a", "phone", subject("first"), NOW);
      await sleep(50);
      throw new Error("failed");
    });
    await sleep(10);
    const second = store.write((tx) =>
      tx.subjects.byAliasOrCreate("alias-a", "phone", subject("second"), NOW),
    );
    await first.catch(() => {});
    expect(await second).to.deep.equal(subject("second"));
  });
});

const counter = { reserved: 0, cleared: 0, lockedUntil: null, disabledAt: null };

async function withSubject(store: Store): Promise<string> {
  return (await store.write((tx) => subjectOf(tx, "a"))).id;
}

conformance("a credential", (database) => {
  it("is there for the asking, without a PIN, as soon as it is to be locked", async () => {
    const store = await database.open();
    const subjectId = await withSubject(store);
    expect(await store.read.credentials.get(subjectId, "fra")).to.equal(null);
    const fresh = await store.write((tx) => tx.credentials.getForUpdate(subjectId, "fra", NOW));
    expect(fresh).to.deep.equal({
      subjectId,
      policy: "fra",
      verifier: null,
      generation: 0,
      counter,
      pinLength: null,
      clientParameters: null,
      temporary: null,
      open: [],
    });
    expect(await store.read.credentials.get(subjectId, "fra")).to.deep.equal(fresh);
  });

  it("keeps its verifier, its counter and its nulls", async () => {
    const store = await database.open();
    const subjectId = await withSubject(store);
    const full: Credential = {
      subjectId,
      policy: "fra",
      verifier: { phc: "$argon2id$v=19$m=65536,t=3,p=1$c2FsdA$aGFzaA", pepperId: "p-1" },
      generation: 3,
      counter: { reserved: LARGE, cleared: LARGE - 1, lockedUntil: NOW, disabledAt: NOW + 1 },
      pinLength: 6,
      clientParameters: "$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHQ",
      temporary: { expiresAt: NOW + 2, spent: 1 },
      open: [
        { attempt: LARGE - 1, reservedAt: NOW },
        { attempt: LARGE, reservedAt: NOW + 1 },
      ],
    };
    const states: Credential[] = [
      full,
      { ...full, counter: { ...full.counter, lockedUntil: null } },
      { ...full, counter: { ...full.counter, disabledAt: null } },
      { ...full, verifier: null },
      { ...full, open: [] },
      { ...full, verifier: null, counter },
      { ...full, pinLength: null, clientParameters: null, temporary: null },
    ];
    for (const state of states) {
      await store.write(async (tx) => {
        await tx.credentials.getForUpdate(subjectId, "fra", NOW);
        await tx.credentials.save(state, NOW);
      });
      expect(await store.read.credentials.get(subjectId, "fra")).to.deep.equal(state);
    }
  });

  it("is its subject's under that policy alone", async () => {
    const store = await database.open();
    const subjectId = await withSubject(store);
    const { id: other } = await store.write((tx) => subjectOf(tx, "b"));
    await store.write(async (tx) => {
      const credential = await tx.credentials.getForUpdate(subjectId, "fra", NOW);
      await tx.credentials.getForUpdate(other, "fra", NOW);
      await tx.credentials.save({ ...credential, counter: { ...counter, reserved: 3 } }, NOW);
    });
    expect((await store.read.credentials.get(other, "fra"))?.counter.reserved).to.equal(0);
  });

  it("loses none of the attempts that are reserved in parallel, not even the very first", async () => {
    const store = await database.open();
    const subjectId = await withSubject(store);
    await together(store, 30, async (tx) => {
      const credential = await tx.credentials.getForUpdate(subjectId, "fra", NOW);
      await sleep(1);
      const reserved = credential.counter.reserved + 1;
      await tx.credentials.save({ ...credential, counter: { ...credential.counter, reserved } }, NOW);
    });
    expect((await store.read.credentials.get(subjectId, "fra"))?.counter.reserved).to.equal(30);
  });

  it("is found, with its subject, as long as attempts are under way", async () => {
    const store = await database.open();
    const subjectId = await withSubject(store);
    const { id: other } = await store.write((tx) => subjectOf(tx, "b"));
    const save = (open: Credential["open"]) =>
      store.write(async (tx) => {
        await tx.credentials.getForUpdate(other, "fra", NOW);
        const credential = await tx.credentials.getForUpdate(subjectId, "fra", NOW);
        await tx.credentials.save({ ...credential, open }, NOW);
      });
    await save([{ attempt: 1, reservedAt: NOW }]);
    expect(await store.read.credentials.withOpenAttempts()).to.deep.equal([
      { subject: subject("a"), policy: "fra" },
    ]);
    await save([]);
    expect(await store.read.credentials.withOpenAttempts()).to.deep.equal([]);
  });

  it("belongs to a subject that exists", async () => {
    const store = await database.open();
    const refused = await store
      .write((tx) => tx.credentials.getForUpdate("nobody", "fra", NOW))
      .catch((error: unknown) => error);
    expect(refused).to.be.instanceOf(Error);
  });
});
