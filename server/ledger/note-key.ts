import { ed25519 } from "@noble/curves/ed25519.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { concat, equal, fromBase64, toBase64, toHex, toUtf8 } from "./bytes.ts";
import { LedgerRefusal } from "./errors.ts";

/** Signature types of C2SP signed-note: a log's own Ed25519, and a witness's cosignature/v1 with Ed25519. */
export type KeyType = 0x01 | 0x04;
const ED25519 = 0x01;
const PUBLIC_KEY_BYTES = 32;

/**
 * A key that verifies signed notes. In text (the "vkey" of Go's sumdb/note, one line):
 *
 *     <name>+<key id, 8 hex digits>+<base64(type ‖ 32-byte Ed25519 public key)>
 *     key id = SHA-256(name ‖ 0x0A ‖ type ‖ public key)[:4]
 *
 * The type is 0x01 for whoever signs the text itself, and 0x04 for witnesses (see cosignature.ts).
 */
export interface VerifierKey {
  readonly name: string;
  /** 4 bytes; an identifier, not a commitment to the key. */
  readonly keyId: Uint8Array;
  readonly publicKey: Uint8Array;
}

/** A verifier key, and the ability to sign for it. */
export interface NoteSigner extends VerifierKey {
  /** The 64-byte Ed25519 signature (RFC 8032) over the text's UTF-8. */
  readonly sign: (text: string) => Uint8Array;
}

/** A verifier key from its parts. Refuses names that a note cannot carry with `verifier_key_malformed`. */
export function verifierKey(name: string, publicKey: Uint8Array, type: KeyType = ED25519): VerifierKey {
  if (!isKeyName(name)) throw malformed("the name is empty, or has a space, a control character or a plus");
  if (publicKey.length !== PUBLIC_KEY_BYTES || !ed25519.utils.isValidPublicKey(publicKey, false)) {
    throw malformed("the public key is not an Ed25519 key");
  }
  const id = sha256(concat(toUtf8(name), Uint8Array.of(0x0a, type), publicKey)).slice(0, 4);
  return { name, keyId: id, publicKey };
}

/** A signer from its 32-byte Ed25519 secret key (the seed of RFC 8032). */
export function createSigner(name: string, secretKey: Uint8Array): NoteSigner {
  const key = verifierKey(name, ed25519.getPublicKey(secretKey));
  return { ...key, sign: (text) => ed25519.sign(toUtf8(text), secretKey) };
}

/** The text form of a verifier key. */
export function formatVerifierKey({ name, keyId, publicKey }: VerifierKey, type: KeyType = ED25519): string {
  return `${name}+${toHex(keyId).slice(2)}+${toBase64(concat(Uint8Array.of(type), publicKey))}`;
}

/** Reads the text form, whose key id must be the right one. Refuses with `verifier_key_malformed`. */
export function parseVerifierKey(text: string, type: KeyType = ED25519): VerifierKey {
  const match = /^([^+]+)\+([0-9a-f]{8})\+([^\s]+)$/.exec(text);
  const [, name = "", keyId = "", encoded = ""] = match ?? [];
  if (match === null) throw malformed("expected name+id+key");
  const bytes = decodeKey(encoded);
  if (bytes[0] !== type) throw malformed(`the key is not of type 0x0${type}`);
  const key = verifierKey(name, bytes.slice(1), type);
  if (toHex(key.keyId) !== `0x${keyId}`) throw malformed("the key id does not belong to the name and key");
  return key;
}

/**
 * Whether `signature` is this key's over `text`. Encodings as RFC 8032 has them, not ZIP-215, so that nobody can
 * derive a second signature of the same text; and the equation of section 5.1.7 with its cofactor of 8. Another
 * verifier that leaves the cofactor out would disagree over signatures that only the key's holder can contrive.
 */
export function verifySignature(key: VerifierKey, text: string, signature: Uint8Array): boolean {
  return signature.length === 64 && ed25519.verify(signature, toUtf8(text), key.publicKey, { zip215: false });
}

/** Whether two keys share name and id: the pair that a signature line names. */
export function sameKey(
  a: Pick<VerifierKey, "name" | "keyId">,
  b: Pick<VerifierKey, "name" | "keyId">,
): boolean {
  return a.name === b.name && equal(a.keyId, b.keyId);
}

/** Whether a signature line can carry this name: not empty, no Unicode space, control character or plus. */
export function isKeyName(name: string): boolean {
  return name.isWellFormed() && /^[^\s\u0085\p{Cc}+]+$/u.test(name);
}

function decodeKey(encoded: string): Uint8Array {
  try {
    return fromBase64(encoded);
  } catch (cause) {
    throw new LedgerRefusal("verifier_key_malformed", "malformed verifier key: the key is not base64", {
      cause,
    });
  }
}

function malformed(why: string): LedgerRefusal {
  return new LedgerRefusal("verifier_key_malformed", `malformed verifier key: ${why}`);
}
