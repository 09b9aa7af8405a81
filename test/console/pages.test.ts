import { expect } from "chai";
import { accessibilityFaults, closeBrowser, visit } from "../helpers/browser.ts";
import { startService } from "../helpers/service.ts";
import type { TestService } from "../helpers/service.ts";

describe("The console's pages", () => {
  let service: TestService;
  before(async () => {
    service = await startService();
  });
  after(async () => {
    await closeBrowser();
    await service.close();
  });

  for (const language of ["en-GB", "ar-EG"]) {
    for (const address of ["/console", "/console/admin", "/console/audit"]) {
      it(`${address} comes up in ${language} without a complaint, and accessible`, async () => {
        const { page, faults, close } = await visit({ locale: language });
        await page.goto(service.url + address);
        await page.locator("h1").waitFor();
        expect(await page.locator("html").getAttribute("dir")).to.equal(language === "ar-EG" ? "rtl" : "ltr");
        expect(await accessibilityFaults(page)).to.deep.equal([]);
        expect(faults).to.deep.equal([]);
        await close();
      });
    }
  }
});
