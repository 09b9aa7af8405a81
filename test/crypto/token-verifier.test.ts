import { createSecretKey, randomBytes } from "node:crypto";
import { expect } from "chai";
import { createLocalJWKSet } from "jose";
import { devIssuer } from "../../server/crypto/dev-issuer.ts";
import { remoteKeys, secretKey, tokenVerifier } from "../../server/crypto/token-verifier.ts";
import { Refusal } from "../../server/domain/errors.ts";
import { principalOf } from "../../server/domain/principal.ts";
import { hostileTokens } from "../helpers/hostile-tokens.ts";
import { AUDIENCE, ISSUER, goodClaims, newKey, publishKeys, seconds, sign } from "../helpers/issuer.ts";
import type { SigningKey } from "../helpers/issuer.ts";

const NOW = Date.UTC(2026, 0, 31, 12);
const RULES = { issuer: ISSUER, audience: AUDIENCE, types: ["at+jwt", "JWT"] };
const ASYMMETRIC = ["ES256", "EdDSA", "RS256", "PS256"];

const secret = randomBytes(32);
const shared: SigningKey = {
  alg: "HS256",
  kid: "shared",
  privateKey: createSecretKey(secret),
  publicJwk: { kty: "oct" },
};
const withSecret = tokenVerifier({ ...RULES, algorithms: ["HS256"] }, secretKey(secret));

const pinning = (...keys: SigningKey[]) =>
  tokenVerifier(
    { ...RULES, algorithms: ASYMMETRIC },
    createLocalJWKSet({ keys: keys.map(({ publicJwk }) => publicJwk) }),
  );

describe("An access token", () => {
  for (const alg of [...ASYMMETRIC, "HS256"]) {
    it(`of ${alg} is believed when all is right, and none of the adversary's or an erring issuer's is`, async () => {
      const key = alg === "HS256" ? shared : await newKey(alg, "key-1");
      const verifier = alg === "HS256" ? withSecret : pinning(key);
      const judge = async (token: string) => {
        const verdict = await verifier.verify(token, NOW);
        return "rejected" in verdict ? null : principalOf(verdict.claims, NOW);
      };
      const good = goodClaims(NOW);
      expect(await judge(await sign(key, good))).to.include({ subject: "alice", sessionId: "session-1" });
      const hostile = await hostileTokens(key, good, NOW);
      expect(hostile.length).to.be.greaterThan(100);
      for (const [name, token] of hostile) {
        const principal = await judge(token);
        expect(principal === null || "flaw" in principal, name).to.equal(true);
      }
    });
  }

  it("may be typed and timed as the standards allow", async () => {
    const key = await newKey("ES256", "key-1");
    const verifier = pinning(key);
    const t = seconds(NOW);
    const fine: [Record<string, unknown>, Record<string, unknown>?][] = [
      [{}, { typ: "JWT" }],
      [{}, { typ: "application/at+jwt" }],
      [{}, { typ: "AT+JWT" }],
      [{}, { kid: undefined }],
      [{ aud: ["https://other.example", AUDIENCE] }],
      [{ exp: t - 4 }],
      [{ nbf: t + 4, iat: t + 4 }],
    ];
    for (const [claims, header] of fine) {
      const verdict = await verifier.verify(await sign(key, goodClaims(NOW, claims), header), NOW);
      expect(verdict, JSON.stringify([claims, header])).to.have.property("claims");
    }
  });

  it("that has expired is told apart only when all else is right", async () => {
    const key = await newKey("ES256", "key-1");
    const verdict = async (changes: object, signer = key) => {
      const claims = goodClaims(NOW, { exp: seconds(NOW) - 6, ...changes });
      return pinning(key).verify(await sign(signer, claims), NOW);
    };
    expect(await verdict({})).to.include({ rejected: "expired" });
    for (const changes of [{ iss: "x" }, { aud: "x" }]) {
      expect(await verdict(changes)).to.include({ rejected: "invalid" });
    }
    expect(await verdict({}, await newKey("ES256", "key-1"))).to.include({ rejected: "invalid" });
  });

  it("that is rejected leaves nothing of itself in the reason", async () => {
    const key = await newKey("ES256", "key-1");
    const good = goodClaims(NOW, { sub: "canary-sub", sid: "canary-sid" });
    for (const [name, token] of await hostileTokens(key, good, NOW)) {
      const verdict = await pinning(key).verify(token, NOW);
      if ("why" in verdict)
        expect(verdict.why, name).to.match(/^(too long|header has [\w ]+|ERR_\w+[\w ]*)$/);
    }
  });

  it("without kid is tried with every key that it could be of, and judged as sharply", async () => {
    const keys = [await newKey("ES256", "a"), await newKey("ES256", "b"), await newKey("ES256", "c")];
    const verifier = pinning(...keys);
    for (const key of keys) {
      const token = (changes = {}) => sign(key, goodClaims(NOW, changes), { kid: undefined });
      expect(await verifier.verify(await token(), NOW)).to.have.property("claims");
      expect(await verifier.verify(await token({ aud: "x" }), NOW)).to.include({ rejected: "invalid" });
      expect(await verifier.verify(await token({ exp: 1 }), NOW)).to.include({ rejected: "expired" });
    }
    const foreign = await sign(await newKey("ES256", "a"), goodClaims(NOW), { kid: undefined });
    expect(await verifier.verify(foreign, NOW)).to.include({ rejected: "invalid" });
  });

  it("of a shared secret is nothing where keys are published, and the other way round", async () => {
    const key = await newKey("RS256", "key-1");
    const published = { ...key.publicJwk, k: secret.toString("base64url") };
    const symmetric = { kty: "oct", k: secret.toString("base64url"), kid: "shared", alg: "HS256" };
    const mixed = tokenVerifier(
      { ...RULES, algorithms: ASYMMETRIC },
      createLocalJWKSet({ keys: [published, symmetric] }),
    );
    expect(await mixed.verify(await sign(key, goodClaims(NOW)), NOW)).to.have.property("claims");
    expect(await mixed.verify(await sign(shared, goodClaims(NOW)), NOW)).to.include({ rejected: "invalid" });
    expect(await withSecret.verify(await sign(key, goodClaims(NOW)), NOW)).to.include({
      rejected: "invalid",
    });
  });

  it("of the built-in issuer takes the same way", async () => {
    const names = { issuer: ISSUER, audience: AUDIENCE };
    const [issuer, other] = [devIssuer(randomBytes(32), names), devIssuer(randomBytes(32), names)];
    const verifier = tokenVerifier({ ...RULES, algorithms: ["EdDSA"] }, issuer.keys);
    const claims = goodClaims(NOW);
    expect(await verifier.verify(await issuer.sign(claims), NOW)).to.have.property("claims");
    expect(await verifier.verify(await other.sign(claims), NOW)).to.include({ rejected: "invalid" });
  });
});

describe("An issuer's published keys", () => {
  it("are fetched once for many tokens, and forgeries do not have them fetched again", async () => {
    const key = await newKey("ES256", "key-1");
    const jwks = await publishKeys([key.publicJwk]);
    try {
      const verifier = tokenVerifier({ ...RULES, algorithms: ASYMMETRIC }, remoteKeys(jwks.url));
      for (let i = 0; i < 5; i++) {
        expect(await verifier.verify(await sign(key, goodClaims(NOW)), NOW)).to.have.property("claims");
      }
      for (const [, token] of await hostileTokens(key, goodClaims(NOW), NOW))
        await verifier.verify(token, NOW);
      expect(jwks.requests).to.deep.equal(["/jwks.json"]);
    } finally {
      await jwks.close();
    }
  });

  it("come and go: a new one within half a minute of being asked for, a withdrawn one in ten", async () => {
    const [old, young] = [await newKey("ES256", "old"), await newKey("ES256", "young")];
    const jwks = await publishKeys([old.publicJwk]);
    const realNow = Date.now;
    const after = (seconds: number) => (Date.now = () => realNow() + seconds * 1_000);
    try {
      const verifier = tokenVerifier({ ...RULES, algorithms: ASYMMETRIC }, remoteKeys(jwks.url));
      const believes = async (key: SigningKey) =>
        "claims" in (await verifier.verify(await sign(key, goodClaims(NOW)), NOW));
      expect(await believes(old)).to.equal(true);
      jwks.keys = [old.publicJwk, young.publicJwk];
      expect(await believes(young)).to.equal(false);
      after(31);
      expect(await believes(young)).to.equal(true);
      jwks.keys = [young.publicJwk];
      expect(await believes(old)).to.equal(true);
      after(31 + 601);
      expect(await believes(old)).to.equal(false);
      expect(await believes(young)).to.equal(true);
    } finally {
      Date.now = realNow;
      await jwks.close();
    }
  });

  it("that cannot be had are our trouble and not the token's", async () => {
    const key = await newKey("ES256", "key-1");
    const jwks = await publishKeys([]);
    const token = await sign(key, goodClaims(NOW));
    const refusal = async () => {
      const verifier = tokenVerifier({ ...RULES, algorithms: ASYMMETRIC }, remoteKeys(jwks.url));
      const error = await verifier.verify(token, NOW).then(
        () => null,
        (reason: unknown) => reason,
      );
      return error instanceof Refusal ? error.code : error;
    };
    jwks.keys = null;
    expect(await refusal()).to.equal("AUTHENTICATION_UNAVAILABLE");
    jwks.keys = "no list" as never;
    expect(await refusal()).to.equal("AUTHENTICATION_UNAVAILABLE");
    jwks.keys = [{ ...key.publicJwk, x: "AA" }];
    expect(await refusal()).to.equal("AUTHENTICATION_UNAVAILABLE");
    await jwks.close();
    expect(await refusal()).to.equal("AUTHENTICATION_UNAVAILABLE");
  });
});
