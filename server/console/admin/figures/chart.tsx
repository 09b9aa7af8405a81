/** One measure, hour by hour, drawn by uPlot on a canvas. Whoever cannot see it has the table. */
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { locale } from "../../shared/locale.ts";
import { theme } from "../../shared/theme.ts";
import { formatHour } from "./hours.ts";
import type { Hour, Measure } from "./measures.ts";
import { plotOptions } from "./plot.ts";
import { figuresWords } from "./words.ts";

const HOUR_S = 3_600;

export function Chart({ measure, hours }: { readonly measure: Measure; readonly hours: readonly Hour[] }) {
  const words = figuresWords.value;
  const { name, about } = words.charts[measure.name];
  const place = useRef<HTMLDivElement>(null);
  const pointed = useSignal<number | null>(null);

  useEffect(() => {
    const host = place.current;
    if (host === null) return;
    // In the middle of its hour, so that it is drawn over it, whichever way time runs.
    const times = hours.map(({ start }) => Date.parse(start) / 1000 + HOUR_S / 2);
    const options = plotOptions(measure, host, (index) => (pointed.value = index));
    const plot = new uPlot(options, [times, hours.map(measure.of)], host);
    const fit = () => plot.setSize({ width: host.clientWidth, height: host.clientHeight });
    const resized = new ResizeObserver(fit);
    resized.observe(host);
    const dark = matchMedia("(prefers-color-scheme: dark)");
    const redraw = () => plot.redraw();
    dark.addEventListener("change", redraw);
    return () => {
      dark.removeEventListener("change", redraw);
      resized.disconnect();
      plot.destroy();
    };
  }, [measure, hours, locale.value, theme.value]);

  const overall = measure.overall(hours);
  const told = overall === null ? words.none : measure.format(overall);
  const hour = pointed.value === null ? undefined : hours[pointed.value];
  const value = hour === undefined ? null : measure.of(hour);
  return (
    <figure class="card chart-card">
      <figcaption>
        <h2>{name}</h2>
        <p class="chart-overall">{told}</p>
        <p class="hint">{about}</p>
      </figcaption>
      <div ref={place} class="chart" role="img" aria-label={words.summary(name, told)} dir="ltr" />
      <p class="chart-pointed" aria-hidden="true">
        {hour !== undefined &&
          `${formatHour(hour.start)}: ${value === null ? words.none : measure.format(value)}`}
      </p>
    </figure>
  );
}
