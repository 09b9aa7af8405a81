import { config } from "../../shared/sign-in-state.ts";
import { ROOTS, faults, isServicesWord, isTyped, reset, roots, type } from "./roots.ts";
import type { RootName } from "./roots.ts";
import { trustWords } from "./words.ts";

/** What the visitor trusts, and where it comes from. @param props.codeHash whether that one is used here */
export function TrustForm({ codeHash = false }: { readonly codeHash?: boolean }) {
  const words = trustWords.value;
  return (
    <section class="card trust" aria-labelledby="trust-title">
      <h2 id="trust-title" class="first">
        {words.title}
      </h2>
      <p class={isServicesWord.value ? "notice notice-warning" : "notice notice-info"}>
        {isServicesWord.value ? words.fromService : words.yours}
      </p>
      {ROOTS.filter((name) => codeHash || name !== "codeHash").map((name) => (
        <RootField key={name} name={name} />
      ))}
      <p class="hint">{words.page}</p>
      {isTyped.value && (
        <button type="button" class="button button-quiet" onClick={reset}>
          {words.reset}
        </button>
      )}
    </section>
  );
}

function RootField({ name }: { readonly name: RootName }) {
  const words = trustWords.value;
  const fault = faults.value[name];
  const id = `trust-${name}`;
  const hint = hintOf(name);
  const described = [fault && `${id}-fault`, hint && `${id}-hint`].filter(Boolean).join(" ");
  return (
    <div class="field">
      <label for={id}>{words[name]}</label>
      <input
        id={id}
        class="mono"
        dir="ltr"
        inputMode={name === "chainId" ? "numeric" : name === "rpcUrl" ? "url" : "text"}
        spellcheck={false}
        autocomplete="off"
        value={roots.value[name]}
        aria-invalid={fault !== undefined}
        aria-describedby={described === "" ? undefined : described}
        onInput={({ currentTarget }) => type(name, currentTarget.value)}
      />
      {fault !== undefined && (
        <p class="hint fault" id={`${id}-fault`}>
          {words.faults[fault]}
        </p>
      )}
      {hint !== null && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
    </div>
  );
}

function hintOf(name: RootName): string | null {
  if (name !== "rpcUrl") return null;
  const { rpcHint, noRpc } = trustWords.value;
  return config.value?.chain.rpcUrl === null ? `${noRpc} ${rpcHint}` : rpcHint;
}
