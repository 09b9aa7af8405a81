import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { ChainUnavailable } from "../../../ledger/index.ts";
import { Notice } from "../../shared/notice.tsx";
import { number } from "../format.ts";
import { TrustForm } from "../trust/form.tsx";
import { trustRoots } from "../trust/roots.ts";
import { trustWords } from "../trust/words.ts";
import { Quoted } from "../value.tsx";
import { SizeChart } from "./chart.tsx";
import { look } from "./look.ts";
import type { Look } from "./look.ts";
import { ChainState, ServiceState } from "./state.tsx";
import { AnchorTable } from "./table.tsx";
import { checkpointWords } from "./words.ts";

type Looked =
  | { readonly state: "looking" | "incomplete" }
  | { readonly state: "seen"; readonly look: Look }
  | { readonly state: "unavailable"; readonly why: string };

const looked = signal<Looked>({ state: "looking" });
let latest = 0;

async function lookAgain(): Promise<void> {
  const roots = trustRoots();
  const mine = ++latest;
  looked.value = { state: roots === null ? "incomplete" : "looking" };
  if (roots === null) return;
  const seen = await look(roots).then(
    (found): Looked => ({ state: "seen", look: found }),
    (error: unknown): Looked => {
      if (error instanceof ChainUnavailable) return { state: "unavailable", why: error.message };
      throw error;
    },
  );
  if (mine === latest) looked.value = seen;
}

export function CheckpointsScreen() {
  const words = checkpointWords.value;
  useEffect(() => void lookAgain(), []);
  const { value: shown } = looked;
  return (
    <>
      <h1>{words.title}</h1>
      <p class="lead">{words.lead}</p>
      <div class="columns columns-aside">
        <div>
          <div class="actions actions-top">
            <button
              type="button"
              class="button"
              disabled={shown.state === "looking"}
              onClick={() => void lookAgain()}
            >
              {words.look}
            </button>
          </div>
          {shown.state === "looking" && <p aria-busy="true">{words.looking}</p>}
          {shown.state === "incomplete" && <Notice kind="warning">{trustWords.value.incomplete}</Notice>}
          {shown.state === "unavailable" && <Unavailable why={shown.why} />}
          {shown.state === "seen" && (
            <>
              <ChainState look={shown.look} />
              <ServiceState look={shown.look} />
            </>
          )}
        </div>
        <TrustForm codeHash />
      </div>
      {shown.state === "seen" && <OverTime look={shown.look} />}
    </>
  );
}

function Unavailable({ why }: { readonly why: string }) {
  const words = checkpointWords.value;
  return (
    <div class="verdict verdict-unknown" role="alert">
      <p>{words.unavailable}</p>
      <p dir="ltr">
        <Quoted text={why} language="en" />
      </p>
      <p>{words.cors}</p>
    </div>
  );
}

function OverTime({ look: seen }: { readonly look: Look }) {
  const words = checkpointWords.value;
  return (
    <section class="card">
      <h2 class="first">{words.overTime}</h2>
      {seen.anchorCount === 0 ? (
        <p>{words.none}</p>
      ) : (
        <>
          <SizeChart
            points={seen.points}
            label={words.chart(number(seen.anchorCount), number(seen.newest[0]?.size ?? 0))}
          />
          <AnchorTable anchors={seen.newest} count={seen.anchorCount} />
        </>
      )}
    </section>
  );
}
