import { expect } from "chai";
import { GOOD_PIN, WRONG_PIN, newPhone, onboard, requestOtp, verify } from "../helpers/customer.ts";
import { startService } from "../helpers/service.ts";
import type { Answer, TestService } from "../helpers/service.ts";

const OTHER_PIN = "560193";

describe("Changing a PIN", () => {
  let api: TestService;
  before(async () => {
    api = await startService();
  });
  after(() => api.close());

  const change = (phone: string, currentPin: string, newPin: string): Promise<Answer> =>
    api.post("/api/pin/change-pin", { phoneNumber: phone, currentPin, newPin });

  it("takes the current one, and from then on only the new one counts", async () => {
    const phone = newPhone();
    await onboard(api, phone);
    const changed = await change(phone, GOOD_PIN, OTHER_PIN);
    expect(changed.status).to.equal(200);
    expect(changed.body).to.include({
      success: true,
      message: "PIN changed successfully with FRA compliance",
    });
    expect(changed.body.txHash).to.match(/^0x/);
    expect((await verify(api, phone, OTHER_PIN)).body.valid).to.equal(true);
    expect((await verify(api, phone, GOOD_PIN)).body.valid).to.equal(false);
    const { body: event } = await api.get(changed.body.eventUrl);
    expect(event.payload).to.include({ type: "pin_change", eventType: "pin_knowledge_factor_changed" });
  });

  it("with a wrong current PIN counts like a verification, and locks like one", async () => {
    const phone = newPhone();
    await onboard(api, phone);
    for (const left of [4, 3]) {
      const answer = await change(phone, WRONG_PIN, OTHER_PIN);
      expect(answer.status).to.equal(403);
      expect(answer.body).to.include({ code: "FRA_PIN_INCORRECT", attemptsRemaining: left });
      expect(answer.body.txHash).to.match(/^0x/);
    }
    for (const left of [2, 1, 0]) {
      expect((await verify(api, phone, WRONG_PIN)).body.attemptsRemaining).to.equal(left);
    }
    expect((await change(phone, GOOD_PIN, OTHER_PIN)).body.code).to.equal("FRA_PIN_LOCKED");
  });

  it("is refused for a weak, malformed or unchanged new PIN, without counting an attempt", async () => {
    const phone = newPhone();
    await onboard(api, phone);
    expect((await change(phone, WRONG_PIN, "111111")).body.code).to.equal("FRA_WEAK_PIN_REJECTED");
    expect((await change(phone, WRONG_PIN, "1234")).body.code).to.equal("FRA_PIN_FORMAT_ERROR");
    expect((await change(phone, GOOD_PIN, GOOD_PIN)).body.code).to.equal("FRA_PIN_UNCHANGED");
    expect((await verify(api, phone, WRONG_PIN)).body.attemptsRemaining).to.equal(4);
  });

  it("twenty times at once with the right PIN changes it once", async () => {
    const phone = newPhone();
    await onboard(api, phone);
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) => change(phone, GOOD_PIN, `56019${i % 10}`)),
    );
    expect(answers.filter(({ status }) => status === 200)).to.have.length(1);
  });
});

describe("Resetting a PIN", () => {
  let api: TestService;
  let now = Date.UTC(2026, 0, 1);
  before(async () => {
    api = await startService({}, { clock: { now: () => now } });
  });
  after(() => api.close());

  const reset = (phone: string, pin: string, otp: string): Promise<Answer> =>
    api.post("/api/pin/reset", { phoneNumber: phone, pin, otp });

  it("takes a code for pin_reset in place of the old PIN", async () => {
    const phone = newPhone();
    await onboard(api, phone);
    const answer = await reset(phone, OTHER_PIN, await requestOtp(api, phone, "pin_reset"));
    expect(answer.status).to.equal(200);
    expect(answer.body.message).to.equal("PIN reset successfully with FRA compliance");
    expect((await verify(api, phone, OTHER_PIN)).body.valid).to.equal(true);
  });

  it("heals a PIN that was disabled", async () => {
    const phone = newPhone();
    await onboard(api, phone);
    for (let evaluated = 0; evaluated < 50; now += 24 * 3_600_000) {
      while ((await verify(api, phone, WRONG_PIN)).status === 200) evaluated++;
    }
    expect((await verify(api, phone, GOOD_PIN)).body.code).to.equal("FRA_PIN_DISABLED");
    expect((await reset(phone, OTHER_PIN, await requestOtp(api, phone, "pin_reset"))).status).to.equal(200);
    expect((await verify(api, phone, OTHER_PIN)).body.valid).to.equal(true);
  });

  it("is refused with a code for another purpose, without standing consent, and where no PIN is set", async () => {
    const phone = newPhone();
    await onboard(api, phone);
    const forSet = await requestOtp(api, phone, "pin_set");
    expect((await reset(phone, OTHER_PIN, forSet)).body.reason).to.equal("otp_wrong");

    const consents = await api.get(`/api/consents?phoneNumber=${encodeURIComponent(phone)}`);
    const { consentId } = consents.body.consents[0];
    await api.post("/api/consents/revoke", { phoneNumber: phone, consentId });
    const otp = await requestOtp(api, phone, "pin_reset");
    expect((await reset(phone, OTHER_PIN, otp)).body.code).to.equal("FRA_CONSENT_REQUIRED");

    const stranger = newPhone();
    const code = await requestOtp(api, stranger, "pin_reset", "consent");
    expect((await reset(stranger, OTHER_PIN, code)).body.code).to.equal("FRA_CONSENT_REQUIRED");
    await api.post("/api/consents", {
      phoneNumber: stranger,
      otp: code,
      purpose: "pin_set",
      documentVersion: "1",
      documentHash: `0x${"ab".repeat(32)}`,
    });
    expect((await reset(stranger, OTHER_PIN, code)).body.code).to.equal("FRA_PIN_NOT_SET");
  });
});
