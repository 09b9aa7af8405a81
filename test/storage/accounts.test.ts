import { expect } from "chai";
import type { PinSession } from "../../server/ports.ts";
import { conformance } from "./conformance.ts";
import { LARGE, NOW, range, subject, subjectOf, together } from "./samples.ts";

conformance("a subject's aliases", (database) => {
  it("are as many as it is given, each of one subject alone, and tell by what it is known", async () => {
    const store = await database.open();
    const { id } = await store.write((tx) => subjectOf(tx, "a"));
    await store.write((tx) => tx.subjects.addAlias(id, "account-a", "account"));
    expect(await store.read.subjects.byAlias("account-a")).to.deep.equal(subject("a"));
    expect(await store.read.subjects.aliasKinds(id)).to.deep.equal(["account", "phone"]);
    const { id: other } = await store.write((tx) => subjectOf(tx, "b"));
    expect(await store.read.subjects.aliasKinds(other)).to.deep.equal(["phone"]);
    const taken = await store
      .write((tx) => tx.subjects.addAlias(other, "account-a", "account"))
      .catch(() => "refused");
    expect(taken).to.equal("refused");
    expect(await store.read.subjects.aliasKinds(other)).to.deep.equal(["phone"]);
  });

  it("lead to it by its pseudonym too, as long as it has any", async () => {
    const store = await database.open();
    const known = await store.write((tx) => subjectOf(tx, "a"));
    expect(await store.read.subjects.byIdentityHash(known.identityHash)).to.deep.equal(known);
    expect(await store.read.subjects.byIdentityHash(subject("b").identityHash)).to.equal(null);
    await store.write((tx) => tx.subjects.erase(known.id));
    expect(await store.read.subjects.byIdentityHash(known.identityHash)).to.equal(null);
  });
});

conformance("a session's proof", (database) => {
  const session = (changes: Partial<PinSession> = {}): PinSession => ({
    id: "session-1",
    subjectId: "subject-a",
    generation: 2,
    expiresAt: NOW + 1_000,
    ...changes,
  });

  it("is the last one that was saved, until it is removed", async () => {
    const store = await database.open();
    await store.write((tx) => subjectOf(tx, "a"));
    expect(await store.read.sessions.get("session-1")).to.equal(null);
    await store.write((tx) => tx.sessions.save(session(), NOW));
    expect(await store.read.sessions.get("session-1")).to.deep.equal(session());
    const renewed = session({ generation: LARGE, expiresAt: LARGE });
    await store.write((tx) => tx.sessions.save(renewed, NOW));
    expect(await store.read.sessions.get("session-1")).to.deep.equal(renewed);
    await store.write((tx) => tx.sessions.remove("session-1"));
    expect(await store.read.sessions.get("session-1")).to.equal(null);
  });

  it("is forgotten some time after its end, and not before", async () => {
    const store = await database.open();
    await store.write((tx) => subjectOf(tx, "a"));
    await store.write((tx) => tx.sessions.save(session(), NOW));
    await store.write((tx) =>
      tx.sessions.save(session({ id: "session-2", expiresAt: NOW + 9_000 }), NOW + 999),
    );
    expect(await store.read.sessions.get("session-1")).not.to.equal(null);
    await store.write((tx) =>
      tx.sessions.save(session({ id: "session-2", expiresAt: NOW + 9_000 }), NOW + 1_000),
    );
    expect(await store.read.sessions.get("session-1")).to.equal(null);
    expect(await store.read.sessions.get("session-2")).not.to.equal(null);
  });

  it("is of a subject that exists", async () => {
    const store = await database.open();
    const refused = await store.write((tx) => tx.sessions.save(session(), NOW)).catch(() => "refused");
    expect(refused).to.equal("refused");
  });
});

conformance("the list of support's actions", (database) => {
  it("shows the latest first, a page at a time, and holds nothing but what and when", async () => {
    const store = await database.open();
    expect(await store.read.adminActions.page(null, 10)).to.deep.equal([]);
    await together(store, 7, async (tx, i) => {
      // Every change holds the ledger's head.
      await tx.events.headForUpdate();
      await tx.adminActions.append("unlock", NOW + i);
    });
    const all = await store.read.adminActions.page(null, 10);
    expect(all.map(({ seq }) => seq)).to.deep.equal(range(7).map((i) => 7 - i));
    expect(all.map(({ timestamp }) => timestamp).sort()).to.deep.equal(range(7).map((i) => NOW + i));
    for (const entry of all) expect(entry).to.have.all.keys("seq", "action", "timestamp");
    expect(await store.read.adminActions.page(null, 3)).to.deep.equal(all.slice(0, 3));
    expect(await store.read.adminActions.page(5, 3)).to.deep.equal(all.slice(3, 6));
    expect(await store.read.adminActions.page(1, 3)).to.deep.equal([]);
  });
});
