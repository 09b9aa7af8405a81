import { expect } from "chai";
import fc from "fast-check";
import { PhcError, checkArgon2Params, formatPhc, inspectPhc, parsePhc } from "../../server/crypto/phc.ts";
import type { ParsedVerifier, PhcFlaw } from "../../server/crypto/phc.ts";

const base64 = (length: number, byte = 7) => Buffer.alloc(length, byte).toString("base64").replace(/=+$/, "");
const SALT = base64(16, 0xa5);
const HASH = base64(32, 0x5a);
const ARGON2 = `$argon2id$v=19$m=65536,t=3,p=1$${SALT}$${HASH}`;
const PBKDF2 = `$pbkdf2-sha256$i=310000$${SALT}$${HASH}`;

function flawOf(text: string): PhcFlaw | null {
  try {
    parsePhc(text);
    return null;
  } catch (error) {
    if (!(error instanceof PhcError)) throw error;
    expect(error.message).not.to.contain(SALT).and.not.to.contain(HASH);
    return error.flaw;
  }
}

describe("A PHC string", () => {
  it("is read for what it says", () => {
    expect(parsePhc(ARGON2)).to.deep.equal({
      kind: "argon2",
      algorithm: "argon2id",
      params: { memory: 65_536, time: 3, parallelism: 1 },
      salt: new Uint8Array(16).fill(0xa5),
      hash: new Uint8Array(32).fill(0x5a),
    });
    expect(parsePhc(PBKDF2)).to.deep.equal({
      kind: "pbkdf2",
      algorithm: "pbkdf2-sha256",
      iterations: 310_000,
      salt: new Uint8Array(16).fill(0xa5),
      hash: new Uint8Array(32).fill(0x5a),
    });
  });

  const accepted = {
    "argon2i, which some systems still use": ARGON2.replace("argon2id", "argon2i"),
    "the order of the npm package argon2": ARGON2.replace("t=3,p=1", "p=1,t=3"),
    "pbkdf2-sha512": PBKDF2.replace("sha256", "sha512"),
    "the most memory": ARGON2.replace("m=65536", "m=262144"),
    "the most passes and lanes": ARGON2.replace("t=3,p=1", "t=16,p=16"),
    "the least Argon2 there is": ARGON2.replace("m=65536,t=3", "m=8,t=1"),
    "the least iterations": PBKDF2.replace("310000", "1000"),
    "the most iterations": PBKDF2.replace("310000", "5000000"),
    "the shortest salt": ARGON2.replace(SALT, base64(8)),
    "the longest of everything": `$argon2id$v=19$m=262144,t=16,p=16$${base64(64)}$${base64(64)}`,
    "the shortest hash": PBKDF2.replace(HASH, base64(16)),
  };
  for (const [name, text] of Object.entries(accepted)) {
    it(`is accepted: ${name}`, () => expect(flawOf(text)).to.equal(null));
  }

  const refused: Record<string, [PhcFlaw, string]> = {
    "an empty string": ["unsupported", ""],
    "argon2d, which leaks through its memory accesses": ["unsupported", ARGON2.replace("2id", "2d")],
    bcrypt: ["unsupported", "$2b$12$saltsaltsaltsaltsaltsaltsaltsaltsaltsaltsaltsaltsaltsalt"],
    scrypt: ["unsupported", `$scrypt$ln=17,r=8,p=1$${SALT}$${HASH}`],
    "pbkdf2-sha1": ["unsupported", PBKDF2.replace("sha256", "sha1")],
    "pbkdf2 without its hash function": ["unsupported", PBKDF2.replace("-sha256", "")],
    "a function in capitals": ["unsupported", ARGON2.replace("argon2id", "ARGON2ID")],
    "the old version of Argon2": ["unsupported", ARGON2.replace("v=19", "v=16")],
    "no version": ["unsupported", ARGON2.replace("$v=19", "")],
    "text before it": ["unsupported", ` ${ARGON2}`],
    "text after it": ["malformed", `${ARGON2} `],
    "a line feed after it": ["malformed", `${ARGON2}\n`],
    "parameters in another order": ["malformed", ARGON2.replace("m=65536,t=3", "t=3,m=65536")],
    "parameters in a third order": ["malformed", ARGON2.replace("m=65536,t=3,p=1", "p=1,m=65536,t=3")],
    "a parameter twice": ["malformed", ARGON2.replace("t=3", "t=3,t=3")],
    "a parameter too few": ["malformed", ARGON2.replace(",p=1", "")],
    "a key id": ["malformed", ARGON2.replace("p=1", "p=1,keyid=AAAA")],
    "associated data": ["malformed", ARGON2.replace("p=1", "p=1,data=AAAA")],
    "an output length": ["malformed", PBKDF2.replace("310000", "310000,l=32")],
    "passlib's iterations without a name": ["malformed", PBKDF2.replace("i=", "")],
    "a leading zero": ["malformed", ARGON2.replace("t=3", "t=03")],
    "a plus sign": ["malformed", ARGON2.replace("t=3", "t=+3")],
    "a minus sign": ["malformed", ARGON2.replace("t=3", "t=-3")],
    "a fraction": ["malformed", ARGON2.replace("t=3", "t=3.0")],
    "an exponent": ["malformed", PBKDF2.replace("310000", "31e4")],
    hexadecimal: ["malformed", PBKDF2.replace("310000", "0x4baf0")],
    "digits of another script": ["malformed", ARGON2.replace("t=3", "t=٣")],
    "a number of eleven digits": ["malformed", ARGON2.replace("65536", "10000065536")],
    zero: ["malformed", ARGON2.replace("t=3", "t=0")],
    "no salt": ["malformed", ARGON2.replace(SALT, "")],
    "no hash": ["malformed", ARGON2.replace(`$${HASH}`, "")],
    "an empty hash": ["malformed", ARGON2.replace(HASH, "")],
    "a field too many": ["malformed", `${ARGON2}$`],
    "padded base64": ["malformed", ARGON2.replace(SALT, `${SALT}==`)],
    "URL-safe base64": ["malformed", ARGON2.replace(HASH, `-_${HASH.slice(2)}`)],
    "passlib's base64": ["malformed", ARGON2.replace(HASH, `.${HASH.slice(1)}`)],
    "bits beyond the salt's last byte": ["malformed", ARGON2.replace(SALT, `${SALT.slice(0, -1)}R`)],
    "base64 of an impossible length": ["malformed", ARGON2.replace(HASH, `${HASH}AA`)],
    "1 GiB of memory": ["out_of_bounds", ARGON2.replace("65536", "1048576")],
    "a KiB more than the most memory": ["out_of_bounds", ARGON2.replace("65536", "262145")],
    "less memory than there is": ["out_of_bounds", ARGON2.replace("65536", "7")],
    "less memory than its lanes need": ["out_of_bounds", ARGON2.replace("m=65536,t=3,p=1", "m=127,t=3,p=16")],
    "a pass too many": ["out_of_bounds", ARGON2.replace("t=3", "t=17")],
    "a lane too many": ["out_of_bounds", ARGON2.replace("p=1", "p=17")],
    "an iteration too few": ["out_of_bounds", PBKDF2.replace("310000", "999")],
    "an iteration too many": ["out_of_bounds", PBKDF2.replace("310000", "5000001")],
    "a salt too short": ["out_of_bounds", ARGON2.replace(SALT, base64(7))],
    "a salt too long": ["out_of_bounds", ARGON2.replace(SALT, base64(65))],
    "a hash too short": ["out_of_bounds", PBKDF2.replace(HASH, base64(15))],
    "a hash too long": ["out_of_bounds", PBKDF2.replace(HASH, base64(65))],
    "more than a verifier can have": ["too_long", ARGON2 + "A".repeat(10_000_000)],
  };
  for (const [name, [flaw, text]] of Object.entries(refused)) {
    it(`is refused: ${name}`, () => expect(flawOf(text)).to.equal(flaw));
  }

  const bytes = (least: number, most: number) =>
    fc.uint8Array({ minLength: least, maxLength: most }).map((array) => new Uint8Array(array));
  const [salt, hash] = [bytes(8, 64), bytes(16, 64)];
  const verifiers: fc.Arbitrary<ParsedVerifier> = fc.oneof(
    fc.record({
      kind: fc.constant("argon2" as const),
      algorithm: fc.constantFrom("argon2id" as const, "argon2i" as const),
      params: fc.record({
        memory: fc.integer({ min: 128, max: 262_144 }),
        time: fc.integer({ min: 1, max: 16 }),
        parallelism: fc.integer({ min: 1, max: 16 }),
      }),
      salt,
      hash,
    }),
    fc.record({
      kind: fc.constant("pbkdf2" as const),
      algorithm: fc.constantFrom("pbkdf2-sha256" as const, "pbkdf2-sha512" as const),
      iterations: fc.integer({ min: 1_000, max: 5_000_000 }),
      salt,
      hash,
    }),
  );

  it("says the same when it is written and read again, whatever the verifier", () => {
    fc.assert(
      fc.property(verifiers, (verifier) => {
        expect(parsePhc(formatPhc(verifier))).to.deep.equal(verifier);
      }),
    );
  });

  it("means the same in the npm package's order of parameters", () => {
    const text = ARGON2.replace("m=65536,t=3,p=1", "m=65536,p=4,t=2");
    expect(parsePhc(text)).to.have.property("params").deep.equal({ memory: 65_536, time: 2, parallelism: 4 });
  });

  it("has one spelling only, and is refused in an orderly way, however it is mangled", () => {
    const edit = fc.record({
      at: fc.nat(200),
      remove: fc.nat(4),
      insert: fc.oneof(fc.string({ maxLength: 4 }), fc.constantFrom("$", "=", ",", "0", "A", "\n", "\0")),
    });
    const mangled = fc.tuple(verifiers, fc.array(edit, { maxLength: 3 })).map(([verifier, edits]) =>
      edits.reduce((text, { at, remove, insert }) => {
        const from = at % (text.length + 1);
        return text.slice(0, from) + insert + text.slice(from + remove);
      }, formatPhc(verifier)),
    );
    fc.assert(
      fc.property(fc.oneof(mangled, fc.string({ unit: "binary" })), (text) => {
        if (flawOf(text) === null) expect(formatPhc(parsePhc(text))).to.equal(text);
      }),
      { numRuns: 5_000 },
    );
  });

  it("is described to an import by its function alone, or by its flaw", () => {
    expect(inspectPhc(PBKDF2)).to.deep.equal({ format: "pbkdf2-sha256" });
    expect(inspectPhc(`${PBKDF2}$`))
      .to.have.property("flaw")
      .that.is.a("string");
  });
});

describe("Argon2 parameters", () => {
  it("are refused where their verifiers could not be read back", () => {
    expect(() => checkArgon2Params({ memory: 262_144, time: 3, parallelism: 1 })).not.to.throw();
    for (const params of [
      { memory: 524_288, time: 3, parallelism: 1 },
      { memory: 65_536, time: 17, parallelism: 1 },
      { memory: 65_536, time: 3, parallelism: 32 },
    ]) {
      expect(() => checkArgon2Params(params)).to.throw(PhcError);
    }
  });
});
