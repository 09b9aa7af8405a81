import { expect } from "chai";
import type { Page } from "playwright-core";
import { en } from "../../../server/console/customer/words/en.ts";
import { onboardingEn } from "../../../server/console/customer/words/onboarding-en.ts";
import { newAccount } from "../../helpers/account.ts";
import { closeBrowser } from "../../helpers/browser.ts";
import { newPhone } from "../../helpers/customer.ts";
import { startService } from "../../helpers/service.ts";
import type { TestService } from "../../helpers/service.ts";
import { heldInMemory } from "./heap.ts";
import { customer, support } from "./steps.ts";
import type { Customer } from "./steps.ts";

const PINS = {
  wrong: "9402",
  mistyped: "9403",
  first: "9404",
  changed: "9405",
  reset: "9406",
  fra: "946158",
};

/** Everything that a page can leave behind in a browser. */
async function leftBehind(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const databases = await indexedDB.databases();
    const cached = await caches.keys();
    return JSON.stringify([
      { ...localStorage },
      { ...sessionStorage },
      databases,
      cached,
      document.cookie,
      history.state,
      location.href,
      window.name,
      performance.getEntries().map(({ name }) => name),
      [...document.querySelectorAll("input")].map(({ value }) => value),
      document.documentElement.outerHTML,
    ]);
  });
}

describe("After a whole visit to the console", () => {
  let service: TestService;
  before(async () => {
    service = await startService();
  });
  after(async () => {
    await closeBrowser();
    await service.close();
  });

  async function toPin(me: Customer, phone: string): Promise<void> {
    await me.page.context().clearCookies();
    await me.open("/console/onboarding");
    await me.field(onboardingEn.phone.label).fill(phone);
    await me.press(onboardingEn.phone.send);
    await me.sees(onboardingEn.code.title);
    await me.type(onboardingEn.code.label, service.otp(phone));
    await me.press(onboardingEn.terms.accept);
    await me.sees(onboardingEn.pin.title);
  }

  it("no PIN and no code is in storage, addresses, history or the page, and the sign-in is out of scripts' reach", async function () {
    this.timeout(60_000);
    const me = await customer(service);
    const { page } = me;
    const addresses: string[] = [];
    const bodies: string[] = [];
    page.on("request", (request) => {
      addresses.push(request.url(), ...Object.values(request.headers()));
      const body = request.postData();
      if (body !== null) bodies.push(body);
    });
    page.on("framenavigated", (frame) => addresses.push(frame.url()));
    const account = newAccount();
    let seen = "";
    const look = async () => void (seen += await leftBehind(page));

    await me.signIn(account);
    await me.choose(PINS.first, PINS.mistyped);
    await me.alert();
    await look();
    await me.choose(PINS.first);
    await me.sees(en.home.title);
    await look();
    await me.follow(en.home.change);
    await me.type(en.currentPin, PINS.wrong);
    await me.choose(PINS.changed, PINS.changed, en.change.save);
    await me.alert();
    await look();
    await me.type(en.currentPin, PINS.first);
    await me.choose(PINS.changed, PINS.changed, en.change.save);
    await me.sees(en.home.title);
    await me.signOut();
    await me.signIn(account);
    await me.enter(PINS.wrong);
    await me.alert();
    await look();
    await me.follow(en.enter.forgot);
    await me.choose(PINS.reset, PINS.reset, en.forgot.save);
    await me.sees(en.home.title);
    await look();
    const temporary = await support(service, account, "temporary-pin");
    await me.signIn(account);
    await me.enter(temporary);
    await me.sees(en.temporary.title);
    await look();

    const cookies = await page.context().cookies();
    expect(cookies).to.have.length(1);
    expect(cookies[0]).to.include({ httpOnly: true, sameSite: "Strict", path: "/" });
    expect(seen, "the token").not.to.contain(cookies[0]!.value);
    await me.signOut();
    expect(await page.context().cookies(), "after signing out").to.deep.equal([]);

    const phone = newPhone();
    await toPin(me, phone);
    await look();
    const code = service.otp(phone);
    await me.choose(PINS.fra, PINS.fra, onboardingEn.pin.save);
    await me.sees(onboardingEn.receipt.title);
    await look();
    await me.open("/console");
    const stored = JSON.parse(await page.evaluate(() => JSON.stringify({ ...localStorage }))) as object;
    expect(Object.keys(stored), "nobody chose any looks").to.deep.equal([]);
    for (let i = 0; i < 8; i++) {
      await page.goBack();
      if (!page.url().startsWith(service.url)) break;
      await look();
    }

    const told = bodies.join(" ");
    // Digits that have nothing to do with it: hashes, ids, the port, the number.
    const plain = (text: string) =>
      [service.url, phone, phone.slice(1)]
        .reduce((rest, known) => rest.replaceAll(known, "…"), text)
        .replaceAll(/(0x)?[0-9a-f]{32,}|[0-9a-f]{8}-[0-9a-f-]{27}/g, "…");
    for (const secret of [...Object.values(PINS), temporary, code]) {
      if (secret !== PINS.mistyped) expect(told, "the test looks for what was sent").to.contain(secret);
      expect(plain(seen), `left behind: ${secret}`).not.to.contain(secret);
      expect(plain(addresses.join(" ")), `in an address or header: ${secret}`).not.to.contain(secret);
    }
    expect(told, "a PIN that was not confirmed is not sent").not.to.contain(PINS.mistyped);
    await me.leave();
  });

  it("no PIN and no code is in the memory of the page's scripts once it has served", async function () {
    this.timeout(60_000);
    const me = await customer(service);
    const holding = (strings: readonly string[], ...sought: readonly string[]) =>
      strings.filter((text) => sought.some((one) => text.includes(one)));
    const account = newAccount();
    await me.signIn(account);
    await me.choose(PINS.first);
    await me.sees(en.home.title);
    const afterCreation = await heldInMemory(me.page);
    expect(holding(afterCreation, account), "the test finds what is held").not.to.deep.equal([]);
    expect(holding(afterCreation, PINS.first)).to.deep.equal([]);
    await me.signIn(account);
    await me.enter(PINS.wrong);
    await me.alert();
    expect(holding(await heldInMemory(me.page), PINS.wrong)).to.deep.equal([]);

    const phone = newPhone();
    await toPin(me, phone);
    await me.choose(PINS.fra, PINS.fra, onboardingEn.pin.save);
    await me.sees(onboardingEn.receipt.title);
    expect(holding(await heldInMemory(me.page), PINS.fra, service.otp(phone))).to.deep.equal([]);
    await me.leave();
  });
});
