import { formatTag, locale } from "../shared/locale.ts";

/** An instant as the device's own time of day, in the page's language. Reads the locale, so that it is said anew with it. */
export function formatInstant(iso: string): string {
  void locale.value;
  return new Intl.DateTimeFormat(formatTag(), { dateStyle: "medium", timeStyle: "medium" }).format(
    new Date(iso),
  );
}
