/** The legal consent that must stand before a PIN is set (seed 000). */

export const CONSENT_PURPOSES = ["pin_set"] as const;
export type ConsentPurpose = (typeof CONSENT_PURPOSES)[number];

export interface Consent {
  /** Random 32 bytes, 0x hex: nothing on chain can be linked to a person without our database. */
  readonly id: string;
  readonly subjectId: string;
  readonly purpose: ConsentPurpose;
  readonly documentVersion: string;
  /** SHA-256 of the accepted text, 0x hex. */
  readonly documentHash: string;
  readonly grantedAt: number;
  readonly expiresAt: number | null;
  readonly revokedAt: number | null;
  /** The event that records the grant. */
  readonly eventId: string;
}

export type ConsentState = "active" | "expired" | "revoked";

export function consentState(consent: Pick<Consent, "expiresAt" | "revokedAt">, now: number): ConsentState {
  if (consent.revokedAt !== null) return "revoked";
  if (consent.expiresAt !== null && now >= consent.expiresAt) return "expired";
  return "active";
}

/** The consent that authorises the purpose now: the latest one that is active, or null. */
export function standingConsent(
  consents: readonly Consent[],
  purpose: ConsentPurpose,
  now: number,
): Consent | null {
  return (
    consents
      .filter((consent) => consent.purpose === purpose && consentState(consent, now) === "active")
      .sort((a, b) => b.grantedAt - a.grantedAt)[0] ?? null
  );
}

/** What the contract is told. Times in whole seconds: the chain's unit. */
export interface ConsentChange {
  readonly consentId: string;
  readonly action: "grant" | "revoke";
  readonly timestamp: number;
  /** 0: never. */
  readonly expiresAt: number;
  readonly purpose: ConsentPurpose;
  readonly documentHash: string;
}

/** The chain's unit. */
export const inSeconds = (ms: number): number => Math.floor(ms / 1000);

export function grantChange(consent: Consent): ConsentChange {
  return {
    consentId: consent.id,
    action: "grant",
    timestamp: inSeconds(consent.grantedAt),
    expiresAt: consent.expiresAt === null ? 0 : inSeconds(consent.expiresAt),
    purpose: consent.purpose,
    documentHash: consent.documentHash,
  };
}

/**
 * Whether the contract takes this change. What it would revert must never be queued: it would stand in the way of every
 * later event. (IConsentRegistry, InvalidConsentChange)
 */
export function contractAccepts(change: ConsentChange): boolean {
  const { action, timestamp, expiresAt, documentHash, consentId } = change;
  if (isZero(consentId) || timestamp <= 0) return false;
  return action === "revoke" || (!isZero(documentHash) && (expiresAt === 0 || expiresAt > timestamp));
}

const isZero = (hash: string): boolean => /^0x0*$/.test(hash);

export function revokeChange(consent: Consent, revokedAt: number): ConsentChange {
  return { ...grantChange(consent), action: "revoke", timestamp: inSeconds(revokedAt) };
}
