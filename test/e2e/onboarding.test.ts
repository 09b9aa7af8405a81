import { expect } from "chai";
import { auditor } from "../helpers/auditor.ts";
import type { Auditor } from "../helpers/auditor.ts";
import {
  DOCUMENT_HASH,
  GOOD_PIN,
  consentBody,
  giveConsent,
  newPhone,
  onboard,
  requestOtp,
} from "../helpers/customer.ts";
import { startService } from "../helpers/service.ts";
import type { Answer, TestService } from "../helpers/service.ts";

describe("Setting a PIN", () => {
  let api: TestService;
  let audit: Auditor;
  before(async () => {
    api = await startService();
    audit = auditor(api.rpcUrl, api.contract);
  });
  after(async () => {
    audit.close();
    await api.close();
  });

  const set = (body: object) => api.post("/api/pin/set", body);
  const exists = async (phone: string) =>
    (await api.post("/api/pin/check-pin-exists", { phoneNumber: phone })).body.exists as boolean;

  it("answers with seed 002's fields, and with a transaction that succeeded and carries the event's digest", async () => {
    const phone = newPhone();
    const { status, body } = await onboard(api, phone);
    expect(status).to.equal(200);
    expect(body).to.include({ success: true, message: "PIN set successfully with FRA compliance" });
    expect(body.compliance).to.deep.equal({
      fraSection: "Section Two - Digital Identity Authentication",
      knowledgeFactorSet: true,
      possessionFactorVerified: true,
      auditTrail: true,
      digitalIdentityLedgerRef: body.eventId,
    });

    const receipt = await audit.provider.getTransactionReceipt(body.txHash!);
    expect(receipt).to.include({ status: 1, blockNumber: body.blockNumber });
    expect(receipt!.to!.toLowerCase()).to.equal(api.contract);
    const { body: event } = await api.get(body.eventUrl);
    const anchored = receipt!.logs
      .map((log) => audit.contract.interface.parseLog(log))
      .find((log) => log?.name === "Anchored");
    expect([...anchored!.args.digests]).to.include(event.digest);
  });

  it("leaves an event in seed 002's audit format, with the phone masked", async () => {
    const phone = newPhone();
    const { body } = await onboard(api, phone);
    const { body: event } = await api.get(`/api/ledger/events/${body.eventId}`);
    expect(event.payload).to.include({
      type: "pin_set",
      eventType: "pin_knowledge_factor_set",
      phoneNumber: `${phone.slice(0, -4)}****`,
      policy: "fra",
    });
    expect(event.payload.fraCompliance).to.deep.equal({
      knowledgeFactor: true,
      possessionFactor: true,
      presenceFactor: false,
      legalConsentVerified: true,
      auditTrail: true,
    });
    expect(event.payload.regulatoryFlags).to.deep.equal(["FRA_SECTION_TWO", "DIGITAL_IDENTITY_LEDGER"]);
    expect(event.payload.deviceMetadata.ipAddress).to.equal("127.0.0.1");
  });

  it("records the consent on chain, in the transaction that anchors its event", async () => {
    const phone = newPhone();
    const { consent } = await giveConsent(api, phone);
    expect(consent.status).to.equal(201);
    expect(await audit.contract.getFunction("isConsentActive")(consent.body.consentId)).to.equal(true);
    const onChain = await audit.contract.getFunction("getConsent")(consent.body.consentId);
    expect(onChain.documentHash).to.equal(DOCUMENT_HASH);
    const receipt = await audit.provider.getTransactionReceipt(consent.body.txHash!);
    const granted = receipt!.logs
      .map((log) => audit.contract.interface.parseLog(log))
      .find((log) => log?.name === "ConsentGranted");
    expect(granted!.args.id).to.equal(consent.body.consentId);

    const listed = await api.get(`/api/consents?phoneNumber=${encodeURIComponent(phone)}`);
    expect(listed.body.consents).to.have.length(1);
    expect(listed.body.consents[0]).to.include({ consentId: consent.body.consentId, status: "active" });
  });

  it("makes an event, a receipt and a checkpoint that anyone can verify for each step", async () => {
    const phone = newPhone();
    const { consent, otp } = await giveConsent(api, phone);
    const pin = await set({ pin: GOOD_PIN, phoneNumber: phone, otp });
    for (const { body } of [consent, pin]) {
      const { body: receipt } = await api.get(`${body.eventUrl as string}/receipt`);
      const verdict = await audit.verify(receipt);
      expect(verdict, JSON.stringify(verdict)).to.include({ ok: true, level: "chain" });
      expect(await audit.includedOnChain(receipt)).to.equal(true);
    }
    const checkpoint = await api.get("/api/ledger/checkpoint");
    expect(checkpoint.headers.get("content-type")).to.match(/^text\/plain/);
    expect(checkpoint.body).to.match(/^identity-ledger\/[\w-]+\n\d+\n[\w+/]+=\n\n— identity-ledger\//);
  });

  describe("is refused, and changes nothing,", () => {
    interface Case {
      readonly name: string;
      readonly status: number;
      readonly code: string;
      readonly reason: string;
      /** Prepares the phone and makes the body. */
      readonly body: (phone: string) => Promise<object>;
    }
    const ready = async (phone: string, change: object) => {
      const { otp } = await giveConsent(api, phone);
      return { pin: GOOD_PIN, phoneNumber: phone, otp, ...change };
    };
    const cases: Case[] = [
      {
        name: "without consent",
        status: 403,
        code: "FRA_CONSENT_REQUIRED",
        reason: "consent_missing",
        body: async (phone) => ({
          pin: GOOD_PIN,
          phoneNumber: phone,
          otp: await requestOtp(api, phone, "pin_set"),
        }),
      },
      {
        name: "without an OTP in the request",
        status: 400,
        code: "FRA_VALIDATION_ERROR",
        reason: "missing_field",
        body: async (phone) => ({ pin: GOOD_PIN, phoneNumber: phone }),
      },
      {
        name: "with an OTP that was never requested",
        status: 400,
        code: "FRA_POSSESSION_FACTOR_FAILED",
        reason: "otp_wrong",
        body: async (phone) => ({ pin: GOOD_PIN, phoneNumber: phone, otp: "123456" }),
      },
      {
        name: "with a wrong OTP",
        status: 400,
        code: "FRA_POSSESSION_FACTOR_FAILED",
        reason: "otp_wrong",
        body: async (phone) => {
          const { otp } = await giveConsent(api, phone);
          return { pin: GOOD_PIN, phoneNumber: phone, otp: otp === "000000" ? "000001" : "000000" };
        },
      },
      {
        name: "with a weak PIN",
        status: 400,
        code: "FRA_WEAK_PIN_REJECTED",
        reason: "sequential_ascending",
        body: (phone) => ready(phone, { pin: "123456" }),
      },
      {
        name: "with 5 digits",
        status: 400,
        code: "FRA_PIN_FORMAT_ERROR",
        reason: "wrong_length",
        body: (phone) => ready(phone, { pin: "83927" }),
      },
      {
        name: "with Arabic-Indic digits",
        status: 400,
        code: "FRA_PIN_FORMAT_ERROR",
        reason: "not_digits",
        body: (phone) => ready(phone, { pin: "٨٣٩٢٧١" }),
      },
      {
        name: "with a number instead of a string",
        status: 400,
        code: "FRA_VALIDATION_ERROR",
        reason: "wrong_type",
        body: (phone) => ready(phone, { pin: 839_271 }),
      },
      {
        name: "with the PIN in an array",
        status: 400,
        code: "FRA_VALIDATION_ERROR",
        reason: "wrong_type",
        body: (phone) => ready(phone, { pin: [GOOD_PIN] }),
      },
      {
        name: "with an extra field",
        status: 400,
        code: "FRA_VALIDATION_ERROR",
        reason: "unknown_field",
        body: (phone) => ready(phone, { admin: true }),
      },
      {
        name: "for something that is not a phone number",
        status: 400,
        code: "FRA_VALIDATION_ERROR",
        reason: "invalid_phone_number",
        body: async () => ({ pin: GOOD_PIN, phoneNumber: "01234567890", otp: "123456" }),
      },
    ];
    for (const { name, status, code, reason, body } of cases) {
      it(name, async () => {
        const phone = newPhone();
        const answer = await set(await body(phone));
        expect(answer.body).to.include({ status, code, reason });
        expect(answer.status).to.equal(status);
        expect(answer.headers.get("content-type")).to.match(/^application\/problem\+json/);
        expect(await exists(phone)).to.equal(false);
      });
    }

    it("with an OTP that was used, and the first PIN stays", async () => {
      const phone = newPhone();
      const { otp } = await giveConsent(api, phone);
      await set({ pin: GOOD_PIN, phoneNumber: phone, otp });
      const again = await set({ pin: "560193", phoneNumber: phone, otp });
      expect(again.body).to.include({ code: "FRA_POSSESSION_FACTOR_FAILED", reason: "otp_used" });
      const verified = await api.post("/api/pin/verify-pin", { pin: GOOD_PIN, phoneNumber: phone });
      expect(verified.body.valid).to.equal(true);
    });

    it("when a PIN exists, pointing at change-pin", async () => {
      const phone = newPhone();
      await onboard(api, phone);
      const otp = await requestOtp(api, phone, "pin_set");
      const again = await set({ pin: "560193", phoneNumber: phone, otp });
      expect(again).to.include({ status: 409 });
      expect(again.body).to.include({ code: "FRA_PIN_ALREADY_SET" });
      expect(again.body.detail).to.contain("change-pin");
    });

    it("judging format and strength before the OTP, so that a good code survives a typo", async () => {
      const phone = newPhone();
      const { otp } = await giveConsent(api, phone);
      for (const pin of ["12345", "111111"]) {
        expect((await set({ pin, phoneNumber: phone, otp })).status).to.equal(400);
      }
      expect((await set({ pin: GOOD_PIN, phoneNumber: phone, otp })).status).to.equal(200);
    });
  });

  it("twice at once with one code sets one PIN", async () => {
    const phone = newPhone();
    const { otp } = await giveConsent(api, phone);
    const answers = await Promise.all(
      ["839271", "560193", "274906"].map((pin) => set({ pin, phoneNumber: phone, otp })),
    );
    expect(answers.filter(({ status }) => status === 200)).to.have.length(1);
    for (const { status } of answers) expect(status).to.be.oneOf([200, 400, 409]);
  });
});

describe("A one-time code", () => {
  let api: TestService;
  let now = Date.UTC(2026, 0, 1);
  before(async () => {
    api = await startService({}, { clock: { now: () => now } });
  });
  after(() => api.close());

  const consent = (phone: string, otp: string): Promise<Answer> =>
    api.post("/api/consents", consentBody(phone, otp));
  const wrong = (otp: string) => String((Number(otp) + 1) % 1_000_000).padStart(6, "0");

  it("serves each of its purposes once", async () => {
    const phone = newPhone();
    const otp = await requestOtp(api, phone, "consent", "pin_set");
    expect((await consent(phone, otp)).status).to.equal(201);
    expect((await consent(phone, otp)).body).to.include({ reason: "otp_used" });
    expect((await api.post("/api/pin/set", { pin: GOOD_PIN, phoneNumber: phone, otp })).status).to.equal(200);
  });

  it("is not taken for a purpose that it was not requested for", async () => {
    const phone = newPhone();
    const otp = await requestOtp(api, phone, "pin_set");
    expect((await consent(phone, otp)).body).to.include({ reason: "otp_wrong" });
  });

  it("expires after five minutes", async () => {
    const phone = newPhone();
    const otp = await requestOtp(api, phone, "consent");
    now += 5 * 60_000;
    expect((await consent(phone, otp)).body).to.include({ reason: "otp_expired" });
  });

  it("survives five wrong tries and no more, and each of them is an event", async () => {
    const phone = newPhone();
    const otp = await requestOtp(api, phone, "consent");
    const tries = await Promise.all(Array.from({ length: 8 }, () => consent(phone, wrong(otp))));
    expect(tries.filter(({ body }) => body.reason === "otp_wrong")).to.have.length(5);
    expect((await consent(phone, otp)).body).to.include({ reason: "otp_exhausted" });
    const fresh = await requestOtp(api, phone, "consent");
    const granted = await consent(phone, fresh);
    const { body: event } = await api.get(granted.body.eventUrl);
    // One request, five failures, one more request: the grant is the subject's eighth event.
    expect(event.payload.subjectSeq).to.equal(7);
  });

  it("is not sent a sixth time within a quarter of an hour, and says when it will be", async () => {
    const phone = newPhone();
    for (let i = 0; i < 5; i++) await requestOtp(api, phone, "consent");
    const refused = await api.post("/api/otp/request", { phoneNumber: phone, purposes: ["consent"] });
    expect(refused.status).to.equal(429);
    expect(Number(refused.headers.get("retry-after"))).to.be.greaterThan(0);
    now += 15 * 60_000;
    expect(
      (await api.post("/api/otp/request", { phoneNumber: phone, purposes: ["consent"] })).status,
    ).to.equal(202);
  });
});
