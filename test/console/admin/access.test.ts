import { expect } from "chai";
import { en } from "../../../server/console/customer/words/en.ts";
import { accessibilityFaults, closeBrowser, visit } from "../../helpers/browser.ts";
import { startService } from "../../helpers/service.ts";
import type { TestService } from "../../helpers/service.ts";
import { newCustomer, openPortal } from "./portal.ts";

const PAGES = ["/console/admin", "/console/admin/actions", "/console/admin/figures"];

describe("The support portal", () => {
  let service: TestService;
  before(async () => {
    service = await startService();
  });
  after(async () => {
    await closeBrowser();
    await service.close();
  });

  it("shows an account that is no administrator's nothing but that, and asks nothing for it", async () => {
    const { page, faults, close } = await visit();
    await page.goto(`${service.url}/console`);
    await page.locator("#account").fill("alice");
    await page.keyboard.press("Enter");
    // What the customer's page asks comes before it.
    await page.getByRole("heading", { level: 1, name: en.create.title }).waitFor();
    const asked: string[] = [];
    page.on("request", (request) => asked.push(new URL(request.url()).pathname));
    for (const address of PAGES) {
      await page.goto(service.url + address);
      await page.getByText("This account is not an administrator's.").waitFor();
      expect(await page.locator("nav, table, #sought, canvas").count(), address).to.equal(0);
      expect(await accessibilityFaults(page)).to.deep.equal([]);
    }
    expect(asked.filter((path) => path.startsWith("/api/"))).to.deep.equal([]);
    const answers = await page.evaluate(() =>
      Promise.all(["actions", "figures"].map(async (name) => (await fetch(`/api/admin/${name}`)).status)),
    );
    expect(answers, "nor would it be answered").to.deep.equal([403, 403]);
    await page.getByRole("button", { name: "Sign in as somebody else" }).click();
    await page.locator("#account").waitFor();
    expect(faults).to.deep.equal([]);
    await close();
  });

  it("asks for the sign-in again where it has ended, and shows nothing of before", async () => {
    const customer = await newCustomer(service);
    const { page, find, begin, dialog, leave } = await openPortal(service);
    await find(customer.sub);
    await begin("reset");
    await page.context().clearCookies();
    await dialog.getByRole("button", { name: "Reset PIN" }).click();
    await page.locator("#account").waitFor();
    expect(await page.locator("#customer, dialog").count()).to.equal(0);
    expect(await customer.next()).to.equal("enter_pin");
    await leave();
  });

  it("says in words that nobody was found, and what no number is", async () => {
    const { page, accessible, leave } = await openPortal(service);
    await page.locator("#sought").fill("+201099999999");
    await page.keyboard.press("Enter");
    await page.getByText("No customer is known by this number.").waitFor();
    await page.locator("#sought").fill("12345");
    await page.keyboard.press("Enter");
    await page.getByText("This is no mobile number.").waitFor();
    await accessible();
    await page.getByRole("radio", { name: "Account" }).check();
    await page.locator("#sought").fill("nobody");
    await page.keyboard.press("Enter");
    await page.getByText("No customer is known by this account.").waitFor();
    await accessible();
    await leave();
  });
});
