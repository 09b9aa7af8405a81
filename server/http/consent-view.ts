import { consentState } from "../domain/consent.ts";
import type { Consent } from "../domain/consent.ts";
import { isoInstant } from "../domain/time.ts";
import type { ReceiptAnchor } from "../ledger/index.ts";

export function consentView(consent: Consent, now: number) {
  const when = (ms: number | null) => (ms === null ? null : isoInstant(ms));
  return {
    consentId: consent.id,
    purpose: consent.purpose,
    documentVersion: consent.documentVersion,
    documentHash: consent.documentHash,
    grantedAt: isoInstant(consent.grantedAt),
    expiresAt: when(consent.expiresAt),
    revokedAt: when(consent.revokedAt),
    status: consentState(consent, now),
  };
}

/** The receipt of Kantara v1.1; `anchor` is where anyone can look the consent up. */
export function consentReceiptView(
  consent: Consent,
  context: { readonly identityHash: string; readonly controller: string; readonly anchor: ReceiptAnchor },
) {
  const { chainId, contract, txHash, blockNumber } = context.anchor;
  return {
    version: "KI-CR-v1.1.0" as const,
    consentReceiptID: consent.id,
    consentTimestamp: Math.floor(consent.grantedAt / 1000),
    collectionMethod: `one-time code; document ${consent.documentVersion}, SHA-256 ${consent.documentHash}`,
    language: "und",
    piiPrincipalId: context.identityHash,
    piiControllers: [{ piiController: context.controller }],
    services: [
      {
        service: "Digital identity authentication",
        purposes: [
          {
            purpose: consent.purpose,
            consentType: "EXPLICIT" as const,
            primaryPurpose: true,
            termination:
              consent.expiresAt === null ? "until revoked" : `until ${isoInstant(consent.expiresAt)}`,
            thirdPartyDisclosure: false,
          },
        ],
      },
    ],
    sensitive: false,
    anchor: { chainId, contract, txHash, blockNumber },
  };
}
