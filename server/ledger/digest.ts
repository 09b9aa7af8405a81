import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { concat, toUtf8 } from "./bytes.ts";

/** Length of an event's salt, in bytes. */
export const SALT_BYTES = 32;

const DOMAIN = toUtf8("identity-ledger/event/v1\0");

/**
 * An event's digest, the only thing about it that reaches the chain:
 *
 *     HMAC-SHA256(salt, "identity-ledger/event/v1" ‖ 0x00 ‖ payload)
 *
 * Hiding because of the salt: payloads can be guessed, so without it a digest would confirm a guess for ever.
 * Binding because HMAC-SHA256 with a key of fixed length is collision resistant. HMAC pads shorter keys with
 * zeros, so two salts of different lengths could give one digest: hence exactly 32 bytes, else a `RangeError`.
 */
export function eventDigest(salt: Uint8Array, payload: Uint8Array): Uint8Array {
  if (salt.length !== SALT_BYTES) throw new RangeError(`a salt has ${SALT_BYTES} bytes, not ${salt.length}`);
  return hmac(sha256, salt, concat(DOMAIN, payload));
}
