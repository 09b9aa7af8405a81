import { expect } from "chai";
import type { Store } from "../../server/ports.ts";
import { conformance } from "./conformance.ts";
import { NOW, range, together } from "./samples.ts";

const TIMES = { now: NOW, lease: 1_000, keep: 10_000 };

const claim = (store: Store, id: string, fingerprint = "request", times = TIMES) =>
  store.write((tx) => tx.idempotency.claim({ id, fingerprint }, times));

const ours = (id: string, claimedAt = NOW) => ({ id, claimedAt });

conformance("an idempotency key", (database) => {
  it("is claimed by one of many that come at once", async () => {
    const store = await database.open();
    const claims = await together(store, 20, (tx) =>
      tx.idempotency.claim({ id: "k", fingerprint: "request" }, TIMES),
    );
    expect(claims.filter((earlier) => earlier === null)).to.have.length(1);
    expect(claims.find((earlier) => earlier !== null)).to.include({ fingerprint: "request", outcome: null });
  });

  it("gives the first request and its outcome to all that come later", async () => {
    const store = await database.open();
    await claim(store, "k", "first");
    await store.write((tx) => tx.idempotency.complete(ours("k"), '{"done":true}'));
    const later = await claim(store, "k", "second", { ...TIMES, now: NOW + TIMES.keep });
    expect(later).to.include({ fingerprint: "first", outcome: '{"done":true}' });
    expect(await claim(store, "other")).to.equal(null);
  });

  it("has no outcome where the operation was rolled back", async () => {
    const store = await database.open();
    await claim(store, "k");
    await store
      .write(async (tx) => {
        await tx.idempotency.complete(ours("k"), "{}");
        throw new Error("rolled back");
      })
      .catch(() => {});
    expect((await claim(store, "k"))?.outcome).to.equal(null);
  });

  it("is free again when released, when its lease ran out without an outcome, or when it is forgotten", async () => {
    const store = await database.open();
    await claim(store, "k");
    await store.write((tx) => tx.idempotency.release(ours("k")));
    expect(await claim(store, "k", "second")).to.equal(null);

    const late = { ...TIMES, now: NOW + TIMES.lease + 1 };
    expect(await claim(store, "k", "third", late)).to.equal(null);
    expect(await claim(store, "k", "fourth", late)).to.include({ fingerprint: "third" });

    await store.write((tx) => tx.idempotency.complete(ours("k", late.now), "{}"));
    await store.write((tx) => tx.idempotency.release(ours("k", late.now)));
    expect((await claim(store, "k"))?.outcome, "what has an outcome is not released").to.equal("{}");
    expect(await claim(store, "k", "fifth", { ...TIMES, now: NOW + 20_000 })).to.equal(null);
  });

  it("that another took over is neither completed nor released by whom it was taken from", async () => {
    const store = await database.open();
    await claim(store, "k", "first");
    const late = NOW + TIMES.lease + 1;
    await claim(store, "k", "second", { ...TIMES, now: late });
    expect(await store.write((tx) => tx.idempotency.complete(ours("k"), '{"of":"first"}'))).to.equal(false);
    await store.write((tx) => tx.idempotency.release(ours("k")));
    const third = () => claim(store, "k", "second", { ...TIMES, now: late });
    expect(await third()).to.include({ fingerprint: "second", outcome: null });
    expect(await store.write((tx) => tx.idempotency.complete(ours("k", late), '{"of":"second"}'))).to.equal(
      true,
    );
    expect((await third())?.outcome).to.equal('{"of":"second"}');
  });

  it("is one's own or another's, never an error, while others claim and release it", async () => {
    const store = await database.open();
    let claimed = 0;
    const insist = async () => {
      for (const _time of range(40)) {
        if ((await claim(store, "k")) !== null) continue;
        claimed++;
        await store.write((tx) => tx.idempotency.release(ours("k")));
      }
    };
    await Promise.all(range(8).map(insist));
    expect(claimed).to.be.above(1);
  });
});
