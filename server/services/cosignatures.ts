/**
 * What witnesses say of our checkpoints. A witness vouches that the ledger it is shown only ever grew; who asks for the
 * cosignatures of several need not fear that the ledger was shown to them alone.
 */
import { Refusal } from "../domain/errors.ts";
import { SECOND } from "../domain/time.ts";
import {
  LedgerRefusal,
  checkpointOrigin,
  cosignaturesOf,
  formatCheckpoint,
  formatNote,
  parseCheckpoint,
  parseNote,
  parseWitnessKeys,
  toHex,
} from "../ledger/index.ts";
import type { NoteSignature, SignedNote, VerifierKey } from "../ledger/index.ts";
import type { CheckpointSigner, Clock, Epoch, Logger, Store } from "../ports.ts";
import { publishedSize } from "./log-reader.ts";
import { rootAt } from "./tree.ts";

export interface Cosignatures {
  /**
   * Takes the cosignatures of known witnesses off a note of one of our checkpoints; returns its size, and whose they
   * are. @throws {Refusal} VALIDATION_ERROR
   */
  accept(note: string): Promise<{ readonly size: number; readonly witnesses: readonly string[] }>;
  /** The checkpoint's note, with the cosignatures that there are. */
  addTo(note: string): Promise<string>;
  /** The note of the latest published size that has any. @throws {Refusal} NOT_FOUND */
  latest(): Promise<string>;
}

/** How far a witness's clock may be ahead: a cosignature of next year would keep all until then from being taken. */
const LEEWAY_SECONDS = 300;

export function createCosignatures(deps: {
  readonly store: Store;
  readonly signer: CheckpointSigner;
  readonly epoch: Epoch;
  /** Verifier keys in text. */
  readonly witnesses: readonly string[];
  readonly clock: Clock;
  readonly log: Logger;
}): Cosignatures {
  const { store, signer, epoch, clock, log } = deps;
  const { read } = store;
  const witnesses = parseWitnessKeys(deps.witnesses);

  /** Anyone may send one: it must be a witness's before it costs more than a signature check. */
  const verified = (note: SignedNote) => {
    const found = cosignaturesOf(note, witnesses);
    if (found.length === 0) throw refused("unknown_witness", "No witness that we know cosigned this.");
    if (found.some(({ timestamp }) => timestamp > clock.now() / SECOND + LEEWAY_SECONDS)) {
      throw refused("time_ahead", "The cosignature is of a time that is yet to come.");
    }
    return found;
  };

  /** The size of the checkpoint, once it is one of ours. */
  const ourSize = async (text: string): Promise<number> => {
    const checkpoint = parseCheckpoint(text);
    const { ledgerId, size } = await read.events.head();
    const origin = checkpointOrigin(ledgerId);
    const other = refused("not_our_checkpoint", "This is no checkpoint of this ledger.");
    if (checkpoint.origin !== origin || checkpoint.size > size) throw other;
    const root = await rootAt(read, checkpoint.size);
    if (formatCheckpoint({ origin, size: checkpoint.size, root, extensions: [] }) === text)
      return checkpoint.size;
    // The witness saw another ledger under our name: the database is not the one that it was, or the key is not ours alone.
    log.error({ size: checkpoint.size }, "a witness cosigned another root than ours");
    throw other;
  };

  const addTo = async (plain: string): Promise<string> => {
    const { text, signatures } = parseNote(plain);
    const { size } = parseCheckpoint(text);
    const lines: NoteSignature[] = [];
    for (const witness of witnesses) {
      const found = await read.cosignatures.at(size, idOf(witness));
      if (found !== null) lines.push({ ...witness, signature: found.signature });
    }
    return formatNote({ text, signatures: [...signatures, ...lines] });
  };

  return {
    addTo,

    async accept(text) {
      const { size, found } = await inForm(async () => {
        const note = parseNote(text);
        const found = verified(note);
        return { size: await ourSize(note.text), found };
      });
      await store.write(async (tx) => {
        for (const { witness, timestamp, line } of found) {
          await tx.cosignatures.save({
            witness: idOf(witness),
            size,
            timestamp,
            signature: line.signature,
          });
        }
      });
      return { size, witnesses: found.map(({ witness }) => witness.name) };
    },

    async latest() {
      const most = await publishedSize(read, epoch);
      const sizes = await Promise.all(
        witnesses.map((witness) => read.cosignatures.latestSize(idOf(witness), most)),
      );
      const size = Math.max(...sizes.map((one) => one ?? -1));
      if (size < 0) {
        throw new Refusal("NOT_FOUND", "No witness has cosigned a checkpoint yet.", {
          reason: "not_cosigned",
        });
      }
      const { ledgerId } = await read.events.head();
      return addTo(signer.checkpoint(ledgerId, size, await rootAt(read, size)));
    },
  };
}

const idOf = ({ name, keyId }: VerifierKey): string => `${name}+${toHex(keyId).slice(2)}`;

const refused = (reason: string, message: string): Refusal =>
  new Refusal("VALIDATION_ERROR", message, { reason });

async function inForm<T>(judge: () => T | Promise<T>): Promise<T> {
  try {
    return await judge();
  } catch (error) {
    throw error instanceof LedgerRefusal
      ? refused(error.code, `Not a cosigned checkpoint: ${error.message}.`)
      : error;
  }
}
