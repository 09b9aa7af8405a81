import { expect } from "chai";
import { en } from "../../../server/console/customer/words/en.ts";
import { newAccount } from "../../helpers/account.ts";
import { closeBrowser, hasFocus } from "../../helpers/browser.ts";
import { startService } from "../../helpers/service.ts";
import type { TestService } from "../../helpers/service.ts";
import { customer, nextOf, withPin } from "./steps.ts";
import type { Customer } from "./steps.ts";

describe("At the console a PIN", () => {
  let service: TestService;
  let me: Customer;
  before(async () => {
    service = await startService();
    me = await customer(service);
  });
  afterEach(() => me.forget());
  after(async () => {
    await me.leave();
    await closeBrowser();
    await service.close();
  });

  it("keeps its leading zeros: 0012 is created, and proven", async () => {
    const account = newAccount();
    await me.signIn(account);
    await me.choose("0012");
    await me.sees(en.home.title);
    await me.signOut();
    await me.signIn(account);
    await me.enter("12");
    expect(await me.field(en.pin).inputValue(), "two digits are not sent").to.equal("12");
    await me.page.keyboard.press("Enter");
    await me.sees(en.enter.title);
    await me.page.keyboard.press("Backspace");
    await me.page.keyboard.press("Backspace");
    await me.page.keyboard.type("0012");
    await me.sees(en.home.title);
  });

  it("takes digits only: letters, signs and spaces do not appear", async () => {
    await me.signIn(newAccount());
    await me.type(en.newPin, "a4-7 b1.");
    expect(await me.field(en.newPin).inputValue()).to.equal("471");
    await me.press(en.savePin);
    expect(await me.alert()).to.equal(en.incomplete(4));
    expect(await me.field(en.newPin).inputValue(), "what is there stays").to.equal("471");
  });

  it("may be typed with the digits of an Arabic or Persian keyboard, and is the same PIN", async () => {
    await me.signIn(await withPin(service, "4701"));
    await me.enter("٤٧۰۱");
    await me.sees(en.home.title);
  });

  it("can be pasted, also with a space in it, and no longer than it is", async () => {
    const account = newAccount();
    await me.signIn(account);
    await me.sees(en.create.title);
    await me.page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    const paste = async (label: string, text: string) => {
      await me.page.evaluate((copied) => navigator.clipboard.writeText(copied), text);
      await me.field(label).focus();
      await me.page.keyboard.press("Control+V");
    };
    await paste(en.newPin, "47 11");
    await hasFocus(me.field(en.samePinAgain));
    await paste(en.samePinAgain, "4711 0815");
    await me.press(en.savePin);
    await me.sees(en.home.title);
    expect(await nextOf(service, account)).to.equal("enter_pin");
  });

  it("is not shown: what stands in the boxes is dots", async () => {
    await me.signIn(newAccount());
    await me.type(en.newPin, "471");
    expect(await me.field(en.newPin).getAttribute("type")).to.equal("password");
    const boxes = me.field(en.newPin).locator("xpath=..").locator(".pin-box");
    expect(await boxes.allInnerTexts()).to.deep.equal(["•", "•", "•", ""]);
  });

  it("brings up the number pad of a phone, and no password manager", async () => {
    await me.signIn(newAccount());
    await me.sees(en.create.title);
    const attributes = await me
      .field(en.newPin)
      .evaluate((field) => [field.getAttribute("inputmode"), field.getAttribute("autocomplete")]);
    expect(attributes).to.deep.equal(["numeric", "off"]);
  });

  it("needs no mouse: from sign-in to the application, a change and sign-out, by the keyboard alone", async () => {
    const { keyboard } = me.page;
    await me.open("/console");
    await hasFocus(me.page.locator("#account"));
    await keyboard.type(newAccount());
    await keyboard.press("Enter");
    await hasFocus(me.field(en.newPin));
    // Full, the first field hands on to the second.
    await keyboard.type("47114711");
    await keyboard.press("Enter");
    await me.sees(en.home.title);
    await tabTo(me, en.home.change);
    await keyboard.press("Enter");
    await me.sees(en.change.title);
    await hasFocus(me.page.locator("form input").first());
    await keyboard.type("471108150815");
    await keyboard.press("Enter");
    await hasFocus(me.page.getByRole("heading", { name: en.home.title }));
    await keyboard.press("Shift+Tab");
    await hasFocus(me.page.getByRole("button", { name: "Sign out" }));
    await keyboard.press("Enter");
    await me.sees(en.signInTitle);
  });
});

const focused = (me: Customer): Promise<string> =>
  me.page.evaluate(() => (document.activeElement as HTMLElement | null)?.innerText ?? "");

async function tabTo(me: Customer, name: string): Promise<void> {
  for (let i = 0; i < 20; i++) {
    if ((await focused(me)) === name) return;
    await me.page.keyboard.press("Tab");
  }
  throw new Error(`the Tab key does not lead to ${name}`);
}
