/** The language of the page: the browser's, until somebody chooses. */
import { computed, effect, signal } from "@preact/signals";
import type { ReadonlySignal } from "@preact/signals";
import { remember, remembered } from "./preferences.ts";

export const LOCALES = { en: "English", ar: "العربية" } as const;
export type Locale = keyof typeof LOCALES;

export const isLocale = (text: string | null | undefined): text is Locale =>
  text !== null && text !== undefined && Object.hasOwn(LOCALES, text);

/** The first of the browser's languages that we speak. */
export function preferred(languages: readonly string[]): Locale {
  return languages.map((language) => language.split("-")[0]).find(isLocale) ?? "en";
}

const chosen = remembered("locale");
export const locale = signal<Locale>(isLocale(chosen) ? chosen : preferred(navigator.languages));

export function choose(next: Locale): void {
  remember("locale", next);
  locale.value = next;
}

/** What a page says, in each language; both have the same members, or it does not compile. */
export const words = <T>(all: Readonly<Record<Locale, T>>): ReadonlySignal<T> =>
  computed(() => all[locale.value]);

/** Arabic with the digits of the Maghreb and of ours: codes, hashes and PINs are typed and compared in these. */
export const formatTag = (): string => (locale.value === "ar" ? "ar-EG-u-nu-latn" : "en-GB");

effect(() => {
  document.documentElement.lang = locale.value;
  document.documentElement.dir = locale.value === "ar" ? "rtl" : "ltr";
});
