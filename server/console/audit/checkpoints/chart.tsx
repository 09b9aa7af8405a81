import { useEffect, useRef } from "preact/hooks";
import "uplot/dist/uPlot.min.css";
import uPlot from "uplot";
import { theme } from "../../shared/theme.ts";
import { number } from "../format.ts";
import type { TimedAnchor } from "./look.ts";
import { checkpointWords } from "./words.ts";

const HEIGHT = 260;

/** The tree's size over time. What it shows, the table says in words. */
export function SizeChart(props: { readonly points: readonly TimedAnchor[]; readonly label: string }) {
  const { points, label } = props;
  const words = checkpointWords.value;
  const frame = useRef<HTMLDivElement>(null);
  const colours = theme.value;
  useEffect(() => {
    const { current: place } = frame;
    if (place === null) return;
    const draw = () => plot(place, points, words);
    let chart = draw();
    const redraw = () => {
      chart.destroy();
      chart = draw();
    };
    const resized = new ResizeObserver(() => chart.setSize({ width: place.clientWidth, height: HEIGHT }));
    resized.observe(place);
    // A canvas knows nothing of style sheets: where colours change it is drawn anew.
    const dark = matchMedia("(prefers-color-scheme: dark)");
    dark.addEventListener("change", redraw);
    return () => {
      resized.disconnect();
      dark.removeEventListener("change", redraw);
      chart.destroy();
    };
  }, [points, words, colours]);
  return <div class="chart" dir="ltr" ref={frame} role="img" aria-label={label} />;
}

function plot(
  place: HTMLElement,
  points: readonly TimedAnchor[],
  words: (typeof checkpointWords)["value"],
): uPlot {
  const colour = colourIn(place);
  const axis = {
    stroke: colour("--faint"),
    grid: { stroke: colour("--line"), width: 1 },
    ticks: { stroke: colour("--line") },
  };
  const stepped = uPlot.paths.stepped?.({ align: 1 });
  const two = (value: number) => String(value).padStart(2, "0");
  return new uPlot(
    {
      width: place.clientWidth,
      height: HEIGHT,
      // As all times here, in UTC.
      tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1_000), "Etc/UTC"),
      legend: { show: false },
      cursor: { drag: { x: true, y: false } },
      scales: { y: { range: (_, __, most) => [0, Math.max(1, most * 1.05)] } },
      series: [
        { label: words.chartTime },
        {
          label: words.chartSize,
          stroke: colour("--main"),
          fill: colour("--main-soft"),
          width: 2,
          ...(stepped === undefined ? {} : { paths: stepped }),
          points: { show: points.length < 60, size: 6 },
        },
      ],
      axes: [
        {
          ...axis,
          values: (_, ticks) =>
            ticks.map((seconds) => {
              const at = new Date(seconds * 1_000);
              const day = `${two(at.getUTCMonth() + 1)}-${two(at.getUTCDate())}`;
              return `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())}\n${day}`;
            }),
          size: 48,
          space: 90,
        },
        {
          ...axis,
          values: (_, ticks) => ticks.map((size) => (Number.isInteger(size) ? number(size) : "")),
          size: 64,
        },
      ],
    },
    [points.map(({ time }) => time), points.map(({ size }) => size)],
    place,
  );
}

/** What a custom property comes to here, as a colour that a canvas takes. */
function colourIn(place: HTMLElement): (property: string) => string {
  return (property) => {
    const before = place.style.color;
    place.style.color = `var(${property})`;
    const { color } = getComputedStyle(place);
    place.style.color = before;
    return color;
  };
}
