/** The explorer in a real browser, over a real service. */
import type { BrowserContextOptions, Page } from "playwright-core";
import { PHONE, accessibilityFaults, visit } from "../../helpers/browser.ts";
import type { Visit } from "../../helpers/browser.ts";
import type { TestService } from "../../helpers/service.ts";

/** Far from what the other tests look at: the other language, direction, colours and width. */
export const ARABIC_PHONE: BrowserContextOptions = { ...PHONE, locale: "ar-EG", colorScheme: "dark" };

/** What fades in would be judged half faded. */
const CALM: BrowserContextOptions = { reducedMotion: "reduce" };

/**
 * Opens a screen, and closes it when the visit is over.
 * @param path below /console/audit
 * @returns what the browser complained of
 */
export async function explore(
  service: TestService,
  path: string,
  look: (page: Page, visit: Visit) => Promise<void>,
  options: BrowserContextOptions = {},
): Promise<string[]> {
  const opened = await visit({ ...CALM, ...options });
  try {
    await opened.page.goto(`${service.url}/console/audit${path}`);
    await look(opened.page, opened);
    return [...opened.faults, ...(await accessibilityFaults(opened.page))];
  } finally {
    await opened.close();
  }
}

/** Lets files fall onto the page, as from the desktop. */
export async function drop(
  page: Page,
  ...files: { name: string; content: string | Uint8Array }[]
): Promise<void> {
  const bytes = files.map(({ name, content }) => ({ name, base64: Buffer.from(content).toString("base64") }));
  const transfer = await page.evaluateHandle((all) => {
    const dropped = new DataTransfer();
    for (const { name, base64 } of all) {
      const content = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
      dropped.items.add(new File([content], name));
    }
    return dropped;
  }, bytes);
  await page.locator(".drop").waitFor();
  await page.dispatchEvent("main", "dragover", { dataTransfer: transfer });
  await page.dispatchEvent("main", "drop", { dataTransfer: transfer });
}
