import { expect } from "chai";
import type { Store } from "../../server/ports.ts";
import { conformance } from "./conformance.ts";
import { NOW, appendFor, challenge, sleep, subject, subjectOf } from "./samples.ts";

/** Everything that is known of a person. */
async function livePerson(store: Store, name: string): Promise<string[]> {
  return store.write(async (tx) => {
    const { id } = await subjectOf(tx, name);
    const credential = await tx.credentials.getForUpdate(id, "fra", NOW);
    await tx.credentials.save({ ...credential, verifier: { phc: "$argon2id$", pepperId: "p" } }, NOW);
    await tx.credentials.getForUpdate(id, "session", NOW);
    await tx.sessions.save({ id: `session-${name}`, subjectId: id, generation: 1, expiresAt: NOW + 1 }, NOW);
    await tx.otps.create(challenge(`code-${name}`, { phoneAlias: `alias-${name}` }));
    return [(await appendFor(tx, name)).id, (await appendFor(tx, name)).id];
  });
}

conformance("erasing a subject", (database) => {
  it("forgets who it was and what its events say, and keeps their digests and places", async () => {
    const store = await database.open();
    const { read } = store;
    const ids = await livePerson(store, "a");
    const before = await read.events.byId(ids[0]!);
    const digests = await read.events.digests(0, 2);

    expect(await store.write((tx) => tx.subjects.erase("subject-a"))).to.equal(2);
    expect(await read.subjects.byAlias("alias-a")).to.equal(null);
    expect(await read.credentials.get("subject-a", "fra")).to.equal(null);
    expect(await read.credentials.get("subject-a", "session")).to.equal(null);
    expect(await read.sessions.get("session-a")).to.equal(null);
    expect(await read.subjects.byIdentityHash(subject("a").identityHash)).to.equal(null);
    expect(await read.otps.latestTimes("alias-a", 1)).to.deep.equal([]);
    expect(await store.write((tx) => tx.otps.latestForUpdate("alias-a", "consent"))).to.equal(null);
    expect(await read.events.byId(ids[0]!)).to.deep.equal({ ...before, payload: null, salt: null });
    expect(await read.events.digests(0, 2)).to.deep.equal(digests);
    expect(await store.write((tx) => tx.subjects.erase("subject-a")), "nothing is left to empty").to.equal(0);
  });

  it("touches nobody else", async () => {
    const store = await database.open();
    await livePerson(store, "a");
    const [other] = await livePerson(store, "b");
    await store.write((tx) => tx.subjects.erase("subject-a"));
    expect((await store.read.events.byId(other!))?.payload).not.to.equal(null);
    expect((await store.read.credentials.get("subject-b", "fra"))?.verifier).not.to.equal(null);
    expect((await store.read.subjects.byAlias("alias-b"))?.id).to.equal("subject-b");
    expect((await store.read.sessions.get("session-b"))?.subjectId).to.equal("subject-b");
    const grant = await store.write((tx) => tx.otps.latestForUpdate("alias-b", "consent"));
    expect(grant?.challenge.id).to.equal("code-b");
  });

  it("empties the event that was being appended when it came", async () => {
    const store = await database.open();
    await livePerson(store, "a");
    const appending = store.write(async (tx) => {
      const event = await appendFor(tx, "a");
      await sleep(80);
      return event;
    });
    await sleep(30);
    const erased = store.write((tx) => tx.subjects.erase("subject-a"));
    const { id } = await appending;
    expect(await erased).to.equal(3);
    expect((await store.read.events.byId(id))?.payload).to.equal(null);
  });

  it("lets the phone become another subject's", async () => {
    const store = await database.open();
    await livePerson(store, "a");
    await store.write((tx) => tx.subjects.erase("subject-a"));
    const candidate = { id: "subject-new", identityHash: `0x${"12".repeat(32)}` };
    const found = await store.write((tx) => tx.subjects.byAliasOrCreate("alias-a", "phone", candidate, NOW));
    expect(found).to.deep.equal(candidate);
  });
});
