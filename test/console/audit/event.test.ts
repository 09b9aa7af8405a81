import { expect } from "chai";
import type { Page } from "playwright-core";
import {
  canonicalJson,
  fromHex,
  leafHash,
  parseCheckpoint,
  parseNote,
  toHex,
} from "../../../server/ledger/index.ts";
import { closeBrowser } from "../../helpers/browser.ts";
import { GOOD_PIN, check, giveConsent, newPhone, onboard } from "../../helpers/customer.ts";
import { startService } from "../../helpers/service.ts";
import type { TestService } from "../../helpers/service.ts";
import { ARABIC_PHONE, explore } from "./explorer.ts";

const MARKUP = `<img src=x onerror="document.title='caught'"><script>document.title='caught'</script>`;

/** What a screen reader reads of the drawn path, from the leaf to the root. */
const pathOf = (page: Page): Promise<string[]> =>
  page
    .getByRole("list", { name: /path/i })
    .getByRole("listitem")
    .evaluateAll((items) => items.map((item) => item.getAttribute("aria-label") ?? ""));

describe("The explorer's page of an event", function () {
  this.timeout(40_000);
  let service: TestService;
  before(async () => {
    // Final only when another block has come: so that an event can be watched on its way.
    service = await startService({ ANCHOR_CONFIRMATIONS: "2" });
    for (let i = 0; i < 3; i += 1) await onboard(service, newPhone());
  });
  after(async () => {
    await closeBrowser();
    await service.close();
  });

  const receiptOf = async (eventId: string) =>
    (await service.get(`/api/ledger/events/${eventId}/receipt`)).body;

  it("shows what it says, its factors and its exact bytes, and follows it until it is final", async () => {
    const { body } = await onboard(service, newPhone());
    const faults = await explore(service, `/events/${body.eventId}`, async (page) => {
      await page.getByRole("heading", { level: 1, name: "PIN set" }).waitFor();
      await page.locator(".anchor-mined").first().waitFor();
      const factors = await page.locator(".factor strong").allInnerTexts();
      expect(factors).to.deep.equal(["verified", "verified", "absent"]);
      const receipt = await receiptOf(body.eventId);
      const said = await page.locator(".said").innerText();
      const payload = JSON.parse(receipt.payload);
      for (const text of [
        "pin_set",
        "FRA",
        payload.identityHash,
        payload.phoneNumber,
        payload.outcome.consentId,
      ]) {
        expect(said).to.contain(text);
      }
      await page.getByText("The exact bytes").click();
      const raw = await page.locator("details pre").first().innerText();
      expect(raw).to.equal(receipt.payload);
      expect(raw).to.equal(canonicalJson(payload));
      await page.getByText(body.txHash!).waitFor();

      await check(service);
      await page.locator(".anchor-final").first().waitFor();
    });
    expect(faults).to.deep.equal([]);
  });

  it("draws the way from its leaf to the checkpoint's root, every hash whole to who asks for it", async () => {
    const { events } = (await service.get("/api/ledger/events")).body;
    const { id, digest } = events[7];
    const receipt = await receiptOf(id);
    const faults = await explore(service, `/events/${id}`, async (page) => {
      await page.locator("svg .path-box").first().waitFor();
      const path = await pathOf(page);
      expect(path).to.have.length(1 + 2 * receipt.inclusionProof.length);
      expect(path[0]).to.equal(`Leaf: ${toHex(leafHash(fromHex(digest)))}`);
      const { root } = parseCheckpoint(parseNote(receipt.checkpoint).text);
      expect(path.at(-1)).to.equal(`Root: ${toHex(root)}`);
      const neighbours = path.filter((label) => label.startsWith("Neighbour"));
      expect(neighbours.map((label) => label.split(": ")[1])).to.deep.equal(receipt.inclusionProof);
      // The last leaf of a tree of eight.
      for (const label of neighbours) expect(label).to.contain("on the left");
      await page.getByText("leads to the root").waitFor();

      await page.locator(".path-box").first().focus();
      await page.keyboard.press("Tab");
      await page.locator(".path-chosen").getByText(path[1]!.split(": ")[1]!).waitFor();
    });
    expect(faults).to.deep.equal([]);
  });

  it("of an erased one shows that it was erased, and its place all the same: the path comes from public tiles", async () => {
    const phoneNumber = newPhone();
    const { body } = await onboard(service, phoneNumber);
    await service.post("/api/subjects/erase", { phoneNumber });
    const { body: event } = await service.get(`/api/ledger/events/${body.eventId}`);
    expect(event.payloadStatus).to.equal("erased");
    const faults = await explore(service, `/events/${body.eventId}`, async (page) => {
      await page.getByRole("heading", { level: 1, name: "An erased event" }).waitFor();
      await page.getByText("This event was erased").waitFor();
      await page.locator("svg .path-box").first().waitFor();
      const path = await pathOf(page);
      expect(path[0]).to.equal(`Leaf: ${toHex(leafHash(fromHex(event.digest)))}`);
      const { root } = parseCheckpoint(parseNote((await service.get("/api/ledger/checkpoint")).body).text);
      expect(path.at(-1)).to.equal(`Root: ${toHex(root)}`);
      // Events have followed: the lowest neighbour stands where the index has it.
      expect(path[1]).to.contain(event.index % 2 === 0 ? "on the right" : "on the left");
      expect(await page.getByRole("link", { name: "Verify this receipt" }).count()).to.equal(0);
      expect(await page.locator(".said").count()).to.equal(0);
    });
    expect(faults).to.deep.equal([]);
  });

  it("shows markup in what a client says of its device as text", async () => {
    const phoneNumber = newPhone();
    const { otp } = await giveConsent(service, phoneNumber);
    const { body } = await service.post("/api/pin/set", {
      ...{ pin: GOOD_PIN, phoneNumber, otp },
      deviceMetadata: { platform: MARKUP, deviceId: "\u202edrow", version: "<b>1</b>" },
    });
    const faults = await explore(service, `/events/${body.eventId}`, async (page) => {
      const said = page.locator(".said");
      await said.getByText(MARKUP, { exact: true }).waitFor();
      await said.getByText("<b>1</b>", { exact: true }).waitFor();
      expect(await page.locator("#app :is(img, script, b)").count()).to.equal(0);
      expect(await page.title()).not.to.contain("caught");
      await page.goto(`${service.url}/console/audit`);
      await page.locator(".event-row").first().waitFor();
      expect(await page.title()).not.to.contain("caught");
    });
    expect(faults).to.deep.equal([]);
  });

  it("says of an event that is not there, or is no id, that there is none", async () => {
    for (const id of ["01890000-0000-7000-8000-000000000000", "%3Cb%3E"]) {
      const faults = await explore(service, `/events/${id}`, async (page) => {
        await page.getByRole("alert").waitFor();
        await page.getByRole("link", { name: "All events" }).waitFor();
      });
      expect(faults).to.deep.equal([]);
    }
  });

  it("hands out the receipt as a file, which is the service's", async () => {
    const { events } = (await service.get("/api/ledger/events?type=pin_set")).body;
    const faults = await explore(service, `/events/${events[0].id}`, async (page) => {
      const saving = page.waitForEvent("download");
      await page.getByRole("button", { name: "Save the receipt" }).click();
      const chunks = await (await saving).createReadStream();
      let text = "";
      for await (const chunk of chunks) text += String(chunk);
      expect(JSON.parse(text)).to.deep.equal(await receiptOf(events[0].id));
    });
    expect(faults).to.deep.equal([]);
  });

  it("is accessible and without complaint in Arabic, dark, on a phone", async () => {
    const { events } = (await service.get("/api/ledger/events?type=pin_set")).body;
    const look = async (page: Page) => {
      await page.locator("svg .path-box").first().waitFor();
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).to.be.at.most(390);
    };
    expect(await explore(service, `/events/${events[0].id}`, look, ARABIC_PHONE)).to.deep.equal([]);
  });
});
