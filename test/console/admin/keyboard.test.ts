import { expect } from "chai";
import type { Page } from "playwright-core";
import { closeBrowser } from "../../helpers/browser.ts";
import { eventually } from "../../helpers/eventually.ts";
import { startService } from "../../helpers/service.ts";
import type { TestService } from "../../helpers/service.ts";
import { lockOut, newCustomer, openPortal } from "./portal.ts";

/** What has the focus, as a screen reader would call it. */
const focused = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const { activeElement } = document;
    if (activeElement === null || activeElement === document.body) return "nothing";
    const { id, innerText } = activeElement as HTMLElement;
    return ["sought", "customer", "content"].includes(id) ? id : innerText.trim();
  });

/** Waits for the focus, which comes to it a moment after it is there. */
const focusComesTo = (page: Page, wanted: string): Promise<unknown> =>
  eventually(async () => (await focused(page)) === wanted, `${wanted} has the focus`);

/** Tab by tab, until that has the focus. */
async function tabTo(page: Page, wanted: string): Promise<void> {
  const passed: string[] = [];
  for (let i = 0; i < 25; i++) {
    await page.keyboard.press("Tab");
    const now = await focused(page);
    if (now === wanted) return;
    passed.push(now);
  }
  throw new Error(`${wanted} is not among what the Tab key leads to: ${passed.join(", ")}`);
}

describe("With the keyboard alone, support", () => {
  let service: TestService;
  before(async () => {
    service = await startService();
  });
  after(async () => {
    await closeBrowser();
    await service.close();
  });

  it("finds a customer, acts, and always knows where it is", async () => {
    const customer = await newCustomer(service);
    await lockOut(customer);
    const { page, dialog, leave } = await openPortal(service);
    await tabTo(page, "sought");
    await page.keyboard.press("Shift+Tab");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Tab");
    await focusComesTo(page, "sought");
    await page.keyboard.type(customer.sub);
    await page.keyboard.press("Enter");
    await page.locator("#customer").waitFor();
    await focusComesTo(page, "customer");

    await tabTo(page, "Temporary PIN");
    await page.keyboard.press("Enter");
    await dialog.waitFor();
    await focusComesTo(page, "Set a temporary PIN?");
    for (let i = 0; i < 8; i++) {
      await page.keyboard.press("Tab");
      expect(await focused(page), "the page behind is out of reach").not.to.match(
        /Reset PIN|Customers|sought/,
      );
    }
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    await focusComesTo(page, "Temporary PIN");
    expect(await customer.next(), "nothing was done").to.equal("locked");

    await page.keyboard.press("Shift+Tab");
    await focusComesTo(page, "Unlock");
    await page.keyboard.press("Space");
    await dialog.waitFor();
    await tabTo(page, "Unlock");
    await page.keyboard.press("Enter");
    await dialog.getByText("The lock is over.").waitFor();
    await focusComesTo(page, "The PIN is unlocked");
    await tabTo(page, "Close");
    await page.keyboard.press("Enter");
    await dialog.waitFor({ state: "detached" });
    // The button is gone, with the lock.
    await page.waitForFunction(() => document.activeElement?.id === "pin-session");
    expect(await customer.next()).to.equal("enter_pin");
    await leave();
  });

  it("chooses a temporary PIN, and moves between the pages, each of which begins at its beginning", async () => {
    const customer = await newCustomer(service);
    const { page, dialog, find, leave } = await openPortal(service);
    await find(customer.sub);
    await tabTo(page, "Temporary PIN");
    await page.keyboard.press("Enter");
    await dialog.waitFor();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Space");
    await page.keyboard.press("Tab");
    await page.keyboard.type("9063");
    await page.keyboard.press("Enter");
    await dialog.getByRole("button", { name: "Close" }).waitFor();
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    expect((await customer.verify("9063")).next).to.equal("change_temporary_pin");
    for (const [name, address] of [
      ["Actions", "/console/admin/actions"],
      ["Figures", "/console/admin/figures"],
      ["Customers", "/console/admin"],
    ] as const) {
      await page.getByRole("link", { name }).focus();
      await page.keyboard.press("Enter");
      await page.getByRole("heading", { level: 1, name }).waitFor();
      expect(new URL(page.url()).pathname).to.equal(address);
      await focusComesTo(page, "content");
      await page.waitForFunction((title) => document.title.startsWith(title), `${name} · Support`);
    }
    await leave();
  });
});
