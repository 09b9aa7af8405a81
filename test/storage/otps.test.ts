import { expect } from "chai";
import type { OtpPurpose } from "../../server/domain/otp.ts";
import type { Store } from "../../server/ports.ts";
import { conformance } from "./conformance.ts";
import { NOW, appendFor, challenge, range, sha256, sleep, subjectOf, together } from "./samples.ts";

const create = (store: Store, ...args: Parameters<typeof challenge>): Promise<void> =>
  store.write((tx) => tx.otps.create(challenge(...args)));

const latest = (store: Store, purpose: OtpPurpose, alias = "alias-a") =>
  store.write((tx) => tx.otps.latestForUpdate(alias, purpose));

conformance("a one-time code", (database) => {
  it("is kept as the MAC it was created with, untried and unused", async () => {
    const store = await database.open();
    await create(store, "c1");
    expect(await latest(store, "consent")).to.deep.equal({
      challenge: { id: "c1", expiresAt: NOW + 300_000, failedTries: 0 },
      purpose: "consent",
      usedAt: null,
      codeMac: sha256("c1"),
    });
    expect(await latest(store, "pin_reset")).to.equal(null);
    expect(await latest(store, "consent", "alias-b")).to.equal(null);
  });

  it("gives way to a newer one, for the purposes of the newer one only", async () => {
    const store = await database.open();
    await create(store, "c1", { purposes: ["consent", "pin_set"] });
    await store.write((tx) => tx.otps.use("c1", "pin_set", NOW));
    await create(store, "c2", { purposes: ["pin_set", "pin_reset"] });
    expect((await latest(store, "consent"))?.challenge.id).to.equal("c1");
    expect(await latest(store, "pin_set")).to.deep.include({ usedAt: null, codeMac: sha256("c2") });
    expect((await latest(store, "pin_reset"))?.challenge.id).to.equal("c2");
  });

  it("is used up for one purpose at a time", async () => {
    const store = await database.open();
    await create(store, "c1");
    await create(store, "b1", { phoneAlias: "alias-b" });
    await store.write((tx) => tx.otps.use("c1", "consent", NOW + 1));
    expect((await latest(store, "consent"))?.usedAt).to.equal(NOW + 1);
    expect((await latest(store, "pin_set"))?.usedAt).to.equal(null);
    expect((await latest(store, "consent", "alias-b"))?.usedAt).to.equal(null);
  });

  it("counts every wrong try, across its purposes", async () => {
    const store = await database.open();
    await create(store, "c1");
    await create(store, "b1", { phoneAlias: "alias-b" });
    for (const _try of range(4)) await store.write((tx) => tx.otps.countTry("c1"));
    await together(store, 2, async (tx, i) => {
      const grant = await tx.otps.latestForUpdate("alias-a", i === 0 ? "consent" : "pin_set");
      await sleep(30);
      if (grant!.challenge.failedTries < 5) await tx.otps.countTry("c1");
    });
    expect((await latest(store, "consent"))?.challenge.failedTries).to.equal(5);
    expect((await latest(store, "pin_set"))?.challenge.failedTries).to.equal(5);
    expect((await latest(store, "consent", "alias-b"))?.challenge.failedTries).to.equal(0);
  });

  it("is used once, however many present it at once", async () => {
    const store = await database.open();
    await create(store, "c1");
    const uses = await together(store, 10, async (tx) => {
      const grant = await tx.otps.latestForUpdate("alias-a", "consent");
      if (grant?.usedAt !== null) return false;
      await sleep(1);
      await tx.otps.use("c1", "consent", NOW);
      return true;
    });
    expect(uses.filter(Boolean)).to.have.length(1);
  });

  it("is the new one for whoever had to wait while it replaced the old", async () => {
    const store = await database.open();
    await create(store, "c1");
    const replacing = store.write(async (tx) => {
      await tx.otps.create(challenge("c2"));
      await sleep(80);
    });
    await sleep(20);
    const waiting = latest(store, "consent");
    await replacing;
    expect((await waiting)?.challenge.id).to.equal("c2");
  });
});

conformance("requests for one-time codes", (database) => {
  it("are told of by phone, the newest first", async () => {
    const store = await database.open();
    const { read } = store;
    expect(await read.otps.latestTimes("alias-a", 9)).to.deep.equal([]);
    for (const i of range(4)) await create(store, `c${i}`, { createdAt: NOW + i });
    await create(store, "b1", { phoneAlias: "alias-b" });
    expect(await read.otps.latestTimes("alias-a", 9)).to.deep.equal([NOW + 3, NOW + 2, NOW + 1, NOW]);
    expect(await read.otps.latestTimes("alias-a", 2)).to.deep.equal([NOW + 3, NOW + 2]);
  });

  it("keep to their limit, however many come at once", async () => {
    const store = await database.open();
    const admitted = await together(store, 20, async (tx, i) => {
      if ((await tx.otps.latestTimes("alias-a", 5)).length >= 5) return false;
      await subjectOf(tx, "a");
      await tx.otps.create(challenge(`c${i}`));
      return true;
    });
    expect(admitted.filter(Boolean)).to.have.length(5);
    expect(await store.read.otps.latestTimes("alias-a", 9)).to.have.length(5);
  });

  it("never wait for each other in a circle, nor for those who present codes and PINs", async () => {
    const store = await database.open();
    await create(store, "c0");
    const purposes: OtpPurpose[] = ["consent", "pin_set"];
    await together(store, 60, async (tx, i) => {
      if (i % 3 === 2) {
        await tx.otps.latestForUpdate("alias-a", purposes[i % 2]!);
        const { id } = await subjectOf(tx, "a");
        await tx.credentials.getForUpdate(id, "fra", NOW);
      } else {
        const ordered = i % 3 === 0 ? purposes : purposes.toReversed();
        await tx.otps.create(challenge(`c${i + 1}`, { purposes: ordered }));
      }
      await appendFor(tx, "a");
    });
    expect((await store.read.events.head()).size).to.equal(60);
  });
});
