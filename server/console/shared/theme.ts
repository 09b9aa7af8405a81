import { effect, signal } from "@preact/signals";
import { remember, remembered } from "./preferences.ts";

export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

const isTheme = (text: string | null): text is Theme => THEMES.some((theme) => theme === text);

const chosen = remembered("theme");
export const theme = signal<Theme>(isTheme(chosen) ? chosen : "system");

export function chooseTheme(next: Theme): void {
  remember("theme", next);
  theme.value = next;
}

effect(() => {
  document.documentElement.dataset.theme = theme.value;
});
