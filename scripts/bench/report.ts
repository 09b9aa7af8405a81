/** What the parts brought back, as one JSON and one Markdown document with its plots. */
import { mkdirSync, writeFileSync } from "node:fs";
import { availableParallelism, totalmem } from "node:os";
import { join } from "node:path";
import type { PartResult, Section, Target } from "./part.ts";

/** A part that could not be measured tells why. */
export type Outcome =
  | { readonly part: string; readonly seconds: number; readonly result: PartResult }
  | { readonly part: string; readonly seconds: number; readonly reason: string };

export interface Run {
  readonly startedAt: Date;
  readonly quick: boolean;
  readonly seed: number;
  readonly outcomes: readonly Outcome[];
}

const machine = () => ({
  cores: availableParallelism(),
  memoryGiB: Math.round(totalmem() / 2 ** 30),
  platform: `${process.platform} ${process.arch}`,
  node: process.version,
});

/** Writes results.json, results.md and the plots. @returns the path of the Markdown */
export function writeReport(folder: string, run: Run): string {
  mkdirSync(folder, { recursive: true });
  for (const outcome of run.outcomes) {
    if (!("result" in outcome)) continue;
    for (const { name, svg } of outcome.result.plots) writeFileSync(join(folder, `${name}.svg`), svg);
  }
  writeFileSync(join(folder, "results.json"), `${JSON.stringify(toJson(run), null, 2)}\n`);
  const path = join(folder, "results.md");
  writeFileSync(path, toMarkdown(run));
  return path;
}

function toJson({ outcomes, ...run }: Run): object {
  return {
    ...run,
    machine: machine(),
    parts: outcomes.map((outcome) =>
      "result" in outcome
        ? {
            part: outcome.part,
            seconds: outcome.seconds,
            targets: outcome.result.targets,
            figures: outcome.result.figures,
          }
        : outcome,
    ),
  };
}

export function toMarkdown({ startedAt, quick, seed, outcomes }: Run): string {
  const { cores, memoryGiB, platform, node } = machine();
  const targets = outcomes.flatMap((outcome) => ("result" in outcome ? outcome.result.targets : []));
  return [
    "# Benchmarks",
    `${startedAt.toISOString().slice(0, 10)}, ${cores} cores, ${memoryGiB} GiB, ${platform}, Node ${node}, seed ${seed}.` +
      (quick ? " A quick run: too short and too few repetitions to be quoted." : "") +
      " Medians, with quartiles in brackets. Ratios travel between machines, absolute figures do not.",
    ...(targets.length > 0 ? ["## Targets", markdownTable(targetRows(targets))] : []),
    ...outcomes.flatMap(partMarkdown),
  ].join("\n\n");
}

function partMarkdown(outcome: Outcome): string[] {
  if (!("result" in outcome)) return [`## ${outcome.part}`, `Not measured: ${outcome.reason}`];
  const { title, method, sections, plots } = outcome.result;
  return [
    `## ${title}`,
    method,
    ...sections.flatMap(sectionMarkdown),
    ...plots.map(({ name }) => `![${name}](${name}.svg)`),
    "",
  ];
}

const sectionMarkdown = ({ heading, rows, note }: Section): string[] => [
  `**${heading}**`,
  markdownTable(rows),
  ...(note === undefined ? [] : [note]),
];

export const targetRows = (targets: readonly Target[]): string[][] => [
  ["target", "measured", ""],
  ...targets.map(({ promise, measured, met }) => [promise, measured, met ? "met" : "**missed**"]),
];

/** The first column is set left, the others right. */
export function markdownTable(rows: readonly (readonly string[])[]): string {
  const [head = [], ...body] = rows;
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|").replaceAll("\n", " ")).join(" | ")} |`;
  return [line(head), line(head.map((_, column) => (column === 0 ? "---" : "---:"))), ...body.map(line)].join(
    "\n",
  );
}
