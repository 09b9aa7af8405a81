import { expect } from "chai";
import { loadArgon2 } from "../../server/crypto/argon2-engine.ts";
import { parsePhc } from "../../server/crypto/phc.ts";
import type { Argon2Verifier } from "../../server/crypto/phc.ts";

const PEPPER = new Uint8Array(32).fill(9);
const OTHER_PEPPER = new Uint8Array(32).fill(8);
const PARAMS = { memory: 128, time: 2, parallelism: 2 };

function read(phc: string): Argon2Verifier {
  const parsed = parsePhc(phc);
  if (parsed.kind !== "argon2") throw new Error("not Argon2");
  return parsed;
}

describe("The Argon2 engines", () => {
  const NAMES = ["argon2", "node-rs"] as const;

  for (const by of NAMES) {
    for (const other of NAMES) {
      it(`agree: what ${by} made with a pepper, ${other} verifies, and only with that PIN and pepper`, async () => {
        const verifier = read(await (await loadArgon2(by)).hash("839271", PEPPER, PARAMS));
        const engine = await loadArgon2(other);
        expect(engine.name).to.equal(other);
        expect(await engine.verify(verifier, "839271", PEPPER)).to.equal(true);
        expect(await engine.verify(verifier, "839272", PEPPER)).to.equal(false);
        expect(await engine.verify(verifier, "839271", OTHER_PEPPER)).to.equal(false);
        expect(await engine.verify(verifier, "839271", null)).to.equal(false);
        const changed = verifier.hash.with(31, verifier.hash[31]! ^ 1);
        expect(await engine.verify({ ...verifier, hash: changed }, "839271", PEPPER)).to.equal(false);
      });
    }

    it(`make Argon2id with the given costs, a random salt of 16 bytes and a hash of 32 (${by})`, async () => {
      const engine = await loadArgon2(by);
      const [one, two] = await Promise.all([1, 2].map(() => engine.hash("839271", PEPPER, PARAMS)));
      expect(one).to.match(/^\$argon2id\$v=19\$m=128,t=2,p=2\$[\w+/]{22}\$[\w+/]{43}$/);
      expect(read(one!).salt).not.to.deep.equal(read(two!).salt);
    });

    const published = {
      "the reference implementation, Argon2id":
        "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
      "the reference implementation, Argon2i":
        "$argon2i$v=19$m=65536,t=2,p=4$c29tZXNhbHQ$RdescudvJCsgt3ub+b+dWRWJTmaaJObG",
    };
    for (const [source, phc] of Object.entries(published)) {
      it(`verify what others made without a pepper: ${source} (${by})`, async () => {
        const engine = await loadArgon2(by);
        expect(await engine.verify(read(phc), "password", null)).to.equal(true);
        expect(await engine.verify(read(phc), "Password", null)).to.equal(false);
        expect(await engine.verify(read(phc), "password", PEPPER)).to.equal(false);
      });
    }

    it(`go to the ends of what a PHC string may say (${by})`, async () => {
      const engine = await loadArgon2(by);
      const verifier: Argon2Verifier = {
        kind: "argon2",
        algorithm: "argon2i",
        params: { memory: 128, time: 1, parallelism: 16 },
        salt: new Uint8Array(64).fill(1),
        hash: new Uint8Array(64),
      };
      expect(await engine.verify(verifier, "839271", PEPPER)).to.equal(false);
    });
  }

  it("are chosen by speed where there is a choice", async () => {
    expect((await loadArgon2("auto")).name).to.equal("node-rs");
  });
});
