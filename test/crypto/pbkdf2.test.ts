import { expect } from "chai";
import { verifyPbkdf2 } from "../../server/crypto/pbkdf2.ts";
import type { Pbkdf2Verifier } from "../../server/crypto/phc.ts";

const VECTORS: readonly [
  source: string,
  algorithm: Pbkdf2Verifier["algorithm"],
  password: string,
  salt: string,
  iterations: number,
  hash: string,
][] = [
  [
    "RFC 7914 §11, first",
    "pbkdf2-sha256",
    "passwd",
    "salt",
    1,
    "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc" +
      "49ca9cccf179b645991664b39d77ef317c71b845b1e30bd509112041d3a19783",
  ],
  [
    "RFC 7914 §11, second",
    "pbkdf2-sha256",
    "Password",
    "NaCl",
    80_000,
    "4ddcd8f60b98be21830cee5ef22701f9641a4418d04c0414aeff08876b34ab56" +
      "a1d425a1225833549adb841b51c9b3176a272bdebba1d078478f62b397f33c8d",
  ],
  [
    "RFC 6070's inputs under SHA-256",
    "pbkdf2-sha256",
    "passwordPASSWORDpassword",
    "saltSALTsaltSALTsaltSALTsaltSALTsalt",
    4_096,
    "348c89dbcbd32b2f32d814b8116e84cf2b17347ebc1800181c4e2a1fb8dd53e1c635518c7dac47e9",
  ],
  [
    "RFC 6070's inputs under SHA-512",
    "pbkdf2-sha512",
    "password",
    "salt",
    4_096,
    "d197b1b33db0143e018b12f3d1d1479e6cdebdcc97c5c0f87f6902e072f457b5" +
      "143f30602641b3d55cd335988cb36b84376060ecd532e039b742a239434af2d5",
  ],
];

describe("PBKDF2", () => {
  for (const [source, algorithm, password, salt, iterations, hex] of VECTORS) {
    const hash = new Uint8Array(Buffer.from(hex, "hex"));
    const verifier = { kind: "pbkdf2", algorithm, iterations, salt: Buffer.from(salt), hash } as const;

    it(`verifies the vector of ${source}, and no password, salt, count or function but its own`, async () => {
      expect(await verifyPbkdf2(verifier, password)).to.equal(true);
      expect(await verifyPbkdf2(verifier, `${password}x`)).to.equal(false);
      expect(await verifyPbkdf2({ ...verifier, salt: Buffer.from(`${salt}x`) }, password)).to.equal(false);
      expect(await verifyPbkdf2({ ...verifier, iterations: iterations + 1 }, password)).to.equal(false);
      const other = algorithm === "pbkdf2-sha256" ? "pbkdf2-sha512" : "pbkdf2-sha256";
      expect(await verifyPbkdf2({ ...verifier, algorithm: other }, password)).to.equal(false);
    });

    it(`compares every byte of the vector of ${source}`, async () => {
      const cheap = iterations <= 4_096;
      for (const position of cheap ? hash.keys() : [0, hash.length - 1]) {
        const changed = hash.with(position, hash[position]! ^ 1);
        expect(await verifyPbkdf2({ ...verifier, hash: changed }, password), `byte ${position}`).to.equal(
          false,
        );
      }
    });
  }
});
