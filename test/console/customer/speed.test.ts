import { expect } from "chai";
import { en } from "../../../server/console/customer/words/en.ts";
import { newAccount } from "../../helpers/account.ts";
import { closeBrowser, hasFocus } from "../../helpers/browser.ts";
import { startService } from "../../helpers/service.ts";
import type { TestService } from "../../helpers/service.ts";
import { customer, withPin } from "./steps.ts";
import type { Customer } from "./steps.ts";

/** What a person takes from one key to the next. */
const KEY_MS = 150;

const SC_001_MS = 30_000;
const SC_005_MS = 2_000;

/** On the embedded chain, with the Argon2 of production; both are promises of the product (seed 004). */
describe("At the console,", () => {
  let service: TestService;
  let me: Customer;
  before(async () => {
    service = await startService({ ARGON2_MEMORY_KIB: "65536", ARGON2_TIME: "3" });
    me = await customer(service);
    // In the page's own time: when a screen came, and when a key was typed.
    await me.page.addInitScript(() => {
      const mark = () => {
        const heading = document.querySelector("h1")?.textContent ?? "";
        if (performance.getEntriesByName(`screen: ${heading}`).length === 0) {
          performance.mark(`screen: ${heading}`);
        }
      };
      new MutationObserver(mark).observe(document, { childList: true, subtree: true, characterData: true });
      document.addEventListener("input", () => performance.mark("key"), true);
    });
  });
  afterEach(() => me.forget());
  after(async () => {
    await me.leave();
    await closeBrowser();
    await service.close();
  });

  const lastMark = (name: string): Promise<number> =>
    me.page.evaluate((of) => performance.getEntriesByName(of, "mark").at(-1)!.startTime, name);

  it("SC-001: creating a PIN, typed by hand, takes under 30 seconds", async () => {
    await me.signIn(newAccount());
    await hasFocus(me.field(en.newPin));
    await me.page.keyboard.type("47114711", { delay: KEY_MS });
    await me.page.keyboard.press("Enter");
    await me.sees(en.home.title);
    const took =
      (await lastMark(`screen: ${en.home.title}`)) - (await lastMark(`screen: ${en.create.title}`));
    console.log(`      ${Math.round(took)} ms, ${8 * KEY_MS} of them for typing`);
    expect(took).to.be.below(SC_001_MS);
  });

  it("SC-005: entering one takes under 2 seconds, from the last digit to the main page", async function () {
    this.timeout(60_000);
    const account = await withPin(service);
    const took: number[] = [];
    for (let i = 0; i < 3; i++) {
      await me.signIn(account);
      await hasFocus(me.field(en.pin));
      await me.page.keyboard.type("4711", { delay: KEY_MS });
      await me.sees(en.home.title);
      took.push((await lastMark(`screen: ${en.home.title}`)) - (await lastMark("key")));
    }
    console.log(`      ${took.map(Math.round).join(", ")} ms`);
    // The quickest: what this machine does besides is no property of the product.
    expect(Math.min(...took)).to.be.below(SC_005_MS);
  });
});
