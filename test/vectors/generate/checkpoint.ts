import { ed25519 } from "@noble/curves/ed25519.js";
import { sha512 } from "@noble/hashes/sha2.js";
import {
  concat,
  formatCheckpoint,
  formatNote,
  formatVerifierKey,
  fromBase64,
  parseNote,
  signCheckpoint,
  signNote,
  toBase64,
  toHex,
  toUtf8,
} from "../../../server/ledger/index.ts";
import type { Checkpoint } from "../../../server/ledger/index.ts";
import { SECRET_KEY, SIGNER, WITNESS } from "./events.ts";
import { PUBLISHED_CHECKPOINTS, PUBLISHED_NOTES } from "./published.ts";
import { fixed } from "./tree.ts";

const GROUP_ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;
const BASE: Checkpoint = { origin: SIGNER.name, size: 41, root: fixed("root"), extensions: [] };
const TEXT = formatCheckpoint(BASE);
const NOTE = signCheckpoint(BASE, SIGNER);

/** `checkpoint.json`: signed checkpoints that verify with `vkey`, and notes that must be refused. */
export function checkpointVectors(): object {
  const vkey = formatVerifierKey(SIGNER);
  return {
    description:
      "Every note under valid is a checkpoint signed by vkey; every note under invalid must be refused, with this code. " +
      "The secret key is public: use it for tests only.",
    published: { notes: PUBLISHED_NOTES, checkpoints: PUBLISHED_CHECKPOINTS },
    secretKey: toHex(SECRET_KEY),
    vkey,
    valid: valid(),
    invalid: [...invalidText(), ...invalidNotes()],
    invalidKeys: invalidKeys(vkey),
  };
}

function valid(): object[] {
  const checkpoints: Record<string, Checkpoint> = {
    "a checkpoint": BASE,
    "an empty tree": { ...BASE, size: 0 },
    "the largest size": { ...BASE, size: 2 ** 48 },
    "extension lines": { ...BASE, extensions: ["one", "— two"] },
  };
  const signed = Object.entries(checkpoints).map(([name, checkpoint]) => ({
    name,
    note: signCheckpoint(checkpoint, SIGNER),
    checkpoint: shown(checkpoint),
  }));
  const cosigned = {
    name: "a witness's signature, of a key the auditor does not know, first",
    note: signNote(TEXT, [WITNESS, SIGNER]),
    checkpoint: shown(BASE),
  };
  const { text, signatures } = parseNote(NOTE);
  const sameName = {
    name: "an unknown key of the same name, with a signature of another length",
    note: formatNote({
      text,
      signatures: [
        ...signatures,
        { name: SIGNER.name, keyId: new Uint8Array(4), signature: new Uint8Array(72) },
      ],
    }),
    checkpoint: shown(BASE),
  };
  return [...signed, cosigned, sameName];
}

function shown(checkpoint: Checkpoint): object {
  return { ...checkpoint, root: toHex(checkpoint.root) };
}

/** Texts that are no checkpoint, each properly signed. */
function invalidText(): object[] {
  const [origin, size, root] = TEXT.split("\n") as [string, string, string];
  const texts: Record<string, string> = {
    "a leading zero in the size": `${origin}\n0${size}\n${root}\n`,
    "a plus before the size": `${origin}\n+${size}\n${root}\n`,
    "a negative size": `${origin}\n-1\n${root}\n`,
    "a space after the size": `${origin}\n${size} \n${root}\n`,
    "a size in hex": `${origin}\n0x29\n${root}\n`,
    "a size with an exponent": `${origin}\n4e1\n${root}\n`,
    "a size in other digits": `${origin}\n٤١\n${root}\n`,
    "a size beyond 2^48": `${origin}\n281474976710657\n${root}\n`,
    "a size beyond 2^64": `${origin}\n18446744073709551657\n${root}\n`,
    "no size": `${origin}\n${root}\n`,
    "an empty origin": `\n${size}\n${root}\n`,
    "no root": `${origin}\n${size}\n`,
    "a root without padding": `${origin}\n${size}\n${root.replace("=", "")}\n`,
    "a root with other unused bits": `${origin}\n${size}\n${otherUnusedBits(root)}\n`,
    "a root in base64url": `${origin}\n${size}\n${toBase64(new Uint8Array(32).fill(255)).replaceAll("/", "_")}\n`,
    "a root of 31 bytes": `${origin}\n${size}\n${toBase64(new Uint8Array(31))}\n`,
    "a root of 33 bytes": `${origin}\n${size}\n${toBase64(new Uint8Array(33))}\n`,
    "an empty extension line": `${origin}\n${size}\n${root}\n\nextension\n`,
  };
  const wrongOrigin = `identity-ledger/other\n${size}\n${root}\n`;
  return [
    ...Object.entries(texts).map(([mutation, text]) => ({
      mutation,
      note: signNote(text, [SIGNER]),
      code: "checkpoint_malformed",
    })),
    {
      mutation: "another origin, signed by the ledger's key",
      note: signNote(wrongOrigin, [SIGNER]),
      code: "checkpoint_origin_mismatch",
    },
  ];
}

function invalidNotes(): object[] {
  const { text, signatures } = parseNote(NOTE);
  const line = NOTE.slice(text.length + 1);
  const blob = line.trimEnd().split(" ")[2] ?? "";
  const bytes = fromBase64(blob);
  const altered = (edit: (copy: Uint8Array) => Uint8Array): string =>
    NOTE.replace(blob, toBase64(edit(bytes.slice())));
  const notes: Record<string, [note: string, code: string]> = {
    "another size than was signed": [NOTE.replace("\n41\n", "\n42\n"), "note_signature_invalid"],
    "a bit of the signature flipped": [altered((copy) => xor(copy, 20)), "note_signature_invalid"],
    "the signature's S plus the group order": [altered(plusGroupOrder), "note_signature_invalid"],
    "a signature whose R is not canonical": [altered(withNonCanonicalR), "note_signature_invalid"],
    "a signature of 63 bytes": [altered((copy) => copy.slice(0, -1)), "note_signature_invalid"],
    "a good signature and a bad one of the same key": [
      formatNote({ text, signatures: [...signatures, { ...SIGNER, signature: new Uint8Array(64) }] }),
      "note_signature_invalid",
    ],
    "another key id": [altered((copy) => xor(copy, 0)), "note_signature_missing"],
    "another key name": [NOTE.replace(`— ${SIGNER.name}`, `— ${SIGNER.name}2`), "note_signature_missing"],
    "a witness's signature only": [signNote(text, [WITNESS]), "note_signature_missing"],
    "no final newline": [NOTE.slice(0, -1), "note_malformed"],
    "two final newlines": [`${NOTE}\n`, "note_malformed"],
    "no empty line": [`${text}${line}`, "note_malformed"],
    "no signature": [`${text}\n`, "note_malformed"],
    "carriage returns": [NOTE.replaceAll("\n", "\r\n"), "note_malformed"],
    "a tab": [NOTE.replace("41", "41\t"), "note_malformed"],
    "a hyphen for the dash": [NOTE.replace("—", "-"), "note_malformed"],
    "two spaces before the signature": [NOTE.replace(blob, ` ${blob}`), "note_malformed"],
    "a trailing space": [NOTE.replace(blob, `${blob} `), "note_malformed"],
    "a signature line without padding": [NOTE.replace(blob, blob.replace(/=+$/, "")), "note_malformed"],
    "a signature with other unused bits": [NOTE.replace(blob, otherUnusedBits(blob)), "note_malformed"],
    "a plus in a key name": [NOTE.replace(`— ${SIGNER.name}`, `— ${SIGNER.name}+`), "note_malformed"],
    "a line that is no signature": [`${NOTE}hello\n`, "note_malformed"],
    "a signature that is only a key id": [altered((copy) => copy.slice(0, 4)), "note_malformed"],
    empty: ["", "note_malformed"],
  };
  return Object.entries(notes).map(([mutation, [note, code]]) => ({ mutation, note, code }));
}

function invalidKeys(vkey: string): object[] {
  const [name = "", id = "", key = ""] = vkey.split(/\+(.{8})\+/);
  const bytes = fromBase64(key);
  const keys: Record<string, string> = {
    "another key id": `${name}+00000000+${key}`,
    "a key id in capitals": `${name}+${id.toUpperCase()}+${key}`,
    "another name": `${name}2+${id}+${key}`,
    "a name with a space": ` ${name}+${id}+${key}`,
    "no name": `+${id}+${key}`,
    "another algorithm": `${name}+${id}+${toBase64(Uint8Array.of(4, ...bytes.slice(1)))}`,
    "a short key": `${name}+${id}+${toBase64(bytes.slice(0, -1))}`,
    "no padding": `${name}+${id}+${key.replace(/=+$/, "")}A`,
    "a trailing newline": `${vkey}\n`,
  };
  return Object.entries(keys).map(([mutation, text]) => ({ mutation, vkey: text }));
}

/** The next character of the alphabet in the last place: the same bytes to a lax decoder. */
function otherUnusedBits(encoded: string): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  return encoded.replace(/(.)(=+)$/, (_, last: string, padding: string) => {
    return `${alphabet[alphabet.indexOf(last) + 1] ?? ""}${padding}`;
  });
}

function xor(bytes: Uint8Array, at: number): Uint8Array {
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  return bytes;
}

/** (R, S + L) satisfies the same equation as (R, S): RFC 8032 section 5.1.7 must refuse it. */
function plusGroupOrder(blob: Uint8Array): Uint8Array {
  let sum = littleEndian(blob.slice(36)) + GROUP_ORDER;
  for (let i = 36; i < 68; i += 1) {
    blob[i] = Number(sum % 256n);
    sum /= 256n;
  }
  return blob;
}

/**
 * R is the neutral point spelt as y = p + 1, and S fits it. ZIP-215 accepts that; RFC 8032 section 5.1.3 does not
 * decode it.
 */
function withNonCanonicalR(blob: Uint8Array): Uint8Array {
  const r = new Uint8Array(32).fill(0xff);
  r[0] = 0xee;
  r[31] = 0x7f;
  const { scalar } = ed25519.utils.getExtendedPublicKey(SECRET_KEY);
  const challenge = littleEndian(sha512(concat(r, SIGNER.publicKey, toUtf8(TEXT))));
  let s = (challenge * scalar) % GROUP_ORDER;
  blob.set(r, 4);
  for (let i = 36; i < 68; i += 1) {
    blob[i] = Number(s % 256n);
    s /= 256n;
  }
  return blob;
}

function littleEndian(bytes: Uint8Array): bigint {
  return bytes.reduceRight((value, byte) => value * 256n + BigInt(byte), 0n);
}
