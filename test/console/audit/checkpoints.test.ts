import { expect } from "chai";
import type { Page } from "playwright-core";
import { closeBrowser } from "../../helpers/browser.ts";
import { auditor } from "../../helpers/auditor.ts";
import { check, newPhone, onboard } from "../../helpers/customer.ts";
import { startService } from "../../helpers/service.ts";
import type { TestService } from "../../helpers/service.ts";
import { ARABIC_PHONE, explore } from "./explorer.ts";

/** What stands beside a name in the lists of facts. */
const fact = (page: Page, name: string) => page.locator(`dt:text-is("${name}") + dd`).innerText();

describe("The explorer's checkpoints", function () {
  this.timeout(40_000);
  let service: TestService;
  before(async () => {
    service = await startService();
    await onboard(service, newPhone());
    await check(service);
  });
  after(async () => {
    await closeBrowser();
    await service.close();
  });

  it("are the contract's own, over time, and the service's word beside them", async () => {
    const chain = auditor(service.rpcUrl, service.contract);
    const size = Number(await chain.contract.getFunction("size")());
    const root = String(await chain.contract.getFunction("root")());
    const logs = await chain.contract.queryFilter("Anchored");
    chain.close();
    const faults = await explore(service, "/checkpoints", async (page) => {
      await page.locator("canvas").waitFor();
      expect(await fact(page, "Size in the contract")).to.equal(String(size));
      expect(await fact(page, "Root in the contract")).to.equal(root);
      expect(await fact(page, "Root of its checkpoint")).to.equal(root);
      expect(await fact(page, "Signature")).to.equal("by the key that you trust");
      expect(await fact(page, "Not on the chain yet")).to.equal("0");
      await page.getByText("is what the contract holds at that size").waitFor();

      const rows = page.locator("tbody tr");
      expect(await rows.count()).to.equal(logs.length);
      expect(await rows.first().innerText()).to.contain(String(logs.at(-1)!.blockNumber));
      expect(await rows.locator("bdi").last().getAttribute("title")).to.equal(logs[0]!.transactionHash);
      const chart = page.getByRole("img");
      expect(await chart.getAttribute("aria-label")).to.contain(`${logs.length} anchors, up to size ${size}`);

      await check(service);
      await page.getByRole("button", { name: "Look again" }).click();
      await rows.nth(logs.length).waitFor();
      expect(await fact(page, "Size in the contract")).to.equal(String(size + 1));
    });
    expect(faults).to.deep.equal([]);
  });

  it("do not agree with a key, a contract or code that are not the service's", async () => {
    const other = await startService();
    const key = (await other.get("/api/ledger/key")).body.trim() as string;
    await other.close();
    const faults = await explore(service, "/checkpoints", async (page) => {
      await page.locator("canvas").waitFor();
      const again = async (root: string, value: string) => {
        await page.locator(`#trust-${root}`).fill(value);
        await page.getByRole("button", { name: "Look again" }).click();
      };
      await again("ledgerKey", key);
      await page.getByText("no signature of a trusted key").waitFor();
      await again("codeHash", `0x${"12".repeat(32)}`);
      await page.getByRole("alert").getByText("code_hash").waitFor();
      await again("contract", `0x${"ab".repeat(20)}`);
      await page.getByText("there is no contract at").waitFor();
      await again("rpcUrl", "ftp://chain.example");
      await page.getByText("First complete what you trust.").waitFor();
    });
    expect(faults).to.deep.equal([]);
  });

  it("are drawn in Arabic, dark, on a phone, accessible and without complaint", async () => {
    const look = async (page: Page) => {
      await page.locator("canvas").waitFor();
      await page.locator("tbody tr").first().waitFor();
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).to.be.at.most(390);
    };
    expect(await explore(service, "/checkpoints", look, ARABIC_PHONE)).to.deep.equal([]);
  });
});
