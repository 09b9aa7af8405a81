import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { expect } from "chai";
import { onboardingEn as words } from "../../../server/console/customer/words/onboarding-en.ts";
import { en } from "../../../server/console/customer/words/en.ts";
import { reasons, weakness } from "../../../server/console/customer/words/reasons.ts";
import { MINUTE, testClock } from "../../helpers/account.ts";
import type { TestClock } from "../../helpers/account.ts";
import { auditor } from "../../helpers/auditor.ts";
import { PHONE, accessibilityFaults, closeBrowser, hasFocus } from "../../helpers/browser.ts";
import { newPhone, onboard, verify } from "../../helpers/customer.ts";
import { startService } from "../../helpers/service.ts";
import type { TestService } from "../../helpers/service.ts";
import { ARABIC, ENGLISH, customer } from "./steps.ts";
import type { Customer } from "./steps.ts";

const sha256 = (bytes: string | Uint8Array) => `0x${createHash("sha256").update(bytes).digest("hex")}`;

/** Seed 000's flow: phone, code, consent, PIN, and the receipt of it. */
describe("At the console the onboarding", () => {
  let service: TestService;
  let clock: TestClock;
  let me: Customer;
  before(async () => {
    clock = testClock();
    service = await startService({}, { clock });
    me = await customer(service);
  });
  afterEach(() => me.forget());
  after(async () => {
    await me.leave();
    await closeBrowser();
    await service.close();
  });

  const start = async (typed: string, at = me, texts = words) => {
    await at.open("/console/onboarding");
    await at.field(texts.phone.label).fill(typed);
    await at.press(texts.phone.send);
  };
  /** The code that was sent, once the page says so. */
  const codeFor = async (phone: string, at = me, texts = words) => {
    await at.sees(texts.code.title);
    return service.otp(phone);
  };
  const untilPin = async (phone: string) => {
    await start(phone);
    await me.type(words.code.label, await codeFor(phone));
    await me.sees(words.terms.title);
    await me.press(words.terms.accept);
    await me.sees(words.pin.title);
  };
  const isValid = async (phone: string, pin: string) => (await verify(service, phone, pin)).body.valid;

  for (const [language, options] of [
    [ENGLISH, { ...PHONE, colorScheme: "dark" }],
    [ARABIC, {}],
  ] as const) {
    it(`leads in ${language.name} from the phone to a receipt that verifies, and every screen is accessible`, async function () {
      this.timeout(60_000);
      const texts = language.onboarding;
      const at = await customer(service, language, options);
      const accessible = async (what: string) =>
        expect(await accessibilityFaults(at.page), what).to.deep.equal([]);
      const phone = newPhone();
      await start(phone, at, texts);
      const code = await codeFor(phone, at, texts);
      await accessible("code");
      await at.type(texts.code.label, code);
      await at.sees(texts.terms.title);
      await accessible("terms");
      const shown = (await at.page.locator(".terms").textContent()) ?? "";
      const [saved] = await Promise.all([at.page.waitForEvent("download"), at.press(texts.terms.keep)]);
      expect(readFileSync(await saved.path(), "utf8"), "the text as a file").to.equal(shown);
      await at.reads(sha256(shown));

      await at.press(texts.terms.accept);
      await at.sees(texts.pin.title);
      await accessible("PIN");
      await at.choose("839271", "839271", texts.pin.save);
      await at.sees(texts.receipt.title);
      await at.reads(texts.receipt.lead);
      await accessible("receipt");
      const [file] = await Promise.all([at.page.waitForEvent("download"), at.follow(texts.receipt.download)]);
      const receipt = JSON.parse(readFileSync(await file.path(), "utf8"));
      const audit = auditor(service.rpcUrl, service.contract);
      expect((await audit.verify(receipt)).ok).to.equal(true);
      audit.close();
      const event = JSON.parse(receipt.payload as string);
      expect(event).to.include({ type: "pin_set", policy: "fra" });
      expect(event.deviceMetadata).to.include({ platform: "web" });
      const facts = await at.page.locator(".facts bdi").allInnerTexts();
      expect(facts).to.deep.equal([receipt.anchor.txHash, String(receipt.anchor.blockNumber), event.id]);
      const proof = at.page.getByRole("link", { name: at.texts.recorded.verify });
      expect(await proof.getAttribute("href")).to.equal(`/console/audit?event=${event.id}`);
      await at.page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
      await at.press(texts.receipt.copyTransaction);
      expect(await at.page.evaluate(() => navigator.clipboard.readText())).to.equal(facts[0]);

      const { body } = await service.get(`/api/consents?phoneNumber=${encodeURIComponent(phone)}`);
      expect(body.consents).to.have.length(1);
      expect(body.consents[0]).to.include({ documentVersion: "2026-01", documentHash: sha256(shown) });
      expect(await isValid(phone, "839271")).to.equal(true);
      await at.leave();
    });
  }

  it("takes a number as people write it, and says what is wrong with one that is none", async () => {
    await start("12345");
    expect(await me.alert()).to.equal(reasons.en["invalid_phone_number"]);
    const phone = newPhone();
    for (const typed of [
      `${phone.slice(0, 3)} ${phone.slice(3, 6)} ${phone.slice(6)}`,
      `00${phone.slice(1)}`,
      `+٢٠${phone.slice(3)}`,
    ]) {
      await start(typed);
      await me.sees(words.code.title);
      await me.reads(phone);
    }
  });

  it("says at once that a code is wrong, and takes the right one after it", async () => {
    const phone = newPhone();
    await start(phone);
    const code = await codeFor(phone);
    await me.type(words.code.label, code === "000000" ? "000001" : "000000");
    expect(await me.alert()).to.equal(reasons.en["otp_wrong"]);
    const field = me.field(words.code.label);
    expect(await field.inputValue()).to.equal("");
    expect(await field.getAttribute("aria-invalid")).to.equal("true");
    expect(await field.getAttribute("autocomplete")).to.equal("one-time-code");
    await hasFocus(field);
    await me.page.keyboard.type(code);
    await me.sees(words.terms.title);
  });

  it("tells an expired code from a wrong one, and sends another, though not at once", async () => {
    const at = await customer(service);
    await at.page.clock.install();
    const phone = newPhone();
    await start(phone, at);
    await at.sees(words.code.title);
    const again = at.page.getByRole("button", { name: words.code.again });
    expect(await again.isDisabled()).to.equal(true);
    clock.pass(5 * MINUTE);
    await at.type(words.code.label, service.otp(phone));
    expect(await at.alert()).to.equal(reasons.en["otp_expired"]);
    await at.page.clock.fastForward(30_000);
    await at.press(words.code.again);
    await at.reads(words.code.sent);
    expect(await again.isDisabled(), "and so on").to.equal(true);
    await at.type(words.code.label, service.otp(phone));
    await at.sees(words.terms.title);
    await at.leave();
  });

  it("asks for another code where the first ends before the PIN is chosen, and not for the terms again", async () => {
    const at = me;
    const phone = newPhone();
    await untilPin(phone);
    clock.pass(5 * MINUTE);
    await at.choose("839271", "839271", words.pin.save);
    await at.sees(words.code.title);
    await at.reads(reasons.en["otp_expired"]!);
    await at.press(words.code.otherNumber);
    expect(await at.field(words.phone.label).inputValue(), "the number is still there").to.equal(phone);
    await at.press(words.phone.send);
    await at.type(words.code.label, await codeFor(phone));
    await at.sees(words.pin.title);
    await at.choose("839271", "839271", words.pin.save);
    await at.sees(words.receipt.title);
  });

  it("takes the terms as accepted once, however quick the second click is", async () => {
    const sent: string[] = [];
    me.page.on("request", (request) => sent.push(`${request.method()} ${new URL(request.url()).pathname}`));
    const phone = newPhone();
    await start(phone);
    await me.type(words.code.label, await codeFor(phone));
    await me.page.getByRole("button", { name: words.terms.accept }).evaluate((button: HTMLElement) => {
      button.click();
      button.click();
    });
    await me.sees(words.pin.title);
    expect(sent.filter((one) => one === "POST /api/consents")).to.have.length(1);
  });

  it("says in words why a PIN is weak, and that two are not the same", async () => {
    await untilPin("+201084629357");
    const { sentence, rules } = weakness.en;
    for (const [pin, rule] of [
      ["123456", "sequential_ascending"],
      ["121212", "repeated_pattern"],
      ["310190", "date_day_month_year"],
      ["629357", "phone_number"],
    ] as const) {
      await me.choose(pin, pin, words.pin.save);
      await me.page
        .getByRole("alert")
        .filter({ hasText: sentence(rules[rule]!) })
        .waitFor();
    }
    await me.choose("839271", "839272", words.pin.save);
    await me.page.getByRole("alert").filter({ hasText: en.mismatch }).waitFor();
    await me.choose("839271", "839271", words.pin.save);
    await me.sees(words.receipt.title);
  });

  it("tells whoever has a PIN already what can be done, and does it: a new one, by another code", async () => {
    const phone = newPhone();
    await onboard(service, phone, "839271");
    await start(phone);
    await me.type(words.code.label, await codeFor(phone));
    await me.sees(words.exists.title);
    expect(await accessibilityFaults(me.page)).to.deep.equal([]);
    await me.press(words.exists.reset);
    await me.type(words.code.label, await codeFor(phone));
    await me.press(words.terms.accept);
    await me.choose("507264", "507264", words.pin.save);
    await me.sees(words.receipt.resetTitle);
    expect(await isValid(phone, "507264")).to.equal(true);
  });

  it("says that too many codes were asked for", async () => {
    const phone = newPhone();
    for (let i = 0; i < 5; i++) {
      await service.post("/api/otp/request", { phoneNumber: phone, purposes: ["consent"] });
    }
    await start(phone);
    expect(await me.alert()).to.equal(reasons.en["otp_requests"]);
  });

  it("leaves it to the bank's app where API keys say who may call", async () => {
    const closed = await startService({ API_KEYS: `bank:pin:${"0".repeat(64)}` });
    const at = await customer(closed);
    await at.open("/console/onboarding");
    await at.sees(words.closedTitle);
    await at.reads(words.closed);
    expect(await accessibilityFaults(at.page)).to.deep.equal([]);
    await at.leave();
    await closed.close();
  });
});
