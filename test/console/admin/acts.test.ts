import { expect } from "chai";
import { signIn, signInAdmin } from "../../helpers/account.ts";
import { closeBrowser } from "../../helpers/browser.ts";
import { newPhone, onboard } from "../../helpers/customer.ts";
import { startService } from "../../helpers/service.ts";
import type { TestService } from "../../helpers/service.ts";
import { kept, lockOut, newCustomer, openPortal, tells } from "./portal.ts";

describe("In the support portal", () => {
  let service: TestService;
  before(async () => {
    service = await startService();
  });
  after(async () => {
    await closeBrowser();
    await service.close();
  });

  it("a customer is found by phone, however it is written, with every PIN, and who was sought is in no address", async () => {
    const phone = newPhone();
    await onboard(service, phone);
    const me = await signIn(service, { sub: "mona", phoneNumber: phone });
    await me.post("/api/v1/pin", { pin: "471100" });
    const { page, card, accessible, leave } = await openPortal(service);
    const addresses: string[] = [];
    page.on("request", (request) => addresses.push(request.url()));
    await page.locator("#sought").fill(phone.replace(/^\+20(\d{3})/, "+20 ($1) "));
    await page.keyboard.press("Enter");
    await page.locator("#customer").waitFor();
    expect(await page.getByRole("article").count()).to.equal(3);
    expect(await card("Session PIN").innerText()).to.contain("No PIN");
    expect(await card("Account PIN").innerText()).to.contain("Left before a lock\n3");
    expect(await card("FRA PIN").innerText()).to.contain("Left before a lock\n5");
    await accessible();
    expect(addresses.length).to.be.greaterThan(0);
    for (const address of [...addresses, page.url()])
      expect(decodeURIComponent(address)).not.to.contain(phone.slice(3));
    await leave();
  });

  it("what makes no sense is not offered, and the page says why", async () => {
    const phone = newPhone();
    await onboard(service, phone);
    const me = await signIn(service, { sub: "omar", phoneNumber: phone });
    await me.post("/api/v1/pin", { pin: "471100" });
    const { card, find, leave } = await openPortal(service);
    await find("omar");
    const offered = (name: string) => card(name).getByRole("button").allInnerTexts();
    const said = (name: string) => card(name).innerText();
    expect(await offered("Session PIN")).to.deep.equal(["Temporary PIN"]);
    expect(await said("Session PIN"))
      .to.contain("Reset PIN: there is no PIN to clear.")
      .and.to.contain("Unlock: nothing is locked.");
    expect(await offered("Account PIN")).to.deep.equal(["Reset PIN"]);
    expect(await said("Account PIN")).to.contain("Temporary PIN: only a session PIN can be temporary.");
    expect(await offered("FRA PIN")).to.deep.equal([]);
    expect(await said("FRA PIN")).to.contain("Support cannot act upon an FRA PIN");
    await leave();
  });

  it("a PIN for which waiting does not help is not unlocked but reset", async () => {
    const customer = await newCustomer(service);
    const portal = await openPortal(service);
    await portal.find(customer.sub);
    await portal.begin("temporary");
    await portal.confirm("temporary");
    const pin = await portal.dialog.locator("output").innerText();
    await portal.close();
    for (let i = 0; i < 3; i++) await customer.verify(pin === "0012" ? "0013" : "0012");
    await portal.find(customer.sub);
    expect(await portal.card().innerText())
      .to.contain("Disabled")
      .and.to.contain("Unlock: the temporary PIN has ended, or was entered wrongly too often.");
    expect(await portal.card().getByRole("button").allInnerTexts()).to.deep.equal([
      "Reset PIN",
      "Temporary PIN",
    ]);
    await portal.leave();
  });

  it("a lock counts down, and when it is over the page says so and unlocks nothing more", async () => {
    const customer = await newCustomer(service);
    await lockOut(customer);
    const { page, card, find, leave } = await openPortal(service);
    await page.clock.install();
    await find(customer.sub);
    const left = card().getByRole("timer");
    expect(await left.innerText()).to.match(/^(15:00|14:5\d)$/);
    await page.clock.fastForward("14:30");
    expect(await left.innerText()).to.match(/^0:[12]\d|0:30$/);
    expect(await card().getByRole("button", { name: "Unlock" }).count()).to.equal(1);
    await page.clock.fastForward("00:31");
    await card().getByText("The wait is over: the customer can try again.").waitFor();
    expect(await card().getByRole("button", { name: "Unlock" }).count()).to.equal(0);
    await leave();
  });

  it("a temporary PIN is nowhere once its panel is closed, whichever way", async () => {
    const customer = await newCustomer(service);
    const portal = await openPortal(service);
    const { page, dialog } = portal;
    await portal.find(customer.sub);
    for (const leave of ["the button", "Escape", "another page"]) {
      await portal.begin("temporary");
      await portal.confirm("temporary");
      const pin = await dialog.locator("output").innerText();
      expect(tells(await kept(page), pin), "while it is shown").to.equal(true);
      if (leave === "the button") await portal.close();
      if (leave === "Escape") await page.keyboard.press("Escape");
      if (leave === "another page") {
        await page.goto(`${service.url}/console/admin/actions`);
        await page.goBack();
        await page.locator("#sought").waitFor();
      }
      await dialog.waitFor({ state: "detached" });
      expect(tells(await kept(page), pin), leave).to.equal(false);
    }
    await portal.leave();
  });

  it("a temporary PIN can be copied, and says until when and for how many tries it is good", async () => {
    const customer = await newCustomer(service);
    const portal = await openPortal(service, "en-GB", { permissions: ["clipboard-read", "clipboard-write"] });
    await portal.find(customer.sub);
    await portal.begin("temporary");
    await portal.confirm("temporary");
    const pin = await portal.dialog.locator("output").innerText();
    await portal.dialog.getByRole("button", { name: "Copy" }).click();
    await portal.dialog.getByRole("button", { name: "Copied" }).waitFor();
    expect(await portal.page.evaluate(() => navigator.clipboard.readText())).to.equal(pin);
    const ends = Date.parse((await portal.dialog.locator("time").getAttribute("datetime"))!);
    expect(ends - Date.now()).to.be.within(23.9 * 3_600_000, 24 * 3_600_000);
    expect(await portal.dialog.innerText()).to.contain("Wrong tries\n3 attempts");
    await portal.leave();
  });

  it("a temporary PIN of support's own choice is advised against, taken, and not shown", async () => {
    const customer = await newCustomer(service);
    const portal = await openPortal(service);
    const { page, dialog } = portal;
    await portal.find(customer.sub);
    await portal.begin("temporary");
    await dialog.getByRole("checkbox", { name: "Choose the PIN myself" }).check();
    expect(await dialog.innerText()).to.contain("Better not");
    await portal.accessible();
    const field = dialog.getByLabel("Temporary PIN, 4 digits");
    await field.fill("90");
    await dialog.getByRole("button", { name: "Set temporary PIN" }).click();
    await dialog.getByRole("alert").waitFor();
    await portal.accessible();
    await field.fill("9063");
    await portal.confirm("temporary");
    expect(await dialog.locator("output").count()).to.equal(0);
    expect(tells(await kept(page), "9063")).to.equal(false);
    await portal.close();
    expect(await customer.verify("9063")).to.include({ valid: true, next: "change_temporary_pin" });
    await portal.leave();
  });

  it("an answer that is lost on its way is asked for again: the act is done once, and a PIN not shown twice", async () => {
    const customer = await newCustomer(service);
    const admin = await signInAdmin(service);
    const actions = async () => (await admin.get("/api/admin/actions?limit=100")).body.actions as unknown[];
    const before = await actions();
    const portal = await openPortal(service);
    const { page, dialog } = portal;
    await portal.find(customer.sub);
    await portal.begin("temporary");
    await page.route(
      "**/temporary-pin",
      async (route) => {
        await route.fetch();
        await route.abort();
      },
      { times: 1 },
    );
    await dialog.getByRole("button", { name: "Set temporary PIN" }).click();
    expect(await dialog.getByRole("alert").innerText()).to.contain("The service does not answer");
    await portal.confirm("temporary");
    expect(await dialog.locator("output").count()).to.equal(0);
    expect(await dialog.innerText()).to.contain("cannot be shown a second time");
    expect(await actions()).to.have.length(before.length + 1);
    await portal.leave(/net::ERR_FAILED/);
  });

  it("what is on its way to the chain says so, until it is there", async () => {
    const customer = await newCustomer(service);
    const { page, dialog, begin, find, confirm, leave } = await openPortal(service);
    await find(customer.sub);
    // The answer that the service gives where it did not wait for the block.
    await page.route("**/reset", (route) =>
      route.continue({ headers: { ...route.request().headers(), prefer: "respond-async" } }),
    );
    await begin("reset");
    await confirm("reset");
    await dialog.getByText(/^0x[0-9a-f]{64}$/).waitFor();
    expect(await customer.next()).to.equal("create_pin");
    await leave();
  });
});
