/** What somebody chose of the looks of the page. Nothing else is ever put into the browser's storage. */
export type Preference = "locale" | "theme";

export function remembered(preference: Preference): string | null {
  try {
    return localStorage.getItem(preference);
  } catch {
    // Storage may be forbidden; then a choice lasts as long as the page.
    return null;
  }
}

export function remember(preference: Preference, value: string): void {
  try {
    localStorage.setItem(preference, value);
  } catch {
    // As above.
  }
}
