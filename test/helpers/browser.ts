/** A real browser for the console's pages: what it complains of is a fault, whatever a test looks at. */
import chromium from "@sparticuz/chromium";
import axe from "axe-core";
import { chromium as playwright } from "playwright-core";
import type { Browser, BrowserContextOptions, Locator, Page } from "playwright-core";
import { eventually } from "./eventually.ts";

export interface Visit {
  readonly page: Page;
  /** What the page complained of: errors, and what its content security policy forbade. */
  readonly faults: string[];
  readonly close: () => Promise<void>;
}

/** Answers that a page expects and handles are complained of by the browser all the same. */
const HANDLED = /^Failed to load resource: the server responded with a status of (4\d\d|503)/;

let running: Promise<Browser> | null = null;

/** One for all tests of the run; each visit has cookies and storage of its own. */
async function browser(): Promise<Browser> {
  running ??= (async () => {
    // Fewer processes than it would take by itself: two cores must do for everything.
    const args = chromium.args.filter(
      (arg) => !/^--(headless|single-process|no-zygote|disable-web-security)/.test(arg),
    );
    return playwright.launch({ executablePath: await chromium.executablePath(), args, headless: true });
  })();
  return running;
}

export async function closeBrowser(): Promise<void> {
  await (await running)?.close();
  running = null;
}

export const PHONE: BrowserContextOptions = {
  viewport: { width: 390, height: 844 },
  deviceScaleFactor: 2,
  isMobile: true,
  hasTouch: true,
};
export const DESKTOP: BrowserContextOptions = { viewport: { width: 1280, height: 900 } };

export async function visit(options: BrowserContextOptions = {}): Promise<Visit> {
  const context = await (await browser()).newContext({ locale: "en-GB", ...DESKTOP, ...options });
  const page = await context.newPage();
  const faults: string[] = [];
  page.on("console", (message) => {
    const text = message.text();
    if (["error", "warning"].includes(message.type()) && !HANDLED.test(text)) faults.push(text);
  });
  page.on("pageerror", (error) => faults.push(String(error)));
  await page.addInitScript(() => {
    // Each is a console error as well, unless the policy only reports.
    document.addEventListener("securitypolicyviolation", (event) => {
      console.error(`policy violation: ${event.violatedDirective} by ${event.blockedURI}`);
    });
  });
  page.setDefaultTimeout(10_000);
  return { page, faults, close: () => context.close() };
}

/** Waits for the focus, which comes to it a moment after it is there. */
export const hasFocus = (locator: Locator): Promise<unknown> =>
  eventually(
    () => locator.evaluate((element) => element === document.activeElement),
    `${String(locator)} has the focus`,
  );

/** What axe-core finds on the page as it is, in a line each. */
export async function accessibilityFaults(page: Page): Promise<string[]> {
  // By the debugging protocol, which the page's policy does not concern.
  await page.evaluate(`if (globalThis.axe === undefined) { ${axe.source} }`);
  const found = await page.evaluate<{ violations: axe.Result[] }>("globalThis.axe.run()");
  return found.violations.map(
    ({ id, help, nodes }) => `${id}: ${help} (${nodes.map(({ html }) => html.slice(0, 120)).join(" | ")})`,
  );
}
