import { fromBase64, toBase64 } from "./bytes.ts";
import { isSize } from "./coordinates.ts";
import { cosignaturesOf, parseWitnessKeys } from "./cosignature.ts";
import { LedgerRefusal } from "./errors.ts";
import { HASH_BYTES } from "./merkle-hash.ts";
import { parseVerifierKey } from "./note-key.ts";
import type { NoteSigner } from "./note-key.ts";
import { signNote, verifyNote } from "./signed-note.ts";

/**
 * A C2SP tlog-checkpoint: what the tree was at one size. It is the text of a signed note:
 *
 *     identity-ledger/<ledgerId>\n      origin
 *     20852163\n                        size, decimal, no leading zero
 *     CsUYapGGPo4d…xq2I=\n              base64 of the 32-byte root
 *     <extension>\n                     any number of non-empty lines; we write none
 *
 * and is served and stored as the whole note: that text, an empty line, and the signature line
 *
 *     — identity-ledger/<ledgerId> base64(key id ‖ Ed25519 signature)\n
 */
export interface Checkpoint {
  readonly origin: string;
  readonly size: number;
  readonly root: Uint8Array;
  readonly extensions: readonly string[];
}

/** The origin line, and key name, of a ledger's checkpoints. */
export function checkpointOrigin(ledgerId: string): string {
  return `identity-ledger/${ledgerId}`;
}

/** The text that is signed. Refuses parts that no checkpoint can have with `checkpoint_malformed`. */
export function formatCheckpoint({ origin, size, root, extensions }: Checkpoint): string {
  if (!isSize(size)) throw malformed("the size is not that of a tree");
  if (root.length !== HASH_BYTES) throw malformed(`the root has ${root.length} bytes`);
  const lines = [origin, String(size), toBase64(root), ...extensions];
  if (lines.some((line) => !isLine(line))) throw malformed("a line is empty or has a control character");
  return `${lines.join("\n")}\n`;
}

/** Reads the text of a checkpoint (not the note). Refuses any other form with `checkpoint_malformed`. */
export function parseCheckpoint(text: string): Checkpoint {
  if (!text.endsWith("\n")) throw malformed("it does not end in a newline");
  const lines = text.slice(0, -1).split("\n");
  if (!lines.every(isLine)) throw malformed("a line is empty or has a control character");
  const [origin, size, root, ...extensions] = lines;
  if (origin === undefined || size === undefined || root === undefined) {
    throw malformed("it has fewer than three lines");
  }
  return { origin, size: parseSize(size), root: parseRoot(root), extensions };
}

/** The checkpoint as a signed note. The signer's name must be the origin. */
export function signCheckpoint(checkpoint: Checkpoint, signer: NoteSigner): string {
  assertOrigin(checkpoint, signer.name);
  return signNote(formatCheckpoint(checkpoint), [signer]);
}

/** Whose signatures a checkpoint must carry. All keys are in text, from the auditor. */
export interface CheckpointTrust {
  readonly ledgerKey: string;
  /** Keys of type 0x04, of parties that do not depend on the operator. */
  readonly witnesses: readonly string[];
  /** How many of them must have cosigned. */
  readonly quorum: number;
}

/**
 * The checkpoint of a note that the ledger's key signed, and a quorum of witnesses with it; a text alone is the
 * ledger's key, and asks for no witness. Where the same operator signs one tree for you and another for others, only
 * witnesses tell: with a quorum, both trees would need cosignatures of the same honest one.
 * The origin must be the key's name, or the operator of one ledger could pass a checkpoint off as another's.
 * Refuses with `verifier_key_malformed`, `trust_malformed`, `note_*` or `checkpoint_*`.
 */
export function verifyCheckpoint(note: string, trust: string | CheckpointTrust): Checkpoint {
  const { ledgerKey, witnesses, quorum } =
    typeof trust === "string" ? { ledgerKey: trust, witnesses: [], quorum: 0 } : trust;
  const key = parseVerifierKey(ledgerKey);
  const known = parseWitnessKeys(witnesses);
  if (!Number.isSafeInteger(quorum) || quorum < 0 || quorum > known.length) {
    throw new LedgerRefusal("trust_malformed", `${quorum} of ${known.length} witnesses can be no quorum`);
  }
  const signed = verifyNote(note, [key]);
  const checkpoint = parseCheckpoint(signed.text);
  assertOrigin(checkpoint, key.name);
  const { length } = cosignaturesOf(signed, known);
  if (length < quorum) {
    throw new LedgerRefusal("checkpoint_quorum_missing", `${length} witnesses cosigned, not ${quorum}`);
  }
  return checkpoint;
}

function assertOrigin(checkpoint: Checkpoint, keyName: string): void {
  if (checkpoint.origin !== keyName) {
    throw new LedgerRefusal("checkpoint_origin_mismatch", `the checkpoint is not of ${keyName}`);
  }
}

function parseSize(line: string): number {
  const size = /^(?:0|[1-9][0-9]{0,15})$/.test(line) ? Number(line) : Number.NaN;
  if (!isSize(size)) throw malformed("the size is not a decimal up to 2^48 without leading zeros");
  return size;
}

function parseRoot(line: string): Uint8Array {
  let root: Uint8Array;
  try {
    root = fromBase64(line);
  } catch (cause) {
    throw new LedgerRefusal(
      "checkpoint_malformed",
      "malformed checkpoint: the root is not canonical base64",
      {
        cause,
      },
    );
  }
  if (root.length !== HASH_BYTES) throw malformed(`the root has ${root.length} bytes`);
  return root;
}

function isLine(line: string): boolean {
  // eslint-disable-next-line no-control-regex -- the control characters are what a line must not contain
  return line !== "" && line.isWellFormed() && !/[\u0000-\u001f]/.test(line);
}

function malformed(why: string): LedgerRefusal {
  return new LedgerRefusal("checkpoint_malformed", `malformed checkpoint: ${why}`);
}
