/** What the charts show, each a value an hour: the same in the chart, in its heading and in the table. */
import type { Schemas } from "../../shared/api.ts";
import { formatTag } from "../../shared/locale.ts";

export type Figures = Schemas["SupportFigures"];
export type Hour = Figures["hours"][number];
export type MeasureName = "setUps" | "successRate" | "lockouts" | "weakRejections" | "anchorLag";

export interface Measure {
  readonly name: MeasureName;
  /** Null where there is nothing to measure. */
  readonly of: (hour: Hour) => number | null;
  /** Of all hours together. */
  readonly overall: (hours: readonly Hour[]) => number | null;
  readonly kind: "bars" | "line";
  readonly format: (value: number) => string;
  /** Top of the scale; null: what there is. */
  readonly most: number | null;
  /** Between two lines of the scale, in the units of people. */
  readonly steps: number[];
}

const decades = (powers: number): number[] =>
  Array.from({ length: powers }, (_, power) => [1, 2, 5].map((digit) => digit * 10 ** power)).flat();
const [SECOND, MINUTE, HOUR] = [1_000, 60_000, 3_600_000];
const DURATIONS = [
  ...decades(3),
  ...[1, 2, 5, 10, 20, 30].map((n) => n * SECOND),
  ...[1, 2, 5, 10, 20, 30].map((n) => n * MINUTE),
  ...[1, 2, 6, 12, 24, 48, 96].map((n) => n * HOUR),
];

const count = (name: MeasureName, of: (hour: Hour) => number): Measure => ({
  name,
  of,
  overall: (hours) => hours.reduce((sum, hour) => sum + of(hour), 0),
  kind: "bars",
  format: (value) => number().format(value),
  most: null,
  steps: decades(9),
});

export const MEASURES: readonly Measure[] = [
  count("setUps", ({ setUps }) => setUps),
  {
    name: "successRate",
    of: ({ verifications: { right, wrong } }) => rate(right, wrong),
    overall: (hours) =>
      rate(
        hours.reduce((sum, { verifications }) => sum + verifications.right, 0),
        hours.reduce((sum, { verifications }) => sum + verifications.wrong, 0),
      ),
    kind: "line",
    format: (value) => number({ style: "percent", maximumFractionDigits: 1 }).format(value),
    most: 1,
    steps: [0.25, 0.5],
  },
  count("lockouts", ({ lockouts }) => lockouts),
  count("weakRejections", ({ weakRejections }) => weakRejections),
  {
    name: "anchorLag",
    of: ({ longestAnchorLagMs }) => longestAnchorLagMs,
    overall(hours) {
      const lags = hours.flatMap(({ longestAnchorLagMs }) => longestAnchorLagMs ?? []);
      return lags.length === 0 ? null : Math.max(...lags);
    },
    kind: "line",
    format: duration,
    most: null,
    steps: DURATIONS,
  },
];

const rate = (right: number, wrong: number): number | null =>
  right + wrong === 0 ? null : right / (right + wrong);

const number = (options: Intl.NumberFormatOptions = {}) => new Intl.NumberFormat(formatTag(), options);

/** In the unit that fits. */
function duration(ms: number): string {
  const units = [
    ["hour", HOUR],
    ["minute", MINUTE],
    ["second", SECOND],
  ] as const;
  const [unit, size] = units.find(([, size]) => ms >= size) ?? (["millisecond", 1] as const);
  return number({ style: "unit", unit, unitDisplay: "short", maximumFractionDigits: 1 }).format(ms / size);
}
