/** Appending to the identity ledger: the one way in. */
import { v7 as uuidv7 } from "uuid";
import { eventPayload } from "../domain/events.ts";
import type { EventDraft } from "../domain/events.ts";
import { SALT_BYTES, encodePayload, eventDigest } from "../ledger/index.ts";
import type { RandomBytes, Subject, Tx } from "../ports.ts";
import { completeTiles } from "./tree.ts";

export interface Appended {
  readonly id: string;
  readonly index: number;
  readonly timestamp: number;
}

export interface AppendContext {
  readonly now: number;
  readonly randomBytes: RandomBytes;
}

/**
 * Gives the draft its place and appends it, in the caller's transaction: either the operation and its event are both
 * committed, or neither is. The index is taken here, under the lock on the ledger's head, so the order of the ledger
 * is the order of commits and has no gap. Nothing more is needed to get it anchored: what lies beyond the last batch
 * is what the anchorer sends next.
 */
export async function appendEvent(
  tx: Tx,
  subject: Subject,
  draft: EventDraft,
  { now, randomBytes }: AppendContext,
): Promise<Appended> {
  // The ledger's row before the subject's, in every transaction, so that two of them cannot wait for each other.
  const head = await tx.events.headForUpdate();
  const subjectSeq = await tx.subjects.nextSeq(subject.id);
  // The clock may be behind the last process's; the ledger's time is not.
  const timestamp = Math.max(now, head.lastTimestamp);
  const id = uuidv7({ msecs: timestamp, random: randomBytes(16) });
  const { ledgerId, size: index } = head;

  const payload = encodePayload(
    eventPayload(draft, { ledgerId, id, identityHash: subject.identityHash, subjectSeq, timestamp }),
  );
  const salt = randomBytes(SALT_BYTES);
  const digest = eventDigest(salt, payload);
  await tx.events.append({
    index,
    id,
    subjectId: subject.id,
    subjectSeq,
    timestamp,
    type: draft.type,
    payload,
    salt,
    digest,
  });
  await completeTiles(tx, index + 1);
  return { id, index, timestamp };
}
