import { formatHour } from "./hours.ts";
import { MEASURES } from "./measures.ts";
import type { Hour } from "./measures.ts";
import { figuresWords } from "./words.ts";

interface Column {
  readonly name: string;
  readonly heading: () => string;
  readonly text: (hour: Hour) => string | number;
}

/** What the success rate is made of stands beside it. */
const VERIFICATIONS = (["right", "wrong", "refused"] as const).map((name): Column => ({
  name,
  heading: () => figuresWords.value.columns[name],
  text: ({ verifications }) => verifications[name],
}));

const COLUMNS = MEASURES.flatMap(({ name, of, format }): Column[] => {
  const text = (hour: Hour) => {
    const value = of(hour);
    return value === null ? "–" : format(value);
  };
  const column = { name, heading: () => figuresWords.value.charts[name].name, text };
  return name === "successRate" ? [column, ...VERIFICATIONS] : [column];
});

/** What the charts show, to be read: the latest hour first. */
export function FiguresTable({ hours }: { readonly hours: readonly Hour[] }) {
  const words = figuresWords.value;
  return (
    <details class="card">
      <summary>{words.table}</summary>
      <div class="table-scroll" tabIndex={0} role="region" aria-label={words.table}>
        <table class="figures-table">
          <thead>
            <tr>
              <th scope="col">{words.hour}</th>
              {COLUMNS.map(({ name, heading }) => (
                <th key={name} scope="col">
                  {heading()}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {hours.toReversed().map((hour) => (
              <tr key={hour.start}>
                <th scope="row">
                  <time dateTime={hour.start}>{formatHour(hour.start)}</time>
                </th>
                {COLUMNS.map(({ name, text }) => (
                  <td key={name}>{text(hour)}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
