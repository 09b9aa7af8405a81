/** The six test scenarios at the end of seed 002, by its own names. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { giveConsent, newPhone, onboard, requestOtp, verify } from "../helpers/customer.ts";
import { startService } from "../helpers/service.ts";
import type { TestService } from "../helpers/service.ts";

describe("Seed 002's test scenarios", () => {
  let api: TestService;
  let dataDir: string;
  before(async () => {
    dataDir = mkdtempSync(join(tmpdir(), "identity-ledger-"));
    api = await startService({}, { dataDir });
  });
  after(async () => {
    await api.close();
    rmSync(dataDir, { recursive: true, force: true });
  });

  it("1. Valid PIN setup: 6-digit PIN with valid OTP", async () => {
    const phoneNumber = "+201234567890";
    const { otp } = await giveConsent(api, phoneNumber);
    const deviceMetadata = { platform: "ios", version: "1.0.0", deviceId: "device-123" };
    const answer = await api.post("/api/pin/set", { pin: "123789", phoneNumber, otp, deviceMetadata });
    expect(answer.status).to.equal(200);
    expect(answer.body.message).to.equal("PIN set successfully with FRA compliance");
    const { body: event } = await api.get(answer.body.eventUrl);
    expect(event.payload.deviceMetadata).to.include(deviceMetadata);
    expect(event.payload.factors).to.deep.equal({
      knowledge: "verified",
      possession: "verified",
      presence: "asserted",
    });
  });

  it("2. Weak PIN rejection: Test all weak patterns", async () => {
    const patterns = {
      "000000": "all_zeros",
      "111111": "all_same_digits",
      "222222": "all_same_digits",
      "123456": "sequential_ascending",
      "654321": "sequential_descending",
      "123123": "repeated_pattern",
      "456456": "repeated_pattern",
    };
    const phoneNumber = newPhone();
    const { otp } = await giveConsent(api, phoneNumber);
    for (const [pin, reason] of Object.entries(patterns)) {
      const { body } = await api.post("/api/pin/set", { pin, phoneNumber, otp });
      expect(body, pin).to.include({ status: 400, code: "FRA_WEAK_PIN_REJECTED", reason });
    }
  });

  it("3. Format validation: Non-numeric, wrong length PINs", async () => {
    const phoneNumber = newPhone();
    const { otp } = await giveConsent(api, phoneNumber);
    for (const pin of ["12345", "1234567", "12a456", "abcdef", "", "      ", "-12345", "12345.", "1e5000"]) {
      const { body } = await api.post("/api/pin/set", { pin, phoneNumber, otp });
      expect(body, pin).to.include({ status: 400, code: "FRA_PIN_FORMAT_ERROR" });
    }
  });

  it("4. Duplicate PIN: Attempt to set PIN when already exists", async () => {
    const phoneNumber = newPhone();
    await onboard(api, phoneNumber);
    const otp = await requestOtp(api, phoneNumber, "pin_set");
    expect((await api.post("/api/pin/set", { pin: "560193", phoneNumber, otp })).status).to.equal(409);
  });

  it("6. Audit logging: Verify Digital Identity Ledger entries", async () => {
    const phoneNumber = newPhone();
    const set = await onboard(api, phoneNumber);
    const verified = await verify(api, phoneNumber, "839271");
    const names = ["pin_knowledge_factor_set", "pin_knowledge_factor_verified"];
    for (const [i, { body }] of [set, verified].entries()) {
      const { body: event } = await api.get(`/api/ledger/events/${body.compliance.digitalIdentityLedgerRef}`);
      expect(event.payload.eventType).to.equal(names[i]);
      expect(event.payload.identityHash).to.match(/^0x[0-9a-f]{64}$/);
      expect(event.payload.timestamp).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      expect(event.payload.regulatoryFlags).to.include("FRA_SECTION_TWO");
      expect(event.anchor.status).to.equal("final");
    }
  });
  // 5. Verification flow: Both Argon2 and PBKDF2 PIN verification: legacy-import.test.ts
});
