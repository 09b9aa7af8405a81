import { useSignal } from "@preact/signals";
import { useRoute } from "preact-iso";
import type { Problem } from "../../shared/api.ts";
import { CopyButton } from "../../shared/copy-button.tsx";
import { explain } from "../../shared/explain.ts";
import { Notice } from "../../shared/notice.tsx";
import { shared } from "../../shared/words.ts";
import { apiKey, isAboutKey } from "../access.ts";
import { addresses } from "../addresses.ts";
import { AnchorBadge } from "../anchor-badge.tsx";
import { ApiKeyForm } from "../api-key.tsx";
import { typeName } from "../event-words.ts";
import { Fact } from "../facts.tsx";
import { number } from "../format.ts";
import { usePolling } from "../polling.ts";
import { saveFile } from "../../shared/save-file.ts";
import { Hash } from "../value.tsx";
import { visible } from "../visible.ts";
import { common } from "../words.ts";
import { Anchors } from "./anchors.tsx";
import { loadEvent } from "./load.ts";
import type { LoadedEvent } from "./load.ts";
import { MerklePath } from "./merkle-path.tsx";
import { Said } from "./said.tsx";
import { eventPageWords } from "./words.ts";

/** Until it is final, its way to the chain can be watched. */
const POLL_MS = 2_000;

export function EventScreen() {
  const id = useRoute().params["id"] ?? "";
  return <OneEvent key={`${id} ${apiKey.value ?? ""}`} id={id} />;
}

function OneEvent({ id }: { readonly id: string }) {
  const words = eventPageWords.value;
  const loaded = useSignal<LoadedEvent | null>(null);
  const problem = useSignal<Problem | null>(null);
  const ask = async () => {
    const answer = await loadEvent(id);
    problem.value = answer.ok ? null : answer.problem;
    if (answer.ok) loaded.value = answer.data;
  };
  const isSettled = loaded.value?.event.anchor.status === "final" && loaded.value.path !== null;
  usePolling(ask, POLL_MS, !isSettled);

  const { value: shown } = loaded;
  if (shown === null) {
    return (
      <>
        <h1>{words.withheldTitle}</h1>
        <NotShown problem={problem.value} />
      </>
    );
  }
  return <EventView {...shown} />;
}

/** While it is fetched, and where it cannot be. */
function NotShown({ problem }: { readonly problem: Problem | null }) {
  if (problem === null) return <p aria-busy="true">{shared.value.loading}</p>;
  return (
    <>
      {isAboutKey(problem) ? <ApiKeyForm refused /> : <Notice kind="error">{explain(problem)}</Notice>}
      <a class="button" href={addresses.events}>
        {eventPageWords.value.back}
      </a>
    </>
  );
}

function EventView({ event, receipt, path }: LoadedEvent) {
  const words = eventPageWords.value;
  const { id, index, digest, payload, payloadStatus, anchor } = event;
  return (
    <>
      <h1>{titleOf(event)}</h1>
      <p class="under-title">
        {words.event(number(index))} <AnchorBadge anchor={anchor} />
      </p>
      {payloadStatus === "erased" && <Notice kind="warning">{words.erased}</Notice>}
      {payloadStatus === "withheld" && (
        <>
          <Notice kind="info">{words.withheld}</Notice>
          <ApiKeyForm refused={false} />
        </>
      )}
      {receipt !== null && (
        <div class="actions actions-top">
          <a class="button button-main" href={addresses.verifyEvent(id)}>
            {words.verify}
          </a>
          <button
            type="button"
            class="button"
            onClick={() =>
              saveFile(`receipt-${index}.json`, JSON.stringify(receipt, null, 2), "application/json")
            }
          >
            {words.download}
          </button>
        </div>
      )}
      <div class="columns">
        <div>
          {payload !== null && (
            <section class="card said">
              <h2 class="first">{words.says}</h2>
              <Said payload={payload} />
            </section>
          )}
          {receipt !== null && <Raw {...receipt} />}
          <Anchors event={event} />
        </div>
        <section class="card">
          <h2 class="first">{words.inTree}</h2>
          <dl class="facts">
            <Fact name={common.value.index}>{number(index)}</Fact>
            <Fact name={words.digest}>
              <Hash value={digest} whole />
            </Fact>
          </dl>
          <h3>{words.path}</h3>
          {path === null && <p>{words.notYet}</p>}
          {path === "failed" && <Notice kind="warning">{words.noPath}</Notice>}
          {path !== null && path !== "failed" && (
            <>
              <MerklePath path={path} />
              <details>
                <summary>{words.checkpoint}</summary>
                <pre class="raw" dir="ltr" tabIndex={0}>
                  {path.checkpoint}
                </pre>
              </details>
            </>
          )}
        </section>
      </div>
    </>
  );
}

function titleOf({ payload, payloadStatus }: LoadedEvent["event"]): string {
  const words = eventPageWords.value;
  if (payloadStatus === "erased") return words.erasedTitle;
  const type = payload?.["type"];
  return typeof type === "string" ? typeName(visible(type)) : words.withheldTitle;
}

function Raw({ payload, salt }: { readonly payload: string; readonly salt: string }) {
  const words = eventPageWords.value;
  return (
    <details class="card">
      <summary>{words.raw}</summary>
      <p class="hint">{words.rawHint}</p>
      <pre class="raw" dir="ltr" tabIndex={0}>
        {payload}
      </pre>
      <CopyButton text={payload} />
      <dl class="facts facts-below">
        <Fact name={words.salt}>
          <Hash value={salt} whole />
        </Fact>
      </dl>
    </details>
  );
}
