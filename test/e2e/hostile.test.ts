/** What a hostile customer or stranger tried, and a reviewer before them. */
import { expect } from "chai";
import {
  GOOD_PIN,
  WRONG_PIN,
  consentBody,
  giveConsent,
  newPhone,
  onboard,
  requestOtp,
  verify,
} from "../helpers/customer.ts";
import { startService } from "../helpers/service.ts";
import type { TestService } from "../helpers/service.ts";

const wrongCode = (otp: string) => String((Number(otp) + 1) % 1_000_000).padStart(6, "0");

describe("A hostile caller", () => {
  let api: TestService;
  let now = Date.UTC(2026, 0, 1);
  before(async () => {
    api = await startService({ HASH_QUEUE: "200" }, { clock: { now: () => now } });
  });
  after(() => api.close());

  const set = (phoneNumber: string, otp: string) =>
    api.post("/api/pin/set", { pin: GOOD_PIN, phoneNumber, otp });

  it("cannot give a consent that the contract would refuse, and so stop the ledger for everybody", async () => {
    const refused: [object, string][] = [
      [{ documentHash: `0x${"00".repeat(32)}` }, "invalid_document_hash"],
      [{ expiresAt: new Date(now + 999).toISOString() }, "already_expired"],
    ];
    for (const [change, reason] of refused) {
      const phone = newPhone();
      const otp = await requestOtp(api, phone, "consent");
      const answer = await api.post("/api/consents", { ...consentBody(phone, otp), ...change });
      expect(answer.body).to.include({ code: "FRA_VALIDATION_ERROR", reason });
    }
    const phone = newPhone();
    const otp = await requestOtp(api, phone, "consent");
    const soon = { ...consentBody(phone, otp), expiresAt: new Date(now + 1_000).toISOString() };
    expect((await api.post("/api/consents", soon)).status).to.equal(201);
  });

  it("may give and revoke a consent within one second", async () => {
    const phone = newPhone();
    const { consent } = await giveConsent(api, phone);
    const body = { phoneNumber: phone, consentId: consent.body.consentId };
    expect((await api.post("/api/consents/revoke", body)).status).to.equal(200);
  });

  it("learns from a wrong code nothing about the phone: customer, former customer and stranger answer alike", async () => {
    const customer = newPhone();
    const { otp } = await giveConsent(api, customer);
    await set(customer, otp);
    const expired = newPhone();
    const late = await requestOtp(api, expired, "pin_set");
    now += 5 * 60_000;
    const answers = await Promise.all([
      set(customer, wrongCode(otp)),
      set(expired, wrongCode(late)),
      set(newPhone(), wrongCode(otp)),
    ]);
    for (const { body } of answers) expect(body).to.deep.equal(answers[0].body);
    expect((await set(customer, otp)).body.reason).to.equal("otp_used");
  });

  it("cannot buy fresh guesses at codes with fresh codes: wrong ones add up over a phone's challenges", async () => {
    const phone = newPhone();
    let compared = 0;
    for (let day = 0; day < 3; day++, now += 24 * 3_600_000) {
      for (let quarter = 0; quarter < 4; quarter++, now += 15 * 60_000) {
        for (let challenge = 0; challenge < 5; challenge++) {
          const answer = await api.post("/api/otp/request", { phoneNumber: phone, purposes: ["pin_reset"] });
          if (answer.status !== 202) break;
          for (let guess = 0; guess < 6; guess++) {
            const body = { pin: GOOD_PIN, phoneNumber: phone, otp: wrongCode(api.otp(phone)) };
            const { body: refusal } = await api.post("/api/pin/reset", body);
            if (refusal.reason === "otp_wrong") compared++;
            else expect(refusal.reason).to.be.oneOf(["otp_exhausted", "otp_locked"]);
          }
        }
      }
    }
    // 10, then 10 more after an hour, then 5 a day.
    expect(compared).to.be.within(20, 35);
  });

  it("cannot try PINs by the Idempotency-Key of a right one", async () => {
    const phone = newPhone();
    await onboard(api, phone);
    const key = { "idempotency-key": `leaked-${phone}` };
    expect((await verify(api, phone, GOOD_PIN, key)).body.valid).to.equal(true);
    for (let i = 0; i < 3; i++) expect((await verify(api, phone, WRONG_PIN, key)).status).to.equal(422);
    expect((await verify(api, phone, GOOD_PIN, key)).status).to.equal(422);
  });

  it("does not make parallel right PINs look wrong", async () => {
    const phone = newPhone();
    await onboard(api, phone);
    const answers = await Promise.all(Array.from({ length: 5 }, () => verify(api, phone, GOOD_PIN)));
    expect(answers.map(({ body }) => body.valid)).to.deep.equal(Array(5).fill(true));
  });
});
