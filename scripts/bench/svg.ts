/** Two kinds of plot, as SVG that any browser and code host shows. */

const WIDTH = 720;
const COLOURS = ["#1f6feb", "#d1742f", "#2f9e62", "#8250df", "#cf3f5f", "#57606a"];
const FONT = 'font-family="system-ui, sans-serif" font-size="12"';

export interface Bar {
  readonly label: string;
  readonly value: number;
  /** Shown at the bar's end. */
  readonly text: string;
  readonly low?: number;
  readonly high?: number;
}

/** Horizontal bars with whiskers. */
export function barChart(title: string, bars: readonly Bar[]): string {
  const left = 250;
  const right = 130;
  const most = Math.max(...bars.flatMap(({ value, high }) => [value, high ?? 0]), Number.MIN_VALUE);
  const x = (value: number) => left + (value / most) * (WIDTH - left - right);
  const rows = bars.map(({ label, value, text, low, high }, i) => {
    const y = 40 + i * 28;
    const whisker =
      low === undefined || high === undefined
        ? ""
        : `<path d="M${x(low)} ${y + 9}H${x(high)}M${x(low)} ${y + 5}v8M${x(high)} ${y + 5}v8" stroke="#24292f"/>`;
    return (
      `<text x="${left - 8}" y="${y + 13}" text-anchor="end">${escape(label)}</text>` +
      `<rect x="${left}" y="${y}" width="${round(x(value) - left)}" height="18" fill="${colour(i)}"/>${whisker}` +
      `<text x="${round(x(Math.max(value, high ?? 0))) + 8}" y="${y + 13}">${escape(text)}</text>`
    );
  });
  return frame(title, 52 + bars.length * 28, rows.join(""));
}

export interface Series {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

/** Lines over logarithmic axes, with a tick at each power of ten. */
export function lineChart(
  title: string,
  axes: { readonly x: string; readonly y: string },
  series: readonly Series[],
): string {
  const box = { left: 80, right: WIDTH - 20, top: 40, bottom: 330 };
  const points = series.flatMap((one) => one.points);
  const xs = decades(points.map(([x]) => x));
  const ys = decades(points.map(([, y]) => y));
  const scale = (value: number, range: readonly [number, number], from: number, to: number) =>
    round(from + ((Math.log10(value) - range[0]) / (range[1] - range[0])) * (to - from));
  const x = (value: number) => scale(value, xs, box.left, box.right);
  const y = (value: number) => scale(value, ys, box.bottom, box.top);

  const ticks = [
    ...powers(xs).map(
      (value) =>
        `<path d="M${x(value)} ${box.top}V${box.bottom}" stroke="#d0d7de"/>` +
        `<text x="${x(value)}" y="${box.bottom + 16}" text-anchor="middle">${value.toLocaleString("en-US")}</text>`,
    ),
    ...powers(ys).map(
      (value) =>
        `<path d="M${box.left} ${y(value)}H${box.right}" stroke="#d0d7de"/>` +
        `<text x="${box.left - 6}" y="${y(value) + 4}" text-anchor="end">${value.toLocaleString("en-US")}</text>`,
    ),
  ];
  const lines = series.map(({ name, points: own }, i) => {
    const drawn = own.filter(([, value]) => value > 0).map(([px, py]) => `${x(px)},${y(py)}`);
    return (
      `<polyline points="${drawn.join(" ")}" fill="none" stroke="${colour(i)}" stroke-width="2"/>` +
      drawn.map((at) => `<circle cx="${at.replace(",", '" cy="')}" r="3" fill="${colour(i)}"/>`).join("") +
      `<text x="${box.left + (i % 3) * 210}" y="${388 + Math.floor(i / 3) * 18}" fill="${colour(i)}">${escape(name)}</text>`
    );
  });
  const labels =
    `<text x="${(box.left + box.right) / 2}" y="${box.bottom + 36}" text-anchor="middle">${escape(axes.x)}</text>` +
    `<text x="${box.left - 60}" y="${box.top - 8}">${escape(axes.y)}</text>`;
  return frame(title, 400 + Math.floor((series.length - 1) / 3) * 18, [...ticks, labels, ...lines].join(""));
}

const colour = (i: number) => COLOURS[i % COLOURS.length];
const round = (value: number) => Math.round(value * 10) / 10;

/** The powers of ten around the values, as exponents. */
function decades(values: readonly number[]): readonly [number, number] {
  const positive = values.filter((value) => value > 0).map((value) => Math.log10(value));
  if (positive.length === 0) return [0, 1];
  const low = Math.floor(Math.min(...positive));
  return [low, Math.max(low + 1, Math.ceil(Math.max(...positive)))];
}

const powers = ([low, high]: readonly [number, number]) =>
  Array.from({ length: high - low + 1 }, (_, i) => 10 ** (low + i));

function frame(title: string, height: number, content: string): string {
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" ${FONT} fill="#24292f">` +
    `<rect width="100%" height="100%" fill="#fff"/>` +
    `<text x="20" y="22" font-size="15" font-weight="600">${escape(title)}</text>${content}</svg>\n`
  );
}

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const escape = (text: string) => text.replace(/[&<>"]/g, (character) => ENTITIES[character] ?? "");
