import { expect } from "chai";
import fc from "fast-check";
import { phcClientHashes } from "../../server/crypto/client-hash.ts";
import { formatPhc } from "../../server/crypto/phc.ts";
import { Refusal } from "../../server/domain/errors.ts";

const bytes = (least: number, most: number) => fc.uint8Array({ minLength: least, maxLength: most });

const hashes = fc
  .record({
    time: fc.integer({ min: 1, max: 16 }),
    parallelism: fc.integer({ min: 1, max: 16 }),
    memory: fc.integer({ min: 128, max: 262_144 }),
    salt: bytes(8, 64),
    hash: bytes(16, 64),
  })
  .map(({ salt, hash, ...params }) =>
    formatPhc({ kind: "argon2", algorithm: "argon2id", params, salt, hash }),
  );

describe("A PIN that its client has hashed", () => {
  it("is read into one spelling, and into all of it but the digest", () => {
    fc.assert(
      fc.property(hashes, (text) => {
        const { secret, parameters } = phcClientHashes.read(text);
        expect(secret).to.equal(text);
        const digest = text.split("$").at(-1)!;
        expect(`${parameters}$${digest}`).to.equal(text);
        expect(parameters.split("$")).to.have.length(5);
        expect(phcClientHashes.read(text.replace(/(t=\d+),(p=\d+)/, "$2,$1"))).to.deep.equal({
          secret,
          parameters,
        });
      }),
    );
  });

  it("with any one character lost, doubled or replaced is another, or refused without repeating it", () => {
    const edits = fc.tuple(hashes, fc.nat(), fc.constantFrom("", "$", "=", " ", "A", "9", "\n", "ä"));
    fc.assert(
      fc.property(edits, ([text, at, put]) => {
        const i = at % text.length;
        const changed = text.slice(0, i) + put + text.slice(i + 1);
        if (changed === text) return;
        try {
          expect(phcClientHashes.read(changed).secret).not.to.equal(text);
        } catch (error) {
          if (!(error instanceof Refusal)) throw error;
          expect(error).to.include({ code: "PIN_FORMAT_ERROR" });
          expect(error.reason).to.match(/^pin_hash_(unsupported|malformed|out_of_bounds|too_long)$/);
          expect(error.message).not.to.contain(text.split("$")[4]);
        }
      }),
    );
  });

  it("is none of the other functions that stored verifiers may have", () => {
    for (const text of [
      "$pbkdf2-sha256$i=310000$c29tZXNhbHQ$AAAAAAAAAAAAAAAAAAAAAA",
      "$argon2i$v=19$m=65536,t=3,p=4$c29tZXNhbHQ$AAAAAAAAAAAAAAAAAAAAAA",
    ]) {
      expect(() => phcClientHashes.read(text))
        .to.throw(Refusal)
        .with.property("reason", "pin_hash_unsupported");
    }
  });
});
