/** How uPlot is to draw a measure. */
import uPlot from "uplot";
import { formatDay, formatTime } from "./hours.ts";
import type { Measure } from "./measures.ts";

const HOUR_S = 3_600;
const DAY_S = 24 * HOUR_S;
const FONT = "12px system-ui, sans-serif";
/** Where there is nothing, a scale there must be. */
const SMALLEST_TOP = 4;

/** @param onPoint told the hour that is pointed at; null: none is */
export function plotOptions(
  { kind, format, most, steps }: Measure,
  host: HTMLElement,
  onPoint: (index: number | null) => void,
): uPlot.Options {
  const rightToLeft = document.documentElement.dir === "rtl";
  const colours = () => coloursOf(host);
  const axis: uPlot.Axis = {
    font: FONT,
    stroke: () => colours().text,
    grid: { stroke: () => colours().grid, width: 1 },
    ticks: { show: false },
  };
  return {
    width: host.clientWidth,
    height: host.clientHeight,
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false } },
    // As the page reads: in Arabic time runs to the left, from the scale on the right.
    scales: {
      x: { dir: rightToLeft ? -1 : 1, range: (_plot, min, max) => [min - HOUR_S / 2, max + HOUR_S / 2] },
      y: { range: (_plot, _min, max) => [0, most ?? Math.max(SMALLEST_TOP, max * 1.1)] },
    },
    axes: [
      {
        ...axis,
        grid: { show: false },
        incrs: [HOUR_S, 3 * HOUR_S, 6 * HOUR_S, 12 * HOUR_S, DAY_S, 2 * DAY_S],
        space: 56,
        size: 32,
        values: (_plot, splits, _axis, _space, step) => splits.map(step < DAY_S ? formatTime : formatDay),
      },
      {
        ...axis,
        side: rightToLeft ? 1 : 3,
        size: 64,
        values: (_plot, splits) => splits.map(format),
        incrs: steps,
      },
    ],
    series: [
      {},
      {
        stroke: () => colours().series,
        fill: () => colours().series,
        ...(kind === "bars"
          ? { ...BARS, width: 0, points: { show: false } }
          : { width: 2, fill: "transparent", points: { show: true, size: 6, fill: () => colours().series } }),
      },
    ],
    hooks: { setCursor: [(plot) => onPoint(plot.cursor.idx ?? null)] },
  };
}

const BARS = { paths: uPlot.paths.bars?.({ size: [0.7, 24] }) as uPlot.Series.PathBuilder };

/** A canvas knows no custom properties; what the style sheet made of them, an element's own properties tell. */
function coloursOf(host: HTMLElement): { text: string; grid: string; series: string } {
  const { color, borderTopColor, outlineColor } = getComputedStyle(host);
  return { text: color, grid: borderTopColor, series: outlineColor };
}
