import { createHash } from "node:crypto";
import { expect } from "chai";
import type { Page } from "playwright-core";
import { closeBrowser } from "../../helpers/browser.ts";
import { newPhone } from "../../helpers/customer.ts";
import { startService } from "../../helpers/service.ts";
import type { TestService } from "../../helpers/service.ts";
import { ARABIC_PHONE, explore } from "./explorer.ts";

const KEY = "ilk_of_the_auditor";
const BANK = "ilk_of_the_bank";
const entry = (client: string, scopes: string, key: string) =>
  `${client}:${scopes}:${createHash("sha256").update(key).digest("hex")}`;

/** Shows the key that the page asks for. */
async function show(page: Page, key: string): Promise<void> {
  await page.locator("#api-key").fill(key);
  await page.locator("#api-key").press("Enter");
}

describe("The explorer, where events are not for everybody", function () {
  this.timeout(40_000);
  let service: TestService;
  let eventId: string;
  before(async () => {
    service = await startService({
      API_KEYS: [entry("auditor", "audit", KEY), entry("bank", "pin", BANK)].join(","),
    });
    const { body } = await service.post(
      "/api/pin/check-pin-exists",
      { phoneNumber: newPhone() },
      { authorization: `Bearer ${BANK}` },
    );
    eventId = body.eventId as string;
  });
  after(async () => {
    await closeBrowser();
    await service.close();
  });

  it("asks for a key, refuses one that is wrong or of another scope, and shows events with the right one", async () => {
    const faults = await explore(service, "", async (page) => {
      await page.getByRole("heading", { name: "An API key is needed" }).waitFor();
      for (const wrong of ["ilk_guess", BANK]) {
        await show(page, wrong);
        await page.getByRole("alert").getByText("does not accept this key").waitFor();
      }
      await show(page, KEY);
      await page.locator(".event-row").waitFor();
      await page.getByRole("button", { name: "Forget the API key" }).click();
      await page.getByRole("heading", { name: "An API key is needed" }).waitFor();
      expect(await page.locator(".event-row").count()).to.equal(0);
    });
    expect(faults).to.deep.equal([]);
  });

  it("sends the key to the service alone, keeps it nowhere, and has forgotten it after a reload", async () => {
    const faults = await explore(service, "/checkpoints", async (page) => {
      const carriers = new Set<string>();
      const origins = new Set<string>();
      page.on("request", (request) => {
        const { origin } = new URL(request.url());
        origins.add(origin);
        if (JSON.stringify([request.url(), request.headers(), request.postData()]).includes(KEY)) {
          carriers.add(`${origin} ${request.headers()["authorization"]}`);
        }
      });
      await page.getByText("told only to those with an API key").waitFor();
      await page.getByRole("link", { name: "Events", exact: true }).click();
      await show(page, KEY);
      await page.locator(".event-row a").first().click();
      await page.getByRole("link", { name: "Verify this receipt" }).click();
      await page.locator(".verdict-verified").waitFor();
      await page.getByRole("link", { name: "Check the ledger" }).click();
      await page.locator("button.button-main").last().click();
      await page.locator(".verdict-verified").waitFor();
      expect([...origins]).to.include.members([service.url, service.rpcUrl]);
      expect([...carriers]).to.deep.equal([`${service.url} Bearer ${KEY}`]);

      const kept = await page.evaluate(() =>
        JSON.stringify([
          { ...localStorage },
          { ...sessionStorage },
          document.cookie,
          location.href,
          history.state,
        ]),
      );
      expect(kept).not.to.contain(KEY);
      await page.reload();
      await page.locator("#api-key").waitFor();
    });
    expect(faults).to.deep.equal([]);
  });

  it("shows everybody an event's place, anchor and path; what it says to those with a key", async () => {
    const faults = await explore(service, `/events/${eventId}`, async (page) => {
      await page.getByText("What this event says is not for everybody here.").waitFor();
      await page.locator(".path-box").first().waitFor();
      expect(await page.locator(".said").count()).to.equal(0);
      await show(page, KEY);
      await page.locator(".said").waitFor();
    });
    expect(faults).to.deep.equal([]);
  });

  it("asks in Arabic, dark, on a phone, accessible and without complaint", async () => {
    const look = (page: Page) => page.locator("#api-key").waitFor();
    for (const path of ["", "/ledger", `/events/${eventId}`, `/verify?event=${eventId}`]) {
      expect(await explore(service, path, look, ARABIC_PHONE), path).to.deep.equal([]);
    }
  });
});
