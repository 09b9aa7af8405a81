import { expect } from "chai";
import { signInAdmin } from "../../helpers/account.ts";
import { closeBrowser } from "../../helpers/browser.ts";
import { startService } from "../../helpers/service.ts";
import type { TestService } from "../../helpers/service.ts";
import { LANGUAGES, newCustomer, openPortal } from "./portal.ts";

describe("FR-017, the portal's list of actions", () => {
  let service: TestService;
  before(async () => {
    service = await startService();
  });
  after(async () => {
    await closeBrowser();
    await service.close();
  });

  it("says that there are none, where there are none", async () => {
    const { page, accessible, leave } = await openPortal(service);
    await page.getByRole("link", { name: "Actions" }).click();
    await page.getByText("Support has not done anything yet.").waitFor();
    expect(await page.locator("table").count()).to.equal(0);
    await accessible();
    await leave();
  });

  it("shows what was done and when, the latest first, and nothing else; older ones when asked for", async () => {
    const customer = await newCustomer(service);
    const admin = await signInAdmin(service, "an-administrator");
    const { body } = await admin.post("/api/admin/subjects/search", { account: customer.sub });
    const id = body.subjectId as string;
    const act = (name: string) =>
      admin.post(`/api/admin/subjects/${id}/${name}`, {}, { prefer: "respond-async" });
    for (let i = 0; i < 40; i++) await act("unlock");
    await act("reset");
    await act("temporary-pin");

    for (const language of LANGUAGES) {
      const { page, accessible, leave } = await openPortal(service, language);
      await page.getByRole("navigation").getByRole("link").nth(1).click();
      const rows = page.locator("tbody tr");
      await rows.first().waitFor();
      expect(await rows.count()).to.equal(20);
      const names = await rows.locator("td:first-child").allInnerTexts();
      expect(names.slice(0, 3)).to.deep.equal(
        language === "en-GB"
          ? ["Temporary PIN set", "PIN reset", "PIN unlocked"]
          : ["تعيين رقم سري مؤقت", "إعادة تعيين رقم سري", "إلغاء قفل رقم سري"],
      );
      await accessible();
      for (const count of [40, 42]) {
        await page.locator("main .button").click();
        await rows.nth(count - 1).waitFor();
        expect(await rows.count()).to.equal(count);
      }
      expect(await page.locator("main .button").count(), "these are all").to.equal(0);
      for (const cells of await rows.evaluateAll((all) => all.map((row) => row.children.length)))
        expect(cells).to.equal(2);
      const times = await rows
        .locator("time")
        .evaluateAll((all) => all.map((one) => one.getAttribute("datetime")!));
      expect(times).to.deep.equal([...times].sort().reverse());
      const told = await page.content();
      for (const hidden of [customer.sub, "an-administrator", id]) expect(told).not.to.contain(hidden);
      expect(told).not.to.match(/0x[0-9a-f]{8}/);
      await leave();
    }
  });
});
