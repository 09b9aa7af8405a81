import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { useLocation } from "preact-iso";
import { ask } from "../../shared/api.ts";
import type { Problem } from "../../shared/api.ts";
import { explain } from "../../shared/explain.ts";
import { Notice } from "../../shared/notice.tsx";
import { apiKey, isAboutKey, service } from "../access.ts";
import { addresses } from "../addresses.ts";
import { ApiKeyForm } from "../api-key.tsx";
import { DropZone } from "../drop.tsx";
import { TrustForm } from "../trust/form.tsx";
import { trustWords } from "../trust/words.ts";
import { Quoted } from "../value.tsx";
import { common } from "../words.ts";
import { Checks, VerdictOf } from "./checks.tsx";
import { readReceiptFile, readReceiptText } from "./receipt-file.ts";
import type { FileFault, ReadJson } from "./receipt-file.ts";
import { incomplete, verification, verify } from "./state.ts";
import { verifyWords } from "./words.ts";

export function VerifyScreen() {
  const words = verifyWords.value;
  const fault = useSignal<FileFault | "several" | null>(null);
  const take = (name: string, read: ReadJson) => {
    fault.value = read.ok ? null : read.fault;
    if (read.ok) void verify(name, read.json);
    else verification.value = null;
  };
  return (
    <>
      <h1>{words.title}</h1>
      <p class="lead">{words.lead}</p>
      <div class="columns columns-aside">
        <div>
          <DropZone
            label={words.drop}
            accept="application/json,.json"
            onFile={(file) => void readReceiptFile(file).then((read) => take(file.name, read))}
            onSeveral={() => (fault.value = "several")}
          />
          <Paste onText={(text) => take(words.pasted, readReceiptText(text))} />
          <FromEvent />
          {fault.value !== null && (
            <Notice kind="error">
              {fault.value === "several" ? common.value.file.several : words.faults[fault.value]}{" "}
              {fault.value === "isExport" && <a href={addresses.ledger}>{words.toLedger}</a>}
            </Notice>
          )}
          <Outcome />
        </div>
        <TrustForm />
      </div>
    </>
  );
}

function Paste({ onText }: { readonly onText: (text: string) => void }) {
  const words = verifyWords.value;
  return (
    <details class="card">
      <summary>{words.paste}</summary>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const text = new FormData(event.currentTarget).get("receipt");
          onText(typeof text === "string" ? text : "");
        }}
      >
        <div class="field">
          <label for="receipt-text">{words.pasteLabel}</label>
          <textarea id="receipt-text" name="receipt" class="mono" dir="ltr" rows={6} spellcheck={false} />
        </div>
        <button type="submit" class="button">
          {words.verify}
        </button>
      </form>
    </details>
  );
}

/** `?event=<id>`: the receipt is fetched from the service, and verified like any other. */
function FromEvent() {
  const words = verifyWords.value;
  const { event: id } = useLocation().query;
  const problem = useSignal<Problem | null>(null);
  const fetching = useSignal(false);
  const key = apiKey.value;
  useEffect(() => {
    if (id === undefined) return;
    let gone = false;
    problem.value = null;
    fetching.value = true;
    void ask(service.GET("/api/ledger/events/{id}/receipt", { params: { path: { id } } })).then((answer) => {
      if (gone) return;
      fetching.value = false;
      if (answer.ok) void verify(words.fromEvent, answer.data);
      else problem.value = answer.problem;
    });
    return () => {
      gone = true;
    };
  }, [id, key]);
  if (fetching.value) return <p aria-busy="true">{words.fetching}</p>;
  if (problem.value === null) return null;
  if (isAboutKey(problem.value)) return <ApiKeyForm refused={key !== null} />;
  return <Notice kind="error">{explain(problem.value)}</Notice>;
}

function Outcome() {
  const words = verifyWords.value;
  const { value: shown } = verification;
  if (shown === null) return null;
  return (
    <section class="card">
      <p class="hint">
        <Quoted text={words.from(shown.name)} />
      </p>
      {incomplete.value ? (
        <Notice kind="warning">{trustWords.value.incomplete}</Notice>
      ) : (
        <>
          <div aria-live="polite">
            <VerdictOf verification={shown} />
          </div>
          <Checks verification={shown} />
        </>
      )}
      <div class="actions">
        <button type="button" class="button" onClick={() => void verify(shown.name, shown.candidate)}>
          {words.again}
        </button>
      </div>
    </section>
  );
}
