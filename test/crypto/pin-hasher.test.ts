import { pbkdf2Sync } from "node:crypto";
import argon2 from "argon2";
import { expect } from "chai";
import { Admission } from "../../server/crypto/admission.ts";
import { loadArgon2 } from "../../server/crypto/argon2-engine.ts";
import type { Argon2Engine } from "../../server/crypto/argon2-engine.ts";
import { argon2PinHasher, missingPeppers } from "../../server/crypto/pin-hasher.ts";
import { PhcError, formatPhc } from "../../server/crypto/phc.ts";
import { Refusal } from "../../server/domain/errors.ts";
import type { Pin } from "../../server/domain/pin.ts";
import type { PinHasher, Verifier } from "../../server/ports.ts";

const RIGHT = "839271" as Pin;
const WRONG = "839272" as Pin;
const PARAMS = { memory: 64, time: 2, parallelism: 1 };
const NEW = Buffer.alloc(32, 1);
const OLD = Buffer.alloc(32, 2);
const PEPPERS = new Map([
  ["new", NEW],
  ["old", OLD],
]);

type HashOptions = Omit<NonNullable<Parameters<typeof argon2.hash>[1]>, "raw">;

/** Made by the other library, as another system would. */
async function argon2Verifier(changes: HashOptions, pepperId: string | null): Promise<Verifier> {
  const phc: string = await argon2.hash(RIGHT, {
    memoryCost: PARAMS.memory,
    timeCost: PARAMS.time,
    parallelism: PARAMS.parallelism,
    ...(pepperId === null ? {} : { secret: PEPPERS.get(pepperId)! }),
    ...changes,
  });
  return { phc, pepperId };
}

function pbkdf2Verifier(digest: "sha256" | "sha512" = "sha256", pepperId: string | null = null): Verifier {
  const [salt, iterations] = [Buffer.alloc(16, 3), 1_000];
  const hash = pbkdf2Sync(RIGHT, salt, iterations, 32, digest);
  const algorithm = `pbkdf2-${digest}` as const;
  return { phc: formatPhc({ kind: "pbkdf2", algorithm, iterations, salt, hash }), pepperId };
}

describe("The PIN hasher", () => {
  let engine: Argon2Engine;
  let admission: Admission;
  let hasher: PinHasher;
  /** What the engine was asked to do since the test began. */
  let work: string[];
  beforeEach(async () => {
    const real = await loadArgon2("auto");
    work = [];
    engine = {
      name: real.name,
      hash(password, pepper, params) {
        work.push(`hash m=${params.memory},t=${params.time},p=${params.parallelism}`);
        return real.hash(password, pepper, params);
      },
      verify(verifier, password, pepper) {
        work.push("verify");
        return real.verify(verifier, password, pepper);
      },
    };
    admission = new Admission(1, 10);
    hasher = argon2PinHasher({ engine, params: PARAMS, peppers: PEPPERS, admission });
  });

  const hash = () => hasher.withSlot((slot) => slot.hash(RIGHT));
  const verify = (verifier: Verifier | null, pin: Pin) =>
    hasher.withSlot((slot) => slot.verify(verifier, pin));

  async function refusalOf(verifier: Verifier, pin: Pin): Promise<Refusal> {
    const refusal = await verify(verifier, pin).catch((error: unknown) => error);
    expect(refusal).to.be.instanceOf(Refusal).and.to.have.property("code", "HASHING_ERROR");
    expect(admission.running, "the permit is given back").to.equal(0);
    return refusal as Refusal;
  }

  it("makes verifiers with the newest pepper that match their PIN alone and are not stale", async () => {
    const verifier = await hash();
    expect(verifier.pepperId).to.equal("new");
    expect(await verify(verifier, RIGHT)).to.deep.equal({ matches: true, stale: false });
    expect(await verify(verifier, WRONG)).to.deep.equal({ matches: false, stale: false });
  });

  const stale: Record<string, () => Promise<Verifier> | Verifier> = {
    "an older pepper": () => argon2Verifier({}, "old"),
    "no pepper": () => argon2Verifier({}, null),
    Argon2i: () => argon2Verifier({ type: argon2.argon2i }, "new"),
    "less memory": () => argon2Verifier({ memoryCost: 32 }, "new"),
    "more memory": () => argon2Verifier({ memoryCost: 128 }, "new"),
    "fewer passes": () => argon2Verifier({ timeCost: 1 }, "new"),
    "more passes": () => argon2Verifier({ timeCost: 3 }, "new"),
    "more lanes": () => argon2Verifier({ parallelism: 2 }, "new"),
    "a shorter salt": () => argon2Verifier({ salt: Buffer.alloc(8) }, "new"),
    "a shorter hash": () => argon2Verifier({ hashLength: 16 }, "new"),
    "PBKDF2 with SHA-256": () => pbkdf2Verifier("sha256"),
    "PBKDF2 with SHA-512": () => pbkdf2Verifier("sha512"),
  };
  for (const [name, make] of Object.entries(stale)) {
    it(`matches and asks for a fresh hash where it finds ${name}, but not for a wrong PIN`, async () => {
      const verifier = await make();
      expect(await verify(verifier, RIGHT)).to.deep.equal({ matches: true, stale: true });
      expect(await verify(verifier, WRONG)).to.deep.equal({ matches: false, stale: false });
    });
  }

  it("takes what another library made just as we would have for current", async () => {
    expect(await verify(await argon2Verifier({}, "new"), RIGHT)).to.deep.equal({
      matches: true,
      stale: false,
    });
  });

  it("does one full hash where there is no verifier", async () => {
    expect(await verify(null, RIGHT)).to.deep.equal({ matches: false, stale: false });
    expect(work).to.deep.equal(["hash m=64,t=2,p=1"]);
  });

  it("does one full hash more after a wrong PIN against what another system made, and none after a right one", async () => {
    await verify(pbkdf2Verifier(), WRONG);
    expect(work.splice(0)).to.deep.equal(["hash m=64,t=2,p=1"]);
    await verify(pbkdf2Verifier(), RIGHT);
    expect(work.splice(0)).to.deep.equal([]);
    const imported = await argon2Verifier({ memoryCost: 8, timeCost: 1 }, null);
    await verify(imported, WRONG);
    expect(work.splice(0)).to.deep.equal(["verify", "hash m=64,t=2,p=1"]);
    await verify(imported, RIGHT);
    expect(work).to.deep.equal(["verify"]);
  });

  it("does one hash for a PIN of ours, right or wrong", async () => {
    const verifier = await argon2Verifier({}, "old");
    await verify(verifier, WRONG);
    await verify(verifier, RIGHT);
    expect(work).to.deep.equal(["verify", "verify"]);
  });

  it("never calls a PIN wrong for want of its pepper", async () => {
    const verifier = { ...(await hash()), pepperId: "lost" };
    for (const pin of [RIGHT, WRONG]) {
      const refusal = await refusalOf(verifier, pin);
      expect(refusal.message).not.to.contain(verifier.phc);
      expect((refusal.cause as Error).message).to.equal("pepper lost is not configured");
    }
  });

  it("never calls a PIN wrong because its verifier is damaged", async () => {
    const verifier = await hash();
    await refusalOf({ ...verifier, phc: `${verifier.phc}!` }, RIGHT);
    await refusalOf({ ...verifier, phc: "" }, RIGHT);
    await refusalOf(pbkdf2Verifier("sha256", "new"), RIGHT);
  });

  it("spends nothing on a verifier beyond the bounds", async () => {
    const verifier = await argon2Verifier({}, "new");
    for (const costly of ["m=1048576,t=2,p=1", "m=64,t=1000000,p=1"]) {
      await refusalOf({ ...verifier, phc: verifier.phc.replace(/m=64,[^$]+/, costly) }, RIGHT);
    }
    const eternal = pbkdf2Verifier().phc.replace("i=1000", "i=4294967295");
    await refusalOf({ phc: eternal, pepperId: null }, RIGHT);
    expect(work).to.deep.equal([]);
  });

  it("says so when the engine fails, and gives the permit back", async () => {
    const verifier = await hash();
    const fail = () => Promise.reject(new Error("out of memory"));
    Object.assign(engine, { hash: fail, verify: fail });
    await refusalOf(verifier, RIGHT);
    const refusal: unknown = await hash().catch((error: unknown) => error);
    expect(refusal).to.have.property("code", "HASHING_ERROR");
    expect(admission.slots).to.equal(0);
  });

  it("does not start with costs whose verifiers it would refuse, nor without a pepper", () => {
    const params = { ...PARAMS, memory: 1_048_576 };
    expect(() => argon2PinHasher({ engine, params, peppers: PEPPERS, admission })).to.throw(PhcError);
    expect(() => argon2PinHasher({ engine, params: PARAMS, peppers: new Map(), admission })).to.throw(
      "no pepper",
    );
  });
});

describe("The peppers that are missing", () => {
  it("are those in use that are not configured", () => {
    expect(missingPeppers(new Set(["b", "c"]), ["a", "b", "d"])).to.deep.equal(["a", "d"]);
    expect(missingPeppers(new Set(["a"]), [])).to.deep.equal([]);
    expect(missingPeppers(new Set(), ["a"])).to.deep.equal(["a"]);
  });
});
