/** What all pages have around them: who is there, the language, the colours, and the way to the content. */
import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import { Notice } from "./notice.tsx";
import { explain } from "./explain.ts";
import { LOCALES, choose, isLocale, locale } from "./locale.ts";
import { SignInTrouble } from "./sign-in.tsx";
import { config, load, session, signOut, trouble } from "./sign-in-state.ts";
import { THEMES, chooseTheme, theme } from "./theme.ts";
import { shared } from "./words.ts";

export function Shell(props: {
  readonly title: string;
  readonly wide?: boolean;
  readonly nav?: ComponentChildren;
  readonly children: ComponentChildren;
}) {
  const words = shared.value;
  useEffect(() => {
    document.title = `${props.title} · ${words.brand}`;
  }, [props.title, words.brand]);
  useEffect(() => void load(), []);
  return (
    <>
      <a class="skip" href="#content">
        {words.skip}
      </a>
      <header class="bar">
        <span class="brand">{words.brand}</span>
        {props.nav}
        <span class="bar-space" />
        <LocaleChoice />
        <ThemeChoice />
        {session.value?.signedIn === true && (
          <button type="button" class="button button-quiet" onClick={() => void signOut()}>
            {words.signOut}
          </button>
        )}
      </header>
      <main id="content" class={props.wide === true ? "content content-wide" : "content"} tabIndex={-1}>
        <Ready>{props.children}</Ready>
      </main>
    </>
  );
}

/** The page's own part comes once it is known who is there. */
function Ready({ children }: { readonly children: ComponentChildren }) {
  const words = shared.value;
  if (trouble.value !== null) {
    return (
      <>
        <Notice kind="error">{explain(trouble.value)}</Notice>
        <button type="button" class="button" onClick={() => void load()}>
          {words.retry}
        </button>
      </>
    );
  }
  if (config.value === null || session.value === null) return <p aria-busy="true">{words.loading}</p>;
  return (
    <>
      <SignInTrouble />
      {children}
    </>
  );
}

function LocaleChoice() {
  return (
    <select
      class="choice"
      aria-label={shared.value.language}
      value={locale.value}
      onChange={({ currentTarget: { value } }) => isLocale(value) && choose(value)}
    >
      {Object.entries(LOCALES).map(([value, name]) => (
        <option key={value} value={value} lang={value}>
          {name}
        </option>
      ))}
    </select>
  );
}

function ThemeChoice() {
  const words = shared.value;
  return (
    <select
      class="choice"
      aria-label={words.theme}
      value={theme.value}
      onChange={({ currentTarget: { value } }) => {
        const wanted = THEMES.find((one) => one === value);
        if (wanted !== undefined) chooseTheme(wanted);
      }}
    >
      {THEMES.map((value) => (
        <option key={value} value={value}>
          {words.themes[value]}
        </option>
      ))}
    </select>
  );
}
