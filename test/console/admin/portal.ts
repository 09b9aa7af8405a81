/** The support portal in a real browser, signed in, and customers who need it. */
import { expect } from "chai";
import type { BrowserContextOptions, Locator, Page } from "playwright-core";
import { newAccount, signIn } from "../../helpers/account.ts";
import type { SignedIn } from "../../helpers/account.ts";
import { accessibilityFaults, visit } from "../../helpers/browser.ts";
import type { TestService } from "../../helpers/service.ts";

/** What the portal says, where a test must find it. */
export const TEXTS = {
  "en-GB": {
    account: "Account",
    search: "Search",
    close: "Close",
    session: "Session PIN",
    reset: ["Reset PIN", "Reset PIN"],
    unlock: ["Unlock", "Unlock"],
    temporary: ["Temporary PIN", "Set temporary PIN"],
  },
  "ar-EG": {
    account: "الحساب",
    search: "بحث",
    close: "إغلاق",
    session: "الرقم السري للجلسة",
    reset: ["إعادة تعيين الرقم السري", "إعادة التعيين"],
    unlock: ["إلغاء القفل", "إلغاء القفل"],
    temporary: ["رقم سري مؤقت", "تعيين رقم مؤقت"],
  },
} as const;

export type Language = keyof typeof TEXTS;
export const LANGUAGES = Object.keys(TEXTS) as Language[];
export type Act = "reset" | "unlock" | "temporary";

export interface Portal {
  readonly page: Page;
  readonly dialog: Locator;
  /** Of one PIN, by its name on the page. */
  readonly card: (name?: string) => Locator;
  /** By account. */
  readonly find: (account: string) => Promise<void>;
  /** Opens the dialog of an act upon the session PIN. */
  readonly begin: (act: Act) => Promise<void>;
  /** Confirms it, and waits for what came of it. */
  readonly confirm: (act: Act) => Promise<void>;
  /** Closes the dialog by its button. */
  readonly close: () => Promise<void>;
  /** What axe-core finds must be nothing, now. */
  readonly accessible: () => Promise<void>;
  /** The browser must have had nothing to complain of, but for what the test itself brought about. */
  readonly leave: (brought?: RegExp) => Promise<void>;
}

export async function openPortal(
  service: TestService,
  language: Language = "en-GB",
  options: BrowserContextOptions = {},
): Promise<Portal> {
  const texts = TEXTS[language];
  const { page, faults, close } = await visit({ ...options, locale: language });
  await page.goto(`${service.url}/console/admin`);
  await page.locator("#account").fill("support");
  await page.keyboard.press("Enter");
  await page.locator("#sought").waitFor();
  const dialog = page.locator("dialog[open]");
  const card = (name: string = texts.session) => page.getByRole("article", { name: new RegExp(`^${name}`) });
  const button = (inside: Locator | Page, name: string) => inside.getByRole("button", { name, exact: true });
  return {
    page,
    dialog,
    card,
    async find(account) {
      await page.getByRole("radio", { name: texts.account }).check();
      await page.locator("#sought").fill(account);
      await button(page, texts.search).click();
      await page.locator("#customer").waitFor();
    },
    async begin(act) {
      await button(card(), texts[act][0]).click();
      await dialog.waitFor();
    },
    async confirm(act) {
      await button(dialog, texts[act][1]).click();
      await button(dialog, texts.close).waitFor();
    },
    async close() {
      await button(dialog, texts.close).click();
      await dialog.waitFor({ state: "detached" });
    },
    async accessible() {
      expect(await accessibilityFaults(page)).to.deep.equal([]);
    },
    async leave(brought) {
      expect(faults.filter((fault) => brought?.test(fault) !== true)).to.deep.equal([]);
      await close();
    },
  };
}

export interface Customer {
  readonly sub: string;
  /** A session that has yet to prove the PIN. */
  readonly me: SignedIn;
  readonly next: () => Promise<string>;
  readonly verify: (pin: string) => Promise<Record<string, unknown>>;
}

/** An account with the session PIN 4711. */
export async function newCustomer(service: TestService): Promise<Customer> {
  const sub = newAccount();
  const first = await signIn(service, { sub });
  const created = await first.post("/api/session/pin", { pin: "4711", confirmation: "4711" });
  if (created.status !== 200) throw new Error(JSON.stringify(created.body));
  const me = await signIn(service, { sub });
  return {
    sub,
    me,
    next: async () => (await me.get("/api/session")).body.next as string,
    verify: async (pin) => (await me.post("/api/session/pin/verify", { pin })).body,
  };
}

export async function lockOut({ verify }: Customer): Promise<void> {
  for (let i = 0; i < 5; i++) await verify("0000");
}

/** Everything in which a page could keep something, but for its memory. */
export const kept = (page: Page): Promise<string> =>
  page.evaluate(async () =>
    JSON.stringify([
      { ...localStorage },
      { ...sessionStorage },
      await indexedDB.databases(),
      await caches.keys(),
      document.cookie,
      location.href,
      history.state,
      document.title,
      document.documentElement.outerHTML,
      [...document.querySelectorAll("input")].map(({ value }) => value),
    ]),
  );

/** Whether a PIN stands there by itself, and not as a part of a hash or a longer number. */
export const tells = (text: string, pin: string): boolean =>
  new RegExp(`(?<![0-9a-fx])${pin}(?![0-9a-f])`).test(text);
