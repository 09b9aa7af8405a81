import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { api } from "../../shared/api.ts";
import type { Problem } from "../../shared/api.ts";
import { explain } from "../../shared/explain.ts";
import { Notice } from "../../shared/notice.tsx";
import { shared } from "../../shared/words.ts";
import { asked } from "../asked.ts";
import { formatInstant } from "../format.ts";
import { portal } from "../words.ts";
import { Chart } from "./chart.tsx";
import { MEASURES } from "./measures.ts";
import type { Figures } from "./measures.ts";
import { FiguresTable } from "./table.tsx";
import { figuresWords } from "./words.ts";

const RANGES = { day: "24", week: "168" } as const;
type Range = keyof typeof RANGES;

export function FiguresPage() {
  const words = figuresWords.value;
  const range = useSignal<Range>("day");
  const figures = useSignal<Figures | null>(null);
  const problem = useSignal<Problem | null>(null);
  const busy = useSignal(false);

  const look = async () => {
    busy.value = true;
    problem.value = null;
    const hours = RANGES[range.value];
    const answer = await asked(api.GET("/api/admin/figures", { params: { query: { hours } } }));
    // Another range was asked for meanwhile, and its answer is on the way.
    if (hours !== RANGES[range.value]) return;
    busy.value = false;
    if (answer.ok) figures.value = answer.data;
    else problem.value = answer.problem;
  };
  useEffect(() => void look(), [range.value]);

  return (
    <>
      <h1>{portal.value.pages.figures}</h1>
      <p>{words.lead}</p>
      <div class="figures-bar">
        <label>
          {words.range}{" "}
          <select
            class="choice"
            value={range.value}
            onChange={({ currentTarget: { value } }) => (range.value = value === "week" ? "week" : "day")}
          >
            <option value="day">{words.ranges.day}</option>
            <option value="week">{words.ranges.week}</option>
          </select>
        </label>
        <button type="button" class="button button-quiet" disabled={busy.value} onClick={() => void look()}>
          {words.refresh}
        </button>
        <span class="hint" role="status">
          {busy.value
            ? shared.value.loading
            : figures.value !== null && words.asOf(formatInstant(figures.value.asOf))}
        </span>
      </div>
      {problem.value !== null && <Notice kind="error">{explain(problem.value)}</Notice>}
      {figures.value !== null && <Shown figures={figures.value} />}
    </>
  );
}

function Shown({ figures: { hours } }: { readonly figures: Figures }) {
  return (
    <>
      <div class="charts">
        {MEASURES.map((measure) => (
          <Chart key={measure.name} measure={measure} hours={hours} />
        ))}
      </div>
      <FiguresTable hours={hours} />
    </>
  );
}
