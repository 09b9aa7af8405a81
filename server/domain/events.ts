/**
 * What the ledger says of each operation. An event never holds a PIN, an OTP, a verifier, a salt or a full phone
 * number: its builders do not take them.
 */
import type { DeviceMetadata } from "./device.ts";
import type { PolicyId } from "./policy.ts";
import { isoInstant } from "./time.ts";

/** `verified`: proven to us; `asserted`: the client says so; `absent`: not part of this operation. */
export type FactorState = "verified" | "asserted" | "absent";

export interface Factors {
  readonly knowledge: FactorState;
  readonly possession: FactorState;
  readonly presence: FactorState;
}

/** Our event types, with the `eventType` names of seed 002's audit format where it has one. */
export const EVENT_NAMES = {
  otp_request: "possession_factor_requested",
  otp_failure: "possession_factor_failed",
  consent_grant: "legal_consent_granted",
  consent_revoke: "legal_consent_revoked",
  pin_set: "pin_knowledge_factor_set",
  pin_verify: "pin_knowledge_factor_verified",
  pin_change: "pin_knowledge_factor_changed",
  pin_reset: "pin_knowledge_factor_reset",
  attempt_abandoned: "pin_knowledge_factor_attempt_abandoned",
  pin_check: "pin_knowledge_factor_checked",
  credential_import: "pin_knowledge_factor_imported",
  pin_delete: "pin_knowledge_factor_deleted",
  session_end: "pin_session_ended",
  account_linked: "identity_account_linked",
  admin_search: "support_status_viewed",
  admin_reset: "support_pin_reset",
  admin_unlock: "support_pin_unlocked",
  admin_temporary_pin: "support_temporary_pin_set",
  erased: "identity_erased",
} as const;

export type EventType = keyof typeof EVENT_NAMES;

/** The facts of one operation, before it gets its place in the ledger. */
export interface EventDraft {
  readonly type: EventType;
  readonly policy: PolicyId;
  /** Masked; absent where the subject is known by account only. */
  readonly phoneNumber?: string;
  readonly device: DeviceMetadata;
  readonly factors: Factors;
  readonly consentVerified: boolean;
  /** What came of it, for policy replay: attempt numbers, consent ids, challenge ids. JSON, integers only. */
  readonly outcome: Readonly<Record<string, unknown>>;
}

/** The event's place: which ledger, whose, the how-manieth, when. */
export interface EventPlace {
  readonly ledgerId: string;
  readonly id: string;
  /** Random pseudonym of the subject, 0x + 64 hex digits. */
  readonly identityHash: string;
  /** 0, 1, 2 … per subject: a gap shows that an event was left out. */
  readonly subjectSeq: number;
  readonly timestamp: number;
}

/** The payload object of docs/spec.md, still to be put into canonical form (ledger/payload.ts). */
export function eventPayload(draft: EventDraft, place: EventPlace): Record<string, unknown> {
  return {
    v: 1,
    ledgerId: place.ledgerId,
    id: place.id,
    type: draft.type,
    eventType: EVENT_NAMES[draft.type],
    timestamp: isoInstant(place.timestamp),
    identityHash: place.identityHash,
    subjectSeq: place.subjectSeq,
    policy: draft.policy,
    ...(draft.phoneNumber === undefined ? {} : { phoneNumber: draft.phoneNumber }),
    deviceMetadata: draft.device,
    factors: draft.factors,
    outcome: draft.outcome,
    ...(draft.policy === "fra" ? fraMarkers(draft) : {}),
  };
}

/** Seed 002's markers. A factor counts only when it was verified: a client's claim does not make it true. */
function fraMarkers(draft: EventDraft) {
  return {
    fraCompliance: {
      knowledgeFactor: draft.factors.knowledge === "verified",
      possessionFactor: draft.factors.possession === "verified",
      presenceFactor: draft.factors.presence === "verified",
      legalConsentVerified: draft.consentVerified,
      auditTrail: true,
    },
    regulatoryFlags: ["FRA_SECTION_TWO", "DIGITAL_IDENTITY_LEDGER"],
  };
}
