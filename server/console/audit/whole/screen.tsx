import { signal, useSignal } from "@preact/signals";
import { Notice } from "../../shared/notice.tsx";
import { mayRead } from "../access.ts";
import { ApiKeyForm, ForgetKey } from "../api-key.tsx";
import { DropZone } from "../drop.tsx";
import { number } from "../format.ts";
import { TrustForm } from "../trust/form.tsx";
import { trustRoots } from "../trust/roots.ts";
import { trustWords } from "../trust/words.ts";
import { Quoted } from "../value.tsx";
import { common } from "../words.ts";
import { Result } from "./report.tsx";
import { fileSource, serviceSource } from "./source.ts";
import { cancel, check, run } from "./state.ts";
import { wholeWords } from "./words.ts";

type Source = "service" | "file";

/** What to check, as it was chosen last. */
const source = signal<Source>("service");
const file = signal<File | null>(null);
const options = { listAll: signal(false), replay: signal(true), asOf: signal("") } as const;

export function LedgerScreen() {
  const words = wholeWords.value;
  const complaint = useSignal<string | null>(null);
  const isRunning = run.value?.state === "running";
  const start = () => {
    const roots = trustRoots();
    const chosen = source.value === "service" ? serviceSource() : file.value && fileSource(file.value);
    complaint.value = roots === null ? trustWords.value.incomplete : chosen === null ? words.noFile : null;
    if (roots === null || chosen === null) return;
    const asOf = options.asOf.value === "" ? undefined : Number(options.asOf.value);
    void check(chosen, roots, { listAll: options.listAll.value, replay: options.replay.value, asOf });
  };
  return (
    <>
      <h1>{words.title}</h1>
      <p class="lead">{words.lead}</p>
      <div class="columns columns-aside">
        <div>
          <SourceChoice onSeveral={() => (complaint.value = common.value.file.several)} />
          <Options />
          {complaint.value !== null && <Notice kind="error">{complaint.value}</Notice>}
          <div class="actions actions-top">
            <button
              type="button"
              class="button button-main"
              disabled={isRunning || (source.value === "service" && !mayRead.value)}
              onClick={start}
            >
              {words.start}
            </button>
            {isRunning && (
              <button type="button" class="button" onClick={cancel}>
                {words.cancel}
              </button>
            )}
          </div>
          <Outcome />
        </div>
        <TrustForm codeHash />
      </div>
    </>
  );
}

function SourceChoice({ onSeveral }: { readonly onSeveral: () => void }) {
  const words = wholeWords.value;
  const takeFile = (taken: File) => {
    file.value = taken;
    source.value = "file";
  };
  return (
    <>
      <fieldset class="card">
        <legend>{words.source}</legend>
        {(["service", "file"] as const).map((one) => (
          <label key={one} class="option">
            <input
              type="radio"
              name="source"
              checked={source.value === one}
              onChange={() => (source.value = one)}
            />
            {words[one]}
          </label>
        ))}
        <ForgetKey />
      </fieldset>
      {source.value === "service" && !mayRead.value && <ApiKeyForm refused={false} />}
      <DropZone
        label={words.drop}
        accept=".ndjson,.json,application/x-ndjson"
        onFile={takeFile}
        onSeveral={onSeveral}
      >
        {file.value !== null && (
          <span>
            <Quoted
              text={words.chosen(file.value.name, `${number(Math.ceil(file.value.size / 1024))} KiB`)}
            />
          </span>
        )}
      </DropZone>
    </>
  );
}

function Options() {
  const words = wholeWords.value;
  return (
    <fieldset class="card">
      <legend>{words.options}</legend>
      {(["replay", "listAll"] as const).map((name) => (
        <label key={name} class="option">
          <input
            type="checkbox"
            checked={options[name].value}
            onChange={({ currentTarget }) => (options[name].value = currentTarget.checked)}
          />
          {words[name]}
        </label>
      ))}
      <div class="field">
        <label for="as-of">{words.asOf}</label>
        <input
          id="as-of"
          type="number"
          min={0}
          step={1}
          dir="ltr"
          value={options.asOf.value}
          onInput={({ currentTarget }) => (options.asOf.value = currentTarget.value)}
        />
      </div>
    </fieldset>
  );
}

function Outcome() {
  const words = wholeWords.value;
  const { value: shown } = run;
  if (shown === null) return null;
  return (
    <section class="card">
      {shown.state === "running" && (
        <>
          <progress
            aria-label={words.progress}
            {...(shown.size === null ? {} : { value: shown.read, max: Math.max(shown.size, 1) })}
          />
          <p>{shown.size === null ? words.reading : words.read(number(shown.read), number(shown.size))}</p>
        </>
      )}
      <div aria-live="polite">{shown.state !== "running" && <Result run={shown} />}</div>
    </section>
  );
}
