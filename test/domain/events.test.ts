import { expect } from "chai";
import { EVENT_NAMES, eventPayload } from "../../server/domain/events.ts";
import type { EventDraft, EventPlace, EventType, FactorState } from "../../server/domain/events.ts";
import { POLICIES } from "../../server/domain/policy.ts";

const PLACE: EventPlace = {
  ledgerId: "ledger",
  id: "019c1111-1111-7111-8111-111111111111",
  identityHash: `0x${"ab".repeat(32)}`,
  subjectSeq: 3,
  timestamp: Date.UTC(2024, 11, 30, 16, 51, 29, 644),
};

function draft(changes: Partial<EventDraft> = {}): EventDraft {
  return {
    type: "pin_set",
    policy: "fra",
    phoneNumber: "+20123456****",
    device: { platform: "ios" },
    factors: { knowledge: "verified", possession: "verified", presence: "asserted" },
    consentVerified: true,
    outcome: { attempt: 1 },
    ...changes,
  };
}

const TYPES = Object.keys(EVENT_NAMES) as EventType[];
const STATES: FactorState[] = ["verified", "asserted", "absent"];

/** Every member name in it, at any depth. */
function memberNames(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => [name, ...memberNames(inner)]);
}

describe("an event", () => {
  it("reads as seed 002's audit entry", () => {
    expect(eventPayload(draft(), PLACE)).to.deep.equal({
      v: 1,
      ledgerId: "ledger",
      id: PLACE.id,
      type: "pin_set",
      eventType: "pin_knowledge_factor_set",
      timestamp: "2024-12-30T16:51:29.644Z",
      identityHash: PLACE.identityHash,
      subjectSeq: 3,
      policy: "fra",
      phoneNumber: "+20123456****",
      deviceMetadata: { platform: "ios" },
      factors: { knowledge: "verified", possession: "verified", presence: "asserted" },
      outcome: { attempt: 1 },
      fraCompliance: {
        knowledgeFactor: true,
        possessionFactor: true,
        presenceFactor: false,
        legalConsentVerified: true,
        auditTrail: true,
      },
      regulatoryFlags: ["FRA_SECTION_TWO", "DIGITAL_IDENTITY_LEDGER"],
    });
  });

  it("has no member for a PIN, a code, a verifier, a hash or a salt, and takes none along", () => {
    const secrets = {
      pin: "123789",
      otp: "567890",
      code: "1",
      verifier: "$argon2id$",
      hash: "0x",
      salt: "s",
    };
    for (const type of TYPES) {
      for (const policy of Object.values(POLICIES)) {
        const careless = { ...draft({ type, policy: policy.id }), ...secrets };
        const names = memberNames(eventPayload(careless, { ...PLACE, ...secrets }));
        expect(names.filter((name) => /pin|otp|code|verifier|hash|salt|secret/i.test(name))).to.deep.equal([
          "identityHash",
        ]);
      }
    }
  });

  it("claims compliance for a factor only when it was verified, never because a client says so", () => {
    for (const knowledge of STATES) {
      for (const possession of STATES) {
        for (const presence of STATES) {
          const factors = { knowledge, possession, presence };
          const { fraCompliance } = eventPayload(draft({ factors }), PLACE) as Record<string, object>;
          expect(fraCompliance).to.include({
            knowledgeFactor: knowledge === "verified",
            possessionFactor: possession === "verified",
            presenceFactor: presence === "verified",
          });
        }
      }
    }
    expect(eventPayload(draft({ consentVerified: false }), PLACE)).to.have.nested.property(
      "fraCompliance.legalConsentVerified",
      false,
    );
  });

  it("carries the FRA's markers under its policy alone", () => {
    for (const policy of ["standard", "session"] as const) {
      expect(eventPayload(draft({ policy }), PLACE)).not.to.have.any.keys("fraCompliance", "regulatoryFlags");
    }
  });

  it("has no phone member where the subject is known by account only", () => {
    const { phoneNumber: _, ...byAccount } = draft({ policy: "session" });
    expect(eventPayload(byAccount, PLACE)).not.to.have.property("phoneNumber");
  });

  it("has a name of its own for each type", () => {
    const names = TYPES.map((type) => eventPayload(draft({ type }), PLACE)["eventType"]);
    expect(new Set(names).size).to.equal(TYPES.length);
    expect(EVENT_NAMES.pin_set).to.equal("pin_knowledge_factor_set");
  });
});
