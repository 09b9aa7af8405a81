import { expect } from "chai";
import { MINUTE, newAccount, signIn, testClock } from "../../helpers/account.ts";
import type { TestClock } from "../../helpers/account.ts";
import { PHONE, accessibilityFaults, closeBrowser } from "../../helpers/browser.ts";
import { startService } from "../../helpers/service.ts";
import type { TestService } from "../../helpers/service.ts";
import { ARABIC, ENGLISH, customer, support, withPin } from "./steps.ts";

/** The onboarding's screens are looked at where it is tested. */
describe("Every screen of a session's PIN", () => {
  let service: TestService;
  let clock: TestClock;
  before(async () => {
    clock = testClock();
    service = await startService({}, { clock });
  });
  after(async () => {
    await closeBrowser();
    await service.close();
  });

  for (const [language, options, looks] of [
    [ENGLISH, {}, "on a desktop, light"],
    [ARABIC, { ...PHONE, colorScheme: "dark" }, "on a phone, dark"],
  ] as const) {
    it(`is accessible and fits, in ${language.name}, ${looks}`, async function () {
      this.timeout(90_000);
      const me = await customer(service, language, options);
      const { page, texts } = me;
      const fits = async (title: string) => {
        await me.sees(title);
        expect(await accessibilityFaults(page), title).to.deep.equal([]);
        const [content, screen] = await page.evaluate(() => [
          document.documentElement.scrollWidth,
          document.documentElement.clientWidth,
        ]);
        expect(content, `${title}: no wider than the screen`).to.equal(screen);
      };
      const account = newAccount();
      await me.open("/console");
      await fits(texts.signInTitle);
      await me.signIn(account);
      await fits(texts.create.title);
      await me.choose("4711", "4712");
      await me.alert();
      await fits(texts.create.title);
      await me.choose("4711");
      await me.sees(texts.home.title);
      await page.locator(".recorded .mono").waitFor();
      await fits(texts.home.title);
      await me.follow(texts.home.change);
      await fits(texts.change.title);

      await me.signOut();
      await me.signIn(account);
      await me.enter("0000");
      await me.alert();
      await fits(texts.enter.title);
      clock.pass(6 * MINUTE);
      await me.follow(texts.enter.forgot);
      await fits(texts.forgot.title);
      await me.choose("0815", "0815", texts.forgot.save);
      await fits(texts.forgot.signInTitle);
      const elsewhere = await signIn(service, { sub: account });
      for (let i = 0; i < 4; i++) await elsewhere.post("/api/session/pin/verify", { pin: "0000" });
      await me.open("/console");
      await fits(texts.locked.title);

      const helped = await withPin(service);
      const temporary = await support(service, helped, "temporary-pin");
      await me.signIn(helped);
      await me.enter(temporary);
      await fits(texts.temporary.title);
      const spent = await withPin(service);
      const wrong = (await support(service, spent, "temporary-pin")) === "0000" ? "0001" : "0000";
      const guesser = await signIn(service, { sub: spent });
      for (let i = 0; i < 3; i++) await guesser.post("/api/session/pin/verify", { pin: wrong });
      await me.signIn(spent);
      await fits(texts.locked.titleForever);
      await me.leave();
    });
  }

  it("follows a change of the language at once, and keeps what was said in it", async () => {
    const me = await customer(service, ENGLISH);
    await me.signIn(newAccount());
    await me.choose("4711", "4712");
    await me.alert();
    await me.page.getByLabel("Language").selectOption("ar");
    await me.sees(ARABIC.texts.create.title);
    expect(await me.alert()).to.equal(ARABIC.texts.mismatch);
    expect(await me.page.locator("html").getAttribute("dir")).to.equal("rtl");
    await me.leave();
  });
});
