/** What a customer does at the console's pages, by what is written there: in either language. */
import type { BrowserContextOptions, Page } from "playwright-core";
import { ar } from "../../../server/console/customer/words/ar.ts";
import { en } from "../../../server/console/customer/words/en.ts";
import type { Texts } from "../../../server/console/customer/words/en.ts";
import { onboardingAr } from "../../../server/console/customer/words/onboarding-ar.ts";
import { onboardingEn } from "../../../server/console/customer/words/onboarding-en.ts";
import type { OnboardingTexts } from "../../../server/console/customer/words/onboarding-en.ts";
import { visit } from "../../helpers/browser.ts";
import type { Visit } from "../../helpers/browser.ts";
import type { TestService } from "../../helpers/service.ts";

export interface Language {
  readonly locale: string;
  readonly texts: Texts;
  readonly onboarding: OnboardingTexts;
  readonly signIn: string;
  readonly account: string;
  readonly signOut: string;
}

export const ENGLISH: Language = {
  locale: "en-GB",
  texts: en,
  onboarding: onboardingEn,
  signIn: "Sign in",
  account: "Account",
  signOut: "Sign out",
};
export const ARABIC: Language = {
  locale: "ar-EG",
  texts: ar,
  onboarding: onboardingAr,
  signIn: "تسجيل الدخول",
  account: "الحساب",
  signOut: "تسجيل الخروج",
};

export interface Customer extends Visit {
  readonly language: Language;
  /** Opens a page of the console; signs in where an account is named. */
  readonly open: (path: string) => Promise<void>;
  readonly signIn: (account: string, phone?: string) => Promise<void>;
  readonly signOut: () => Promise<void>;
  /** The heading of the screen that is there, or is about to be. */
  readonly sees: (title: string) => Promise<void>;
  /** Types digits, one key after the other, into the field of that name. */
  readonly type: (label: string, digits: string) => Promise<void>;
  readonly press: (button: string) => Promise<void>;
  /** A new PIN and its repetition, and the button. */
  readonly choose: (pin: string, again?: string, button?: string) => Promise<void>;
  readonly enter: (pin: string) => Promise<void>;
  readonly alert: () => Promise<string>;
}

export async function customer(
  service: TestService,
  language: Language = ENGLISH,
  options: BrowserContextOptions = {},
): Promise<Customer> {
  const visited = await visit({ locale: language.locale, ...options });
  const { page } = visited;
  const { texts } = language;
  const field = (label: string) => page.getByLabel(label, { exact: true });
  const type = async (label: string, digits: string) => {
    await field(label).click();
    await field(label).pressSequentially(digits);
  };
  const press = (button: string) => page.getByRole("button", { name: button, exact: true }).click();
  return {
    ...visited,
    language,
    open: async (path) => void (await page.goto(service.url + path)),
    async signIn(account, phone) {
      await field(language.account).fill(account);
      if (phone !== undefined) await page.locator("#phone").fill(phone);
      await press(language.signIn);
    },
    signOut: () => press(language.signOut),
    sees: (title) => page.getByRole("heading", { level: 1, name: title, exact: true }).waitFor(),
    type,
    press,
    async choose(pin, again = pin, button = texts.savePin) {
      await type(texts.newPin, pin);
      await type(texts.samePinAgain, again);
      await press(button);
    },
    enter: (pin) => type(texts.pin, pin),
    alert: () => page.getByRole("alert").innerText(),
  };
}

/** Whether that is the heading of the screen, now. */
export const isAt = async (page: Page, title: string): Promise<boolean> =>
  (await page.locator("h1").innerText()) === title;
