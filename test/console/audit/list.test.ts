import { expect } from "chai";
import type { Page } from "playwright-core";
import { closeBrowser, hasFocus } from "../../helpers/browser.ts";
import { check, newPhone, onboard } from "../../helpers/customer.ts";
import { startService } from "../../helpers/service.ts";
import type { TestService } from "../../helpers/service.ts";
import { traffic } from "../../helpers/traffic.ts";
import { ARABIC_PHONE, explore } from "./explorer.ts";

const rows = (page: Page) => page.locator(".event-row");
const indices = async (page: Page): Promise<number[]> =>
  (await page.locator(".event-index").allInnerTexts()).map((text) => Number(text.replace(/[#,]/g, "")));
const down = (from: number, count: number) => Array.from({ length: count }, (_, i) => from - i);

describe("The explorer's list of events", function () {
  this.timeout(40_000);
  let service: TestService;
  before(async () => {
    service = await startService();
  });
  after(async () => {
    await closeBrowser();
    await service.close();
  });

  it("shows events as they happen, and says so to who cannot see them", async () => {
    const faults = await explore(service, "", async (page) => {
      // Its seconds pass when they are told to.
      await page.clock.install();
      await page.reload();
      const later = () => page.clock.runFor(3_000);
      await page.locator(".empty").waitFor();
      await check(service);
      await later();
      await rows(page).waitFor();
      expect(await rows(page).innerText()).to.contain("Asked whether a PIN exists");
      await page.getByRole("status").getByText("One new event").waitFor({ state: "attached" });
      await later();
      await page.locator(".anchor-final").waitFor();
      await onboard(service, newPhone());
      await later();
      await rows(page).nth(3).waitFor();
      expect(await indices(page)).to.deep.equal([3, 2, 1, 0]);
      await later();
      await page.locator(".anchor-final").nth(3).waitFor();
    });
    expect(faults).to.deep.equal([]);
  });

  it("asks no more while it is paused or nobody sees it, and again at once after that", async () => {
    const faults = await explore(service, "", async (page) => {
      let asked = 0;
      page.on("request", (request) => void (asked += request.url().includes("/api/ledger/events?") ? 1 : 0));
      await page.clock.install();
      const pass = () => page.clock.runFor(60_000);
      const isAsking = async (act: () => Promise<unknown>) => {
        const before = asked;
        await act();
        return asked > before;
      };
      const answered = () => page.waitForResponse(/api\/ledger\/events\?/);
      const hide = (hidden: boolean) =>
        page.evaluate((value) => {
          Object.defineProperty(document, "hidden", { value, configurable: true });
          document.dispatchEvent(new Event("visibilitychange"));
        }, hidden);
      await page.reload();
      await rows(page).first().waitFor();
      expect(await isAsking(() => Promise.all([answered(), pass()]))).to.equal(true);

      await page.getByRole("button", { name: "Pause" }).click();
      await page.getByText("Paused").waitFor();
      expect(await isAsking(pass)).to.equal(false);
      await Promise.all([answered(), page.getByRole("button", { name: "Go on" }).click()]);
      await rows(page).first().waitFor();

      await hide(true);
      await pass();
      expect(await isAsking(pass)).to.equal(false);
      await Promise.all([answered(), hide(false)]);
    });
    expect(faults).to.deep.equal([]);
  });

  it("filters by kind, policy, person and time, and keeps that in its address", async () => {
    await traffic(service);
    const faults = await explore(service, "", async (page) => {
      const choose = async (filter: string, value: string) => {
        await page.locator(`#filter-${filter}`).selectOption(value);
        await page.getByRole("button", { name: "Filter" }).click();
        await page.waitForURL((url) => url.searchParams.get(filter) === value);
        await rows(page).first().waitFor();
      };
      await choose("type", "pin_set");
      for (const text of await page.locator(".event-what a").allInnerTexts())
        expect(text).to.equal("PIN set");
      await choose("policy", "session");
      expect(await rows(page).count()).to.equal(1);
      expect(await page.locator("#filter-type").inputValue()).to.equal("pin_set");

      await page.locator(".event-person a").click();
      await page.waitForURL(/\?identityHash=0x[0-9a-f]{64}$/);
      await rows(page).nth(3).waitFor();
      const persons = await page.locator(".event-person bdi").allInnerTexts();
      expect(new Set(persons).size).to.equal(1);

      await page.goto(`${service.url}/console/audit`);
      await rows(page).nth(10).waitFor();
      const all = await indices(page);
      // A second is what the field can tell apart: the list says of each event in which it was.
      const seconds = await page.locator(".event-row .instant").allInnerTexts();
      const since = seconds[2]!.replace(" ", "T");
      await page.locator("#filter-from").fill(since);
      await page.getByRole("button", { name: "Filter" }).click();
      await page.waitForURL((url) => url.searchParams.get("from") === `${since}Z`);
      await rows(page).first().waitFor();
      const young = seconds.filter((second) => second >= seconds[2]!).length;
      expect(await indices(page)).to.deep.equal(all.slice(0, young));

      await page.getByRole("link", { name: "Remove the filters" }).click();
      await rows(page).nth(10).waitFor();
      await page.goBack();
      await page.waitForURL(/from=/);

      await page.goto(`${service.url}/console/audit?policy=standard&type=admin_unlock`);
      await page.getByText("No event fits these filters.").waitFor();
    });
    expect(faults).to.deep.equal([]);
  });

  it("turns to older pages, and from there back to the newest", async () => {
    for (let i = 0; i < 60; i += 1) await check(service, { Prefer: "respond-async" });
    const faults = await explore(service, "", async (page) => {
      await rows(page).nth(49).waitFor();
      const [newest = 0] = await indices(page);
      expect(await indices(page)).to.deep.equal(down(newest, 50));
      await page.getByRole("link", { name: "Older events" }).click();
      await page.waitForURL(/before=/);
      await page.getByRole("link", { name: "Newest events" }).waitFor();
      await rows(page).last().getByText("#0", { exact: true }).waitFor();
      expect(await indices(page)).to.deep.equal(down(newest - 50, newest - 49));
      await page.getByRole("link", { name: "Newest events" }).click();
      await rows(page).nth(49).waitFor();
      expect((await indices(page))[0]).to.equal(newest);
    });
    expect(faults).to.deep.equal([]);
  });

  it("is where the address of an event leads on to that event, also with the keyboard alone", async () => {
    const { body } = await check(service);
    const faults = await explore(service, `?event=${body.eventId}`, async (page) => {
      await page.waitForURL(`${service.url}/console/audit/events/${body.eventId}`);
      await page.getByRole("heading", { level: 1, name: "Asked whether a PIN exists" }).waitFor();
      await page.getByRole("link", { name: "Events", exact: true }).press("Enter");
      await rows(page).first().waitFor();
      await hasFocus(page.locator("#content"));
      await rows(page).first().getByRole("link").first().press("Enter");
      await page.waitForURL(/\/events\//);
      await page.locator(".said").waitFor();
    });
    expect(faults).to.deep.equal([]);
  });

  it("says so when a screen cannot be loaded, and loads it once it can", async () => {
    const faults = await explore(service, "", async (page) => {
      await rows(page).first().waitFor();
      await page.route("**/console/assets/**", (route) => route.abort());
      await page.getByRole("link", { name: "Verify a receipt" }).click();
      await page.getByText("This screen could not be loaded.").waitFor();
      await page.unroute("**/console/assets/**");
      await page.getByRole("button", { name: "Try again" }).click();
      await page.getByRole("heading", { level: 1, name: "Verify a receipt" }).waitFor();
      await page.goto(`${service.url}/console/audit/nowhere`);
      await page.getByRole("heading", { level: 1, name: "There is no such screen." }).waitFor();
    });
    // That it was cut off from its files is all that the browser complains of.
    expect(faults.length).to.be.greaterThan(0);
    for (const fault of faults) expect(fault).to.match(/net::ERR_FAILED/);
  });

  it("is accessible and without complaint in Arabic, dark, on a phone", async () => {
    const faults = await explore(
      service,
      "",
      async (page) => {
        await rows(page).first().waitFor();
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).to.be.at.most(390);
      },
      ARABIC_PHONE,
    );
    expect(faults).to.deep.equal([]);
  });
});
