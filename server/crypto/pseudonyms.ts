import { createHmac } from "node:crypto";
import type { AliasKind, Pseudonyms } from "../ports.ts";

/**
 * Keyed one-way names, HMAC-SHA256 under PSEUDONYM_KEY. Phone numbers can all be enumerated, so an unkeyed hash of one
 * is the number itself. The labels keep the uses apart: no value of one can stand for another.
 */
export function keyedPseudonyms(key: Uint8Array): Pseudonyms {
  const mac = (label: string, ...parts: string[]) =>
    createHmac("sha256", key)
      .update([`identity-ledger/${label}/v1`, ...parts].join("\0"))
      .digest();
  return {
    alias: (kind: AliasKind, value: string) => mac("alias", kind, value).toString("hex"),
    otpMac: (challengeId: string, code: string) => mac("otp", challengeId, code),
    fingerprint: (label: string, ...parts: string[]) => mac(label, ...parts).toString("hex"),
  };
}
