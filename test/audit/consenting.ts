/** Consents in a ledger, the way the services write them; or as somebody does who tells the chain something else. */
import { grantChange, revokeChange } from "../../server/domain/consent.ts";
import type { Consent, ConsentChange } from "../../server/domain/consent.ts";
import { isoInstant } from "../../server/domain/time.ts";
import { toHex } from "../../server/ledger/index.ts";
import type { Subject, Tx } from "../../server/ports.ts";
import { appendEvent } from "../../server/services/ledger.ts";
import type { AppendContext, Appended } from "../../server/services/ledger.ts";
import { draft } from "../storage/samples.ts";

/** What the chain is told instead of a change; nothing, where there is none. */
export type Telling = (change: ConsentChange) => readonly ConsentChange[];

export const honestly: Telling = (change) => [change];

export async function give(
  tx: Tx,
  subject: Subject,
  place: AppendContext,
  { telling = honestly, expires = false }: { telling?: Telling | undefined; expires?: boolean } = {},
): Promise<Consent> {
  const { randomBytes } = place;
  const document = {
    documentVersion: "1",
    documentHash: toHex(randomBytes(32)),
    purpose: "pin_set" as const,
  };
  const expiresAt = expires ? place.now + 86_400_123 : null;
  const id = toHex(randomBytes(32));
  const outcome = {
    consentId: id,
    ...document,
    expiresAt: expiresAt === null ? null : isoInstant(expiresAt),
  };
  const event = await appendEvent(tx, subject, { ...draft, type: "consent_grant", outcome }, place);
  const consent: Consent = {
    id,
    subjectId: subject.id,
    ...document,
    expiresAt,
    grantedAt: event.timestamp,
    revokedAt: null,
    eventId: event.id,
  };
  await tx.consents.insert(consent);
  await tell(tx, event, telling(grantChange(consent)));
  return consent;
}

export async function takeBack(
  tx: Tx,
  subject: Subject,
  consent: Consent,
  place: AppendContext,
  telling = honestly,
): Promise<Appended> {
  const outcome = { consentId: consent.id, purpose: consent.purpose };
  const event = await appendEvent(tx, subject, { ...draft, type: "consent_revoke", outcome }, place);
  await tx.consents.setRevoked(consent.id, event.timestamp);
  await tell(tx, event, telling(revokeChange(consent, event.timestamp)));
  return event;
}

export async function erase(
  tx: Tx,
  subject: Subject,
  place: AppendContext,
  telling = honestly,
): Promise<Appended> {
  const standing = await standingOf(tx, subject);
  const events = await tx.subjects.erase(subject.id);
  const outcome = { events, consentsRevoked: standing.map(({ id }) => id) };
  const event = await appendEvent(tx, subject, { ...draft, type: "erased", outcome }, place);
  for (const consent of standing) {
    await tx.consents.setRevoked(consent.id, event.timestamp);
    await tell(tx, event, telling(revokeChange(consent, event.timestamp)));
  }
  return event;
}

export async function standingOf(tx: Pick<Tx, "consents">, subject: Subject): Promise<Consent[]> {
  return (await tx.consents.bySubject(subject.id)).filter(({ revokedAt }) => revokedAt === null);
}

async function tell(tx: Tx, { index }: Appended, changes: readonly ConsentChange[]): Promise<void> {
  for (const change of changes) await tx.consents.queueChange(index, change);
}
