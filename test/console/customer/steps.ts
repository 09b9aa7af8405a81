/** What a customer does at the console's pages, by what is written there: in either language. */
import { expect } from "chai";
import type { BrowserContextOptions, Locator } from "playwright-core";
import { ar } from "../../../server/console/customer/words/ar.ts";
import { en } from "../../../server/console/customer/words/en.ts";
import type { Texts } from "../../../server/console/customer/words/en.ts";
import { onboardingAr } from "../../../server/console/customer/words/onboarding-ar.ts";
import { onboardingEn } from "../../../server/console/customer/words/onboarding-en.ts";
import type { OnboardingTexts } from "../../../server/console/customer/words/onboarding-en.ts";
import { newAccount, signIn, signInAdmin } from "../../helpers/account.ts";
import type { SignedIn } from "../../helpers/account.ts";
import { visit } from "../../helpers/browser.ts";
import type { Visit } from "../../helpers/browser.ts";
import type { TestService } from "../../helpers/service.ts";

export interface Language {
  readonly name: string;
  readonly locale: string;
  readonly texts: Texts;
  readonly onboarding: OnboardingTexts;
  readonly signIn: string;
  readonly account: string;
  readonly signOut: string;
}

export const ENGLISH: Language = {
  name: "English",
  locale: "en-GB",
  texts: en,
  onboarding: onboardingEn,
  signIn: "Sign in",
  account: "Account",
  signOut: "Sign out",
};
export const ARABIC: Language = {
  name: "Arabic",
  locale: "ar-EG",
  texts: ar,
  onboarding: onboardingAr,
  signIn: "تسجيل الدخول",
  account: "الحساب",
  signOut: "تسجيل الخروج",
};

export interface Customer extends Visit {
  readonly texts: Texts;
  readonly field: (label: string) => Locator;
  readonly open: (path: string) => Promise<void>;
  /** As that account, whoever was signed in before. */
  readonly signIn: (account: string) => Promise<void>;
  readonly signOut: () => Promise<void>;
  /** Waits for the screen of that heading. */
  readonly sees: (title: string) => Promise<void>;
  readonly reads: (text: string) => Promise<void>;
  /** Types digits, one key after the other, into the field of that name. */
  readonly type: (label: string, digits: string) => Promise<void>;
  readonly press: (button: string) => Promise<void>;
  readonly follow: (link: string) => Promise<void>;
  /** A new PIN and its repetition, and the button. */
  readonly choose: (pin: string, again?: string, button?: string) => Promise<void>;
  readonly enter: (pin: string) => Promise<void>;
  /** What went wrong, in the page's words. */
  readonly alert: () => Promise<string>;
  /** Signed out, for the next test; whatever the browser complained of until then is a fault. */
  readonly forget: () => Promise<void>;
  /** Leaves for good; likewise. */
  readonly leave: () => Promise<void>;
}

const COMPLAINTS = "what the browser complained of";

export async function customer(
  service: TestService,
  language: Language = ENGLISH,
  options: BrowserContextOptions = {},
): Promise<Customer> {
  const visited = await visit({ locale: language.locale, ...options });
  const { page, faults } = visited;
  const { texts } = language;
  const field = (label: string) => page.getByLabel(label, { exact: true });
  const type = async (label: string, digits: string) => {
    await field(label).focus();
    await page.keyboard.type(digits);
  };
  const press = (button: string) => page.getByRole("button", { name: button, exact: true }).click();
  const sees = (title: string) => page.getByRole("heading", { level: 1, name: title, exact: true }).waitFor();
  return {
    ...visited,
    texts,
    field,
    open: async (path) => void (await page.goto(service.url + path)),
    async signIn(account) {
      await page.context().clearCookies();
      await page.goto(`${service.url}/console`);
      await field(language.account).fill(account);
      await press(language.signIn);
    },
    async signOut() {
      await press(language.signOut);
      await sees(texts.signInTitle);
    },
    sees,
    reads: (text) => page.getByText(text).first().waitFor(),
    type,
    press,
    follow: (link) => page.getByRole("link", { name: link, exact: true }).click(),
    async choose(pin, again = pin, button = texts.savePin) {
      await type(texts.newPin, pin);
      await type(texts.samePinAgain, again);
      await press(button);
    },
    enter: (pin) => type(texts.pin, pin),
    alert: () => page.getByRole("alert").innerText(),
    async forget() {
      await page.context().clearCookies();
      expect(faults.splice(0), COMPLAINTS).to.deep.equal([]);
    },
    async leave() {
      await visited.close();
      expect(faults.splice(0), COMPLAINTS).to.deep.equal([]);
    },
  };
}

/** An account with that PIN, set over the API. */
export async function withPin(service: TestService, pin = "4711"): Promise<string> {
  const account = newAccount();
  const created = await (
    await signIn(service, { sub: account })
  ).post("/api/session/pin", { pin, confirmation: pin });
  if (created.status !== 200) throw new Error(JSON.stringify(created.body));
  return account;
}

/** What a session of that account must do: a fresh one, or that one. */
export async function nextOf(service: TestService, account: string | SignedIn): Promise<string> {
  const session = typeof account === "string" ? await signIn(service, { sub: account }) : account;
  return (await session.get("/api/session")).body.next as string;
}

/** Support at work: `reset`, `unlock`, or `temporary-pin`, whose PIN it returns. */
export async function support(service: TestService, account: string, action: string): Promise<string> {
  const admin = await signInAdmin(service);
  const found = await admin.post("/api/admin/subjects/search", { account });
  const done = await admin.post(`/api/admin/subjects/${found.body.subjectId as string}/${action}`);
  if (done.status !== 200) throw new Error(JSON.stringify(done.body));
  return (done.body.temporaryPin ?? "") as string;
}
