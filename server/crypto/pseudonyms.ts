import { createHmac, createSecretKey, hkdfSync } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { accountName } from "../domain/principal.ts";
import type { AliasKind, Pseudonyms } from "../ports.ts";

/**
 * Keyed one-way names, HMAC-SHA256 under PSEUDONYM_KEY. Phone numbers can all be enumerated, so an unkeyed hash of one
 * is the number itself. The labels keep the uses apart: no value of one can stand for another.
 */
export function keyedPseudonyms(key: Uint8Array, pepper: Uint8Array): Pseudonyms {
  // A request's fingerprint covers its PIN: whoever tests PINs against it must need the pepper, as for a verifier.
  const fingerprintBytes = hkdfSync("sha256", pepper, "", "identity-ledger/fingerprint/v1", 32);
  // Imported once, and not for every MAC.
  const fingerprintKey = createSecretKey(new Uint8Array(fingerprintBytes));
  const nameKey = createSecretKey(key);
  const mac = (label: string, ...parts: string[]) => keyedMac(nameKey, label, parts);
  const keyedMac = (secret: KeyObject, label: string, parts: readonly string[]) =>
    createHmac("sha256", secret)
      .update([`identity-ledger/${label}/v1`, ...parts].join("\0"))
      .digest();
  const alias = (kind: AliasKind, value: string) => mac("alias", kind, value).toString("hex");
  return {
    alias,
    account: (issuer: string, subject: string) => alias("account", accountName(issuer, subject)),
    otpMac: (challengeId: string, code: string) => mac("otp", challengeId, code),
    name: (label: string, ...parts: string[]) => mac(label, JSON.stringify(parts)).toString("hex"),
    fingerprint: (label: string, ...parts: string[]) =>
      keyedMac(fingerprintKey, label, parts).toString("hex"),
  };
}
