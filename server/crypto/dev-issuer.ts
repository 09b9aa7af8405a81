/** The issuer of development: any claims for anybody, by a key of its own that goes through the same verifier. */
import { createPrivateKey, createPublicKey } from "node:crypto";
import { SignJWT, createLocalJWKSet } from "jose";
import type { JWTVerifyGetKey } from "jose";
import type { DevIssuer } from "../ports.ts";

const ALGORITHM = "EdDSA";
const KID = "development";
/** RFC 8410: what stands before the 32 bytes of an Ed25519 seed in PKCS #8. */
const PKCS8_ED25519 = Buffer.from("302e020100300506032b657004220420", "hex");

/** @param seed 32 bytes, generated into the data folder */
export function devIssuer(
  seed: Uint8Array,
  names: { readonly issuer: string; readonly audience: string },
): DevIssuer & { readonly keys: JWTVerifyGetKey } {
  const key = createPrivateKey({
    key: Buffer.concat([PKCS8_ED25519, seed]),
    format: "der",
    type: "pkcs8",
  });
  const jwk = createPublicKey(key).export({ format: "jwk" });
  return {
    keys: createLocalJWKSet({ keys: [{ ...jwk, kid: KID, alg: ALGORITHM, use: "sig" }] }),
    sign: (claims) =>
      new SignJWT({ ...claims, iss: names.issuer, aud: names.audience })
        .setProtectedHeader({ alg: ALGORITHM, kid: KID, typ: "at+jwt" })
        .sign(key),
  };
}
