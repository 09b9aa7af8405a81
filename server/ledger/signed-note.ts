import { concat, fromBase64, toBase64 } from "./bytes.ts";
import { LedgerRefusal } from "./errors.ts";
import { isKeyName, sameKey, verifySignature } from "./note-key.ts";
import type { NoteSigner, VerifierKey } from "./note-key.ts";

/** One signature line. `signature` is what follows the key id: 64 bytes for Ed25519, other lengths for others. */
export interface NoteSignature {
  readonly name: string;
  readonly keyId: Uint8Array;
  readonly signature: Uint8Array;
}

/**
 * A C2SP signed note:
 *
 *     <text, of any lines, ending in a newline>
 *     <an empty line>
 *     — <key name> <base64(4-byte key id ‖ signature)>      (one or more, each ending in a newline)
 *
 * UTF-8, no control character but the newline. The signatures are over the text with its final newline.
 */
export interface SignedNote {
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

/** Ample for a checkpoint and its witnesses, little enough that parsing a hostile note costs nothing. */
const MAX_NOTE_LENGTH = 64 * 1024;
const MAX_SIGNATURES = 100;
const SIGNATURE_LINE = /^— ([^ ]+) ([^ ]+)$/;

/** Reads a note without judging its signatures. Refuses every deviation in form with `note_malformed`. */
export function parseNote(note: string): SignedNote {
  if (note.length > MAX_NOTE_LENGTH) throw malformed("it is too long");
  if (!isNoteText(note)) throw malformed("it does not end in a newline, or has characters no note may have");
  // The last empty line, since the text may contain others.
  const split = note.lastIndexOf("\n\n");
  if (split <= 0) throw malformed("no empty line sets the signatures apart");
  const lines = note.slice(split + 2, -1).split("\n");
  if (lines.length > MAX_SIGNATURES) throw malformed("it has too many signatures");
  return { text: note.slice(0, split + 1), signatures: lines.map(parseSignatureLine) };
}

/** The text form of a note. Refuses parts that no note can have with `note_malformed`. */
export function formatNote({ text, signatures }: SignedNote): string {
  if (!isNoteText(text)) throw malformed("its text does not end in a newline, or has control characters");
  if (signatures.length === 0) throw malformed("it has no signature");
  const lines = signatures.map(({ name, keyId, signature }) => {
    if (!isKeyName(name) || keyId.length !== 4) throw malformed("a signature names no key");
    return `— ${name} ${toBase64(concat(keyId, signature))}\n`;
  });
  return `${text}\n${lines.join("")}`;
}

/** The note of `text` with one Ed25519 signature per signer, in their order. */
export function signNote(text: string, signers: readonly NoteSigner[]): string {
  const signatures = signers.map(({ name, keyId, sign }) => ({ name, keyId, signature: sign(text) }));
  return formatNote({ text, signatures });
}

/**
 * The note, once at least one of `keys` signed it. Signatures of unknown keys (witnesses, rotated keys, other
 * algorithms) are ignored; a bad signature of a known key condemns the note even beside a good one (C2SP
 * signed-note). Refuses with `note_malformed`, `note_signature_missing` or `note_signature_invalid`.
 */
export function verifyNote(note: string, keys: readonly VerifierKey[]): SignedNote {
  const parsed = parseNote(note);
  let verified = 0;
  for (const signature of parsed.signatures) {
    const key = keys.find((candidate) => sameKey(candidate, signature));
    if (key === undefined) continue;
    if (!verifySignature(key, parsed.text, signature.signature)) {
      throw new LedgerRefusal("note_signature_invalid", `the signature of ${key.name} is not over this text`);
    }
    verified += 1;
  }
  if (verified === 0) {
    throw new LedgerRefusal("note_signature_missing", "the note carries no signature of a trusted key");
  }
  return parsed;
}

function parseSignatureLine(line: string): NoteSignature {
  const [, name = "", encoded = ""] = SIGNATURE_LINE.exec(line) ?? [];
  if (!isKeyName(name)) throw malformed("a signature line is not of the form “— name base64”");
  let bytes: Uint8Array;
  try {
    bytes = fromBase64(encoded);
  } catch (cause) {
    throw new LedgerRefusal("note_malformed", "malformed note: a signature is not canonical base64", {
      cause,
    });
  }
  if (bytes.length < 5) throw malformed("a signature is too short");
  return { name, keyId: bytes.slice(0, 4), signature: bytes.slice(4) };
}

function isNoteText(text: string): boolean {
  // eslint-disable-next-line no-control-regex -- the control characters are what a note must not contain
  return text.endsWith("\n") && text.isWellFormed() && !/[\u0000-\u0009\u000b-\u001f]/.test(text);
}

function malformed(why: string): LedgerRefusal {
  return new LedgerRefusal("note_malformed", `malformed note: ${why}`);
}
