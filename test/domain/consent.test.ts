import { expect } from "chai";
import fc from "fast-check";
import { consentState, grantChange, revokeChange, standingConsent } from "../../server/domain/consent.ts";
import type { Consent, ConsentPurpose } from "../../server/domain/consent.ts";

const NOW = Date.UTC(2026, 0, 31);

function consent(changes: Partial<Consent> = {}): Consent {
  return {
    id: `0x${"ab".repeat(32)}`,
    subjectId: "s1",
    purpose: "pin_set",
    documentVersion: "2026-01",
    documentHash: `0x${"cd".repeat(32)}`,
    grantedAt: NOW - 1000,
    expiresAt: null,
    revokedAt: null,
    eventId: "e1",
    ...changes,
  };
}

describe("a consent", () => {
  it("without an expiry is active for ever", () => {
    expect(consentState(consent(), Number.MAX_SAFE_INTEGER)).to.equal("active");
  });

  it("is active up to the instant of its expiry, and expired from it on", () => {
    expect(consentState(consent({ expiresAt: NOW + 1 }), NOW)).to.equal("active");
    expect(consentState(consent({ expiresAt: NOW }), NOW)).to.equal("expired");
  });

  it("stays revoked once it is, before, at and after its expiry", () => {
    for (const expiresAt of [null, NOW - 1, NOW, NOW + 1]) {
      for (const revokedAt of [NOW - 1, NOW]) {
        expect(consentState(consent({ expiresAt, revokedAt }), NOW)).to.equal("revoked");
      }
    }
  });

  it("goes to the chain in whole seconds, rounded down, so it never outlives its expiry there", () => {
    expect(grantChange(consent({ grantedAt: NOW + 999, expiresAt: NOW + 61_999 }))).to.deep.equal({
      consentId: `0x${"ab".repeat(32)}`,
      action: "grant",
      timestamp: NOW / 1000,
      expiresAt: NOW / 1000 + 61,
      purpose: "pin_set",
      documentHash: `0x${"cd".repeat(32)}`,
    });
    expect(grantChange(consent())).to.have.property("expiresAt", 0);
  });
});

describe("the revocation of a consent", () => {
  it("tells the chain when, and otherwise what the grant said", () => {
    const granted = consent({ expiresAt: NOW + 61_999 });
    expect(revokeChange(granted, NOW + 2_999)).to.deep.equal({
      ...grantChange(granted),
      action: "revoke",
      timestamp: NOW / 1000 + 2,
    });
  });
});

describe("the standing consent", () => {
  it("is the latest active one, in whatever order they are given", () => {
    const old = consent({ id: "old", grantedAt: NOW - 3000 });
    const latest = consent({ id: "latest", grantedAt: NOW - 2000 });
    const revoked = consent({ id: "revoked", grantedAt: NOW - 1000, revokedAt: NOW - 500 });
    const expired = consent({ id: "expired", grantedAt: NOW - 900, expiresAt: NOW });
    fc.assert(
      fc.property(fc.shuffledSubarray([old, revoked, expired, latest], { minLength: 4 }), (consents) => {
        expect(standingConsent(consents, "pin_set", NOW)?.id).to.equal("latest");
      }),
    );
    expect(standingConsent([revoked, expired], "pin_set", NOW)).to.equal(null);
    expect(standingConsent([], "pin_set", NOW)).to.equal(null);
  });

  it("falls back to an older one when the latest is revoked", () => {
    const old = consent({ id: "old", grantedAt: NOW - 3000 });
    const latest = consent({ id: "latest", revokedAt: NOW });
    expect(standingConsent([old, latest], "pin_set", NOW)?.id).to.equal("old");
  });

  it("never authorises another purpose", () => {
    expect(standingConsent([consent()], "marketing" as ConsentPurpose, NOW)).to.equal(null);
  });

  it("leaves the list that it was given as it was", () => {
    const consents = [consent({ id: "a", grantedAt: 1 }), consent({ id: "b", grantedAt: 2 })];
    standingConsent(consents, "pin_set", NOW);
    expect(consents.map(({ id }) => id)).to.deep.equal(["a", "b"]);
  });
});
