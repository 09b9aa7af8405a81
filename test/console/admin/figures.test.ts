import { expect } from "chai";
import type { Page } from "playwright-core";
import { HOUR, testClock } from "../../helpers/account.ts";
import { PHONE, closeBrowser } from "../../helpers/browser.ts";
import { newPhone, requestOtp } from "../../helpers/customer.ts";
import { startService } from "../../helpers/service.ts";
import type { TestService } from "../../helpers/service.ts";
import { lockOut, newCustomer, openPortal } from "./portal.ts";

/** The text of each row's cells, the latest hour first. */
const table = (page: Page): Promise<string[][]> =>
  page
    .locator("tbody tr")
    .evaluateAll((rows) => rows.map((row) => [...row.children].map((cell) => cell.textContent)));

/** How much of a chart's canvas is drawn upon, and of how many pixels it is. */
const drawn = (page: Page) =>
  page.locator("canvas").evaluateAll((canvases) =>
    canvases.map((canvas) => {
      const { width, height } = canvas as HTMLCanvasElement;
      const pixels = (canvas as HTMLCanvasElement).getContext("2d")!.getImageData(0, 0, width, height).data;
      return { width, inked: pixels.some((value) => value > 0) };
    }),
  );

describe("The portal's figures", () => {
  let service: TestService;
  before(async () => {
    const clock = testClock();
    clock.pass(-(clock.now() % HOUR) - HOUR);
    service = await startService({}, { clock });
    await lockOut(await newCustomer(service));
    const phone = newPhone();
    const otp = await requestOtp(service, phone, "pin_set");
    await service.post("/api/pin/set", { pin: "000000", phoneNumber: phone, otp });
    clock.pass(HOUR);
    await (await newCustomer(service)).verify("4711");
  });
  after(async () => {
    await closeBrowser();
    await service.close();
  });

  it("are drawn, said in words, and the same in a table", async () => {
    const { page, accessible, leave } = await openPortal(service);
    await page.getByRole("link", { name: "Figures" }).click();
    await page.locator("canvas").nth(4).waitFor();
    expect((await drawn(page)).map(({ inked }) => inked)).to.deep.equal([true, true, true, true, true]);
    const labels = await page
      .locator(".chart")
      .evaluateAll((charts) => charts.map((chart) => chart.getAttribute("aria-label")));
    expect(labels.slice(0, 4)).to.deep.equal([
      "Set-ups, hour by hour. In all: 2.",
      "Success rate, hour by hour. In all: 16.7%.",
      "Lockouts, hour by hour. In all: 1.",
      "Weak PINs refused, hour by hour. In all: 1.",
    ]);
    expect(labels[4]).to.match(/^Longest wait for a block, hour by hour\. In all: \d/);
    await page.getByText("The same as a table").click();
    const rows = await table(page);
    expect(rows).to.have.length(24);
    // Set-ups, rate, right, wrong, refused, lockouts, weak; the lag is of real time.
    expect(rows.slice(0, 3).map((row) => row.slice(1, 8))).to.deep.equal([
      ["1", "100%", "1", "0", "0", "0", "0"],
      ["1", "0%", "0", "5", "0", "1", "1"],
      ["0", "–", "0", "0", "0", "0", "0"],
    ]);
    await accessible();
    await page.getByRole("combobox", { name: "The last" }).selectOption("7 days");
    await page.locator("tbody tr").nth(167).waitFor();
    await leave();
  });

  it("tell of the hour that is pointed at", async () => {
    const { page, leave } = await openPortal(service);
    await page.goto(`${service.url}/console/admin/figures`);
    const over = page.locator(".u-over").first();
    await over.waitFor();
    const { width, height } = (await over.boundingBox())!;
    await over.hover({ position: { x: width - 2, y: height / 2 } });
    await page.locator(".chart-pointed").first().getByText(/: 1$/).waitFor();
    await leave();
  });

  it("fit a phone, the dark, and Arabic, in which time runs to the left", async () => {
    const options = { ...PHONE, colorScheme: "dark" } as const;
    const { page, accessible, leave } = await openPortal(service, "ar-EG", options);
    await page.goto(`${service.url}/console/admin/figures`);
    const over = page.locator(".u-over").first();
    await over.waitFor();
    await accessible();
    const { width, height } = (await over.boundingBox())!;
    await over.hover({ position: { x: 2, y: height / 2 } });
    await page.locator(".chart-pointed").first().getByText(/: 1$/).waitFor();
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(overflow).to.be.at.most(0);
    const narrow = (await drawn(page))[0]!.width;
    await page.setViewportSize({ width: 844, height: 390 });
    await page.waitForFunction((was) => document.querySelector("canvas")!.width !== was, narrow);
    expect(width).to.be.lessThan(390);
    await page.getByRole("combobox").first().selectOption("en");
    await page.getByRole("heading", { name: "Figures" }).waitFor();
    await page.locator("canvas").nth(4).waitFor();
    await leave();
  });
});
