import { createHash } from "node:crypto";
import { expect } from "chai";
import type { Page } from "playwright-core";
import { closeBrowser } from "../../helpers/browser.ts";
import { check } from "../../helpers/customer.ts";
import { startService } from "../../helpers/service.ts";
import type { TestService } from "../../helpers/service.ts";
import { traffic } from "../../helpers/traffic.ts";
import { ARABIC_PHONE, drop, explore } from "./explorer.ts";

const start = (page: Page) => page.locator("button.button-main").last().click();
const verdict = async (page: Page): Promise<string> => {
  await page.locator(".verdict").waitFor();
  return ((await page.locator(".verdict").getAttribute("class")) ?? "").replace("verdict verdict-", "");
};
const findings = (page: Page) =>
  page
    .locator(".findings li")
    .evaluateAll((items) =>
      items.map((item) => `${item.dataset["code"]} ${item.querySelector("strong")?.textContent}`),
    );

/** The export after somebody changed one line, who knew how to make the trailer fit. */
function forged(text: string, index: number, change: (line: string) => string): string {
  const lines = text.trimEnd().split("\n");
  lines[index + 1] = change(lines[index + 1]!);
  const body = lines
    .slice(0, -1)
    .map((line) => `${line}\n`)
    .join("");
  const sha256 = `0x${createHash("sha256").update(body).digest("hex")}`;
  return `${body}${JSON.stringify({ ...(JSON.parse(lines.at(-1)!) as object), sha256 })}\n`;
}

describe("The explorer's check of a whole ledger", function () {
  this.timeout(40_000);
  let service: TestService;
  before(async () => {
    service = await startService();
    await traffic(service);
  });
  after(async () => {
    await closeBrowser();
    await service.close();
  });

  const exported = async () => (await fetch(`${service.url}/api/ledger/export`)).text();
  const sizeOf = (text: string) => (JSON.parse(text.slice(0, text.indexOf("\n"))) as { size: number }).size;

  it("verifies what the service exports, against the chain and by its policies", async () => {
    const size = sizeOf(await exported());
    const faults = await explore(service, "/ledger", async (page) => {
      await start(page);
      expect(await verdict(page)).to.equal("verified");
      const report = await page.locator("#content").innerText();
      expect(report).to.contain(`All ${size} events are as the chain has them`);
      const { body } = await service.get(`/api/ledger/consistency?from=0&to=${size}`);
      expect(report).to.contain(body.toRoot);
      expect(report).to.match(/\d+ events against the policies/);
    });
    expect(faults).to.deep.equal([]);
  });

  it("names the event that somebody changed in an export, and all of them to who wants that", async () => {
    const whole = await exported();
    const tampered = forged(
      forged(whole, 9, (line) => line.replace('\\"attempt\\":1', '\\"attempt\\":2')),
      2,
      (line) => line.replace("FRA_SECTION_TWO", "FRA_SECTION_ONE"),
    );
    const faults = await explore(service, "/ledger", async (page) => {
      await drop(page, { name: "whole.ndjson", content: whole });
      await page.getByText("whole.ndjson").waitFor();
      await start(page);
      expect(await verdict(page)).to.equal("verified");

      await drop(page, { name: "tampered.ndjson", content: tampered });
      await page.getByText("tampered.ndjson").waitFor();
      await start(page);
      await page.locator(".findings").waitFor();
      expect(await verdict(page)).to.equal("failed");
      expect(await findings(page)).to.deep.equal(["digest_mismatch Event 2"]);

      await page.getByLabel("Do not stop at the first finding").check();
      await start(page);
      await page.locator(".findings li").nth(1).waitFor();
      const all = await findings(page);
      expect(all).to.include.members(["digest_mismatch Event 2", "digest_mismatch Event 9"]);
    });
    expect(faults).to.deep.equal([]);
  });

  it("tells a damaged file, an older one, and one that is no export from a forged one", async () => {
    const whole = await exported();
    const block = (await service.get("/api/ledger/events?order=newest&limit=1")).body.events[0].anchor
      .blockNumber;
    await check(service);
    const faults = await explore(service, "/ledger", async (page) => {
      const codes = async (name: string, content: string) => {
        await drop(page, { name, content });
        await page.getByText(name).waitFor();
        const before = await page.locator(".verdict").count();
        await start(page);
        if (before > 0) await page.locator(".verdict").waitFor();
        await page.locator(".findings").waitFor();
        return (await findings(page)).map((one) => one.split(" ")[0]);
      };
      expect(await codes("cut.ndjson", whole.slice(0, -40))).to.deep.equal(["export_truncated"]);
      await page.reload();
      expect(await codes("other.txt", "hello\n")).to.deep.equal(["export_malformed"]);
      await page.reload();
      expect(await codes("empty.ndjson", "")).to.deep.equal(["export_truncated"]);
      await page.reload();
      expect(await codes("older.ndjson", whole)).to.deep.equal(["truncated"]);
      await page.getByText("Is this an older export?").waitFor();
      await page.locator("#as-of").fill(String(block));
      await start(page);
      await page.locator(".verdict-verified").waitFor();
    });
    expect(faults).to.deep.equal([]);
  });

  it("shows how far it is, and can be cancelled at any time", async () => {
    const faults = await explore(service, "/ledger", async (page) => {
      // The service is slow to answer: nothing of the page's is replaced.
      let release = () => {};
      const held = new Promise<void>((resolve) => (release = resolve));
      await page.route("**/api/ledger/export*", async (route) => {
        await held;
        await route.continue().catch(() => {});
      });
      await start(page);
      await page.getByRole("progressbar").waitFor();
      expect(await page.locator("button.button-main").last().isDisabled()).to.equal(true);
      await page.getByRole("link", { name: "Events", exact: true }).click();
      await page.locator(".event-row").first().waitFor();
      await page.getByRole("link", { name: "Check the ledger" }).click();
      await page.getByRole("progressbar").waitFor();
      await page.getByRole("button", { name: "Cancel" }).click();
      await page.getByText("Cancelled").waitFor();
      release();
      await page.unroute("**/api/ledger/export*");
      await start(page);
      expect(await verdict(page)).to.equal("verified");
    });
    expect(faults).to.deep.equal([]);
  });

  it("says that it could not check where contract or endpoint are not there", async () => {
    const faults = await explore(service, "/ledger", async (page) => {
      await page.locator("#trust-contract").fill(`0x${"ab".repeat(20)}`);
      await start(page);
      expect(await verdict(page)).to.equal("unknown");
      await page.getByText("there is no contract at").waitFor();
      await page.locator("#trust-codeHash").fill("0x12");
      await start(page);
      await page.getByRole("alert").getByText("First complete what you trust.").waitFor();
    });
    expect(faults).to.deep.equal([]);
  });

  it("names the index in Arabic, dark, on a phone, accessible and without complaint", async () => {
    const tampered = forged(await exported(), 9, (line) =>
      line.replace('\\"attempt\\":1', '\\"attempt\\":2'),
    );
    const look = async (page: Page) => {
      await drop(page, { name: "tampered.ndjson", content: tampered });
      await page.getByText("tampered.ndjson").waitFor();
      await start(page);
      expect(await verdict(page)).to.equal("failed");
      expect(await findings(page)).to.deep.equal(["digest_mismatch الحدث 9"]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).to.be.at.most(390);
    };
    expect(await explore(service, "/ledger", look, ARABIC_PHONE)).to.deep.equal([]);
  });
});
