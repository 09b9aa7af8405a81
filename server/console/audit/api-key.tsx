import type { ComponentChildren } from "preact";
import { Notice } from "../shared/notice.tsx";
import { apiKey, mayRead } from "./access.ts";
import { common } from "./words.ts";

/** What only readers of events may see; others are asked for a key first. */
export function ForReaders({ children }: { readonly children: ComponentChildren }) {
  return mayRead.value ? <>{children}</> : <ApiKeyForm refused={false} />;
}

export function ApiKeyForm({ refused }: { readonly refused: boolean }) {
  const words = common.value;
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const given = new FormData(form).get("key");
    // Pasted keys often bring a newline along.
    const key = typeof given === "string" ? given.trim() : "";
    if (key !== "") apiKey.value = key;
    form.reset();
  };
  return (
    <form class="card narrow" onSubmit={submit}>
      <h2 class="first">{words.keyTitle}</h2>
      {refused && <Notice kind="error">{words.keyRefused}</Notice>}
      <p>{words.keyWhy}</p>
      <div class="field">
        <label for="api-key">{words.key}</label>
        <input
          id="api-key"
          name="key"
          type="password"
          autocomplete="off"
          spellcheck={false}
          dir="ltr"
          required
          aria-describedby="api-key-hint"
        />
        <p class="hint" id="api-key-hint">
          {words.keyHint}
        </p>
      </div>
      <button type="submit" class="button button-main">
        {words.keyUse}
      </button>
    </form>
  );
}

export function ForgetKey() {
  if (apiKey.value === null) return null;
  return (
    <button type="button" class="button button-quiet" onClick={() => (apiKey.value = null)}>
      {common.value.keyForget}
    </button>
  );
}
