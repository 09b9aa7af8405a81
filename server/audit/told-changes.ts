import { inSeconds } from "../domain/consent.ts";
import { toHex, toUtf8 } from "../ledger/index.ts";
import type { EventPayload } from "../ledger/index.ts";
import type { ConsentLog } from "../ports/audit.ts";

/** A consent change as an event tells it, in the units of the chain. */
export interface ToldChange {
  readonly index: number;
  readonly action: ConsentLog["action"];
  readonly consentId: string;
  /** What the contract must have been told, under the names of {@link ConsentLog}. */
  readonly terms: Readonly<Record<string, unknown>>;
}

const PURPOSE_BYTES = 16;
const NONE: readonly ToldChange[] = [];

/**
 * The changes that an event tells, in the order in which the contract must be told; null where it should name consents
 * and does not.
 */
export function toldChanges(event: EventPayload, index: number): readonly ToldChange[] | null {
  if (event.type === "erased") return erased(event, index);
  if (event.type !== "consent_grant" && event.type !== "consent_revoke") return NONE;
  const { consentId, expiresAt, purpose, documentHash } = outcomeOf(event);
  if (!isConsentId(consentId)) return null;
  const timestamp = seconds(event.timestamp);
  if (event.type === "consent_revoke") return [{ index, action: "revoke", consentId, terms: { timestamp } }];
  const terms = {
    timestamp,
    expiresAt: expiresAt === null ? 0 : seconds(expiresAt),
    purpose: purposeBytes(purpose),
    documentHash,
  };
  return [{ index, action: "grant", consentId, terms }];
}

/** Who is forgotten consents to nothing any more. */
function erased(event: EventPayload, index: number): readonly ToldChange[] | null {
  const { consentsRevoked = [] } = outcomeOf(event);
  if (!Array.isArray(consentsRevoked)) return null;
  const terms = { timestamp: seconds(event.timestamp) };
  const changes: ToldChange[] = [];
  for (const consentId of consentsRevoked as unknown[]) {
    if (!isConsentId(consentId)) return null;
    changes.push({ index, action: "revoke", consentId, terms });
  }
  return changes;
}

const isConsentId = (value: unknown): value is string =>
  typeof value === "string" && /^0x[0-9a-f]{64}$/.test(value);

function outcomeOf({ outcome }: EventPayload): Readonly<Record<string, unknown>> {
  return typeof outcome === "object" && outcome !== null ? (outcome as Record<string, unknown>) : {};
}

const seconds = (instant: unknown): number =>
  typeof instant === "string" ? inSeconds(Date.parse(instant)) : Number.NaN;

/** As the contract keeps it; what has no such form is nothing that it could have been told. */
function purposeBytes(purpose: unknown): string | null {
  if (typeof purpose !== "string" || !purpose.isWellFormed()) return null;
  const text = toUtf8(purpose);
  if (text.length > PURPOSE_BYTES) return null;
  const padded = new Uint8Array(PURPOSE_BYTES);
  padded.set(text);
  return toHex(padded);
}
