import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { auditor } from "../helpers/auditor.ts";
import type { Auditor } from "../helpers/auditor.ts";
import {
  GOOD_PIN,
  consentBody,
  giveConsent,
  newPhone,
  onboard,
  requestOtp,
  verify,
} from "../helpers/customer.ts";
import { startService } from "../helpers/service.ts";
import type { TestService } from "../helpers/service.ts";

describe("A consent", () => {
  let api: TestService;
  let audit: Auditor;
  let now = Date.UTC(2026, 0, 1);
  before(async () => {
    api = await startService({ DATA_CONTROLLER: "Example Bank" }, { clock: { now: () => now } });
    audit = auditor(api.rpcUrl, api.contract);
  });
  after(async () => {
    audit.close();
    await api.close();
  });

  const list = async (phone: string) =>
    (await api.get(`/api/consents?phoneNumber=${encodeURIComponent(phone)}`)).body.consents;

  it("that is revoked blocks set and reset at once, here and on chain, and stays in the history", async () => {
    const phone = newPhone();
    const { otp, consent } = await giveConsent(api, phone);
    const { consentId } = consent.body;
    const revoked = await api.post("/api/consents/revoke", { phoneNumber: phone, consentId });
    expect(revoked.status).to.equal(200);
    expect(revoked.body).to.include({ consentId, status: "revoked" });
    expect(await audit.contract.getFunction("isConsentActive")(consentId)).to.equal(false);
    expect((await api.post("/api/pin/set", { pin: GOOD_PIN, phoneNumber: phone, otp })).body.code).to.equal(
      "FRA_CONSENT_REQUIRED",
    );
    expect((await list(phone))[0]).to.include({ consentId, status: "revoked" });
    const again = await api.post("/api/consents/revoke", { phoneNumber: phone, consentId });
    expect(again.body.code).to.equal("FRA_CONSENT_ALREADY_REVOKED");
  });

  it("of somebody else cannot be revoked, nor one that was never given", async () => {
    const { consent } = await giveConsent(api, newPhone());
    const { consentId } = consent.body;
    for (const phoneNumber of [newPhone(), newPhone()]) {
      const answer = await api.post("/api/consents/revoke", { phoneNumber, consentId });
      expect(answer.body).to.include({ status: 404, reason: "unknown_consent" });
    }
  });

  it("that expires stops counting at that moment, and says so", async () => {
    const phone = newPhone();
    const otp = await requestOtp(api, phone, "consent", "pin_set");
    const expiresAt = new Date(now + 60_000).toISOString();
    const granted = await api.post("/api/consents", { ...consentBody(phone, otp), expiresAt });
    expect(granted.body).to.include({ status: "active", expiresAt });
    const onChain = await audit.contract.getFunction("getConsent")(granted.body.consentId);
    expect(Number(onChain.expiresAt) * 1000).to.equal(now + 60_000);
    now += 60_000;
    expect((await list(phone))[0].status).to.equal("expired");
    expect((await api.post("/api/pin/set", { pin: GOOD_PIN, phoneNumber: phone, otp })).body.code).to.equal(
      "FRA_CONSENT_REQUIRED",
    );
  });

  it("cannot be given for the past", async () => {
    const phone = newPhone();
    const otp = await requestOtp(api, phone, "consent");
    const answer = await api.post("/api/consents", {
      ...consentBody(phone, otp),
      expiresAt: new Date(now - 1).toISOString(),
    });
    expect(answer.body).to.include({ code: "FRA_VALIDATION_ERROR", reason: "already_expired" });
  });

  it("comes with a receipt in Kantara's fields and its coordinates on the chain", async () => {
    const phone = newPhone();
    const { consent } = await giveConsent(api, phone);
    const [{ receipt }] = await list(phone);
    expect(receipt).to.include({ version: "KI-CR-v1.1.0", consentReceiptID: consent.body.consentId });
    expect(receipt.piiControllers).to.deep.equal([{ piiController: "Example Bank" }]);
    expect(receipt.anchor).to.include({ txHash: consent.body.txHash, blockNumber: consent.body.blockNumber });
  });
});

describe("Erasing a person", () => {
  it("removes what could name them, from the file too, ends their consents, and leaves every other proof standing", async () => {
    const api = await startService();
    const audit = auditor(api.rpcUrl, api.contract);
    try {
      const [gone, stays] = [newPhone(), newPhone()];
      const forgotten = await onboard(api, gone);
      const kept = await onboard(api, stays);
      await verify(api, gone, GOOD_PIN);
      const [{ consentId }] = (await api.get(`/api/consents?phoneNumber=${encodeURIComponent(gone)}`)).body
        .consents;
      const { body: payloadBefore } = await api.get(forgotten.body.eventUrl);

      const erased = await api.post("/api/subjects/erase", { phoneNumber: gone });
      expect(erased.status).to.equal(200);
      expect(erased.body).to.include({ erasedEvents: 4, consentsRevoked: 1 });

      const { body: event } = await api.get(forgotten.body.eventUrl);
      expect(event).to.include({ payload: null, digest: payloadBefore.digest });
      expect(event.anchor).to.deep.equal(payloadBefore.anchor);
      expect((await api.get(`${forgotten.body.eventUrl}/receipt`)).body).to.include({
        status: 410,
        code: "EVENT_ERASED",
      });
      expect(await audit.contract.getFunction("isConsentActive")(consentId)).to.equal(false);
      expect((await api.post("/api/subjects/erase", { phoneNumber: gone })).status).to.equal(404);

      for (const { body } of [kept, erased]) {
        const verdict = await audit.verify((await api.get(`${body.eventUrl as string}/receipt`)).body);
        expect(verdict, JSON.stringify(verdict)).to.include({ ok: true, level: "chain" });
      }
      const { body: tombstone } = await api.get(erased.body.eventUrl);
      expect(tombstone.payload).to.include({
        type: "erased",
        identityHash: payloadBefore.payload.identityHash,
      });
      expect(tombstone.payload).not.to.have.property("phoneNumber");

      const files = readdirSync(api.dataDir).filter((name) => name.startsWith("ledger.db"));
      const bytes = files.map((name) => readFileSync(join(api.dataDir, name)).toString("latin1")).join("");
      const payloadOf = ({ body }: { body: { eventId: string } }) => `"id":"${body.eventId}"`;
      expect(bytes).to.contain(payloadOf(kept));
      expect(bytes).not.to.contain(payloadOf(forgotten));

      // The same phone is a stranger now, and may start afresh.
      expect((await api.post("/api/pin/check-pin-exists", { phoneNumber: gone })).body.exists).to.equal(
        false,
      );
    } finally {
      audit.close();
      await api.close();
    }
  });
});
