import { ed25519 } from "@noble/curves/ed25519.js";
import { concat, equal, toUtf8 } from "./bytes.ts";
import { LedgerRefusal } from "./errors.ts";
import { formatVerifierKey, parseVerifierKey, sameKey, verifierKey, verifySignature } from "./note-key.ts";
import type { VerifierKey } from "./note-key.ts";
import type { NoteSignature, SignedNote } from "./signed-note.ts";

/** Signature type of a key that cosigns, C2SP tlog-cosignature with Ed25519. */
const COSIGNATURE = 0x04;
const TIMESTAMP_BYTES = 8;

/**
 * A witness's statement that, at `timestamp`, the checkpoint was of the largest consistent tree it had seen of the log:
 * C2SP tlog-cosignature v1. On its signature line, after the key id:
 *
 *     timestamp, seconds since the epoch, big-endian uint64 ‖ Ed25519 signature, 64 bytes
 *
 * and what is signed is `cosignature/v1\n`, `time <timestamp>\n`, and the text of the checkpoint.
 */
export interface Cosignature {
  readonly witness: VerifierKey;
  /** Seconds since the epoch, by the witness's clock. */
  readonly timestamp: number;
  /** The line as it stands on the note. */
  readonly line: NoteSignature;
}

/** Reads a witness's key in text. Refuses any other with `verifier_key_malformed`. */
export function parseWitnessKey(text: string): VerifierKey {
  return parseVerifierKey(text, COSIGNATURE);
}

/** The text form of a witness's key. */
export function formatWitnessKey(key: VerifierKey): string {
  return formatVerifierKey(key, COSIGNATURE);
}

/**
 * The keys of several witnesses. The signed message does not name the witness, so one key under two names could sign
 * once and count twice: refused with `trust_malformed`.
 */
export function parseWitnessKeys(texts: readonly string[]): VerifierKey[] {
  const keys = texts.map(parseWitnessKey);
  keys.forEach((key, i) => {
    if (keys.slice(0, i).some((other) => equal(other.publicKey, key.publicKey) || sameKey(other, key))) {
      throw new LedgerRefusal("trust_malformed", `the witness ${key.name} has the key of another`);
    }
  });
  return keys;
}

export interface Witness extends VerifierKey {
  /** The signature line with which the witness vouches for a checkpoint's text. */
  readonly cosign: (text: string, timestamp: number) => NoteSignature;
}

/** A witness from its 32-byte Ed25519 secret key. */
export function createWitness(name: string, secretKey: Uint8Array): Witness {
  const key = verifierKey(name, ed25519.getPublicKey(secretKey), COSIGNATURE);
  return {
    ...key,
    cosign(text, timestamp) {
      const signature = ed25519.sign(toUtf8(cosignedMessage(text, timestamp)), secretKey);
      return { name, keyId: key.keyId, signature: concat(uint64(timestamp), signature) };
    },
  };
}

/**
 * The cosignatures of known witnesses on a note, the latest of each. Lines of unknown keys are ignored, as signed-note
 * has it; a bad one of a known key condemns the note: refused with `note_signature_invalid`.
 */
export function cosignaturesOf(note: SignedNote, witnesses: readonly VerifierKey[]): Cosignature[] {
  const latest = new Map<VerifierKey, Cosignature>();
  for (const line of distinct(note.signatures)) {
    const witness = witnesses.find((key) => sameKey(key, line));
    if (witness === undefined) continue;
    const timestamp = timestampOf(line.signature);
    const signature = line.signature.slice(TIMESTAMP_BYTES);
    if (timestamp === null || !verifySignature(witness, cosignedMessage(note.text, timestamp), signature)) {
      throw new LedgerRefusal(
        "note_signature_invalid",
        `the cosignature of ${witness.name} is not over this text`,
      );
    }
    const before = latest.get(witness);
    if (before === undefined || before.timestamp < timestamp)
      latest.set(witness, { witness, timestamp, line });
  }
  return [...latest.values()];
}

function cosignedMessage(text: string, timestamp: number): string {
  return `cosignature/v1\ntime ${timestamp}\n${text}`;
}

/** Null for what cannot be a cosignature's, and for times after the year 285,000,000, which `number` cannot hold. */
function timestampOf(signature: Uint8Array): number | null {
  if (signature.length !== TIMESTAMP_BYTES + 64) return null;
  const timestamp = signature.slice(0, TIMESTAMP_BYTES).reduce((value, byte) => value * 256 + byte, 0);
  return Number.isSafeInteger(timestamp) ? timestamp : null;
}

function uint64(value: number): Uint8Array {
  const bytes = new Uint8Array(TIMESTAMP_BYTES);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value));
  return bytes;
}

/** The same line many times over would cost a hostile note nothing, and us a verification each. */
function distinct(lines: readonly NoteSignature[]): NoteSignature[] {
  return lines.filter(
    (line, i) => !lines.slice(0, i).some((one) => sameKey(one, line) && equal(one.signature, line.signature)),
  );
}
