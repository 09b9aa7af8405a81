import { expect } from "chai";
import { conformance } from "./conformance.ts";
import { LARGE, sha256 } from "./samples.ts";

conformance("stored cosignatures", (database) => {
  const of = (witness: string, size: number, timestamp: number) => ({
    witness,
    size,
    timestamp,
    signature: sha256(`${witness} ${size} ${timestamp}`),
  });

  it("are kept by witness and size, and of several the latest, in whatever order they come", async () => {
    const store = await database.open();
    for (const [first, second] of [
      [1, 2],
      [2, 1],
    ] as const) {
      const witness = `w${first}`;
      await store.write(async (tx) => {
        await tx.cosignatures.save(of(witness, LARGE, first));
        await tx.cosignatures.save(of(witness, LARGE, second));
        await tx.cosignatures.save(of(witness, LARGE, second));
      });
      expect(await store.read.cosignatures.at(LARGE, witness)).to.deep.equal(of(witness, LARGE, 2));
    }
    expect(await store.read.cosignatures.at(LARGE, "w3")).to.equal(null);
    expect(await store.read.cosignatures.at(1, "w1")).to.equal(null);
  });

  it("tell the largest size that a witness has come to, up to a given one", async () => {
    const store = await database.open();
    await store.write(async (tx) => {
      for (const size of [0, 5, LARGE]) await tx.cosignatures.save(of("w1", size, 1));
      await tx.cosignatures.save(of("w2", 7, 1));
    });
    const latest = (most: number) => store.read.cosignatures.latestSize("w1", most);
    expect([await latest(LARGE), await latest(LARGE - 1), await latest(5), await latest(4)]).to.deep.equal([
      LARGE,
      5,
      5,
      0,
    ]);
    expect(await store.read.cosignatures.latestSize("w2", 6)).to.equal(null);
  });
});
