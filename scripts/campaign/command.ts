/** What all campaigns share: options, --help, exit codes, and leaving nothing behind, also after Ctrl-C. */
import { parseArgs } from "node:util";
import type { ParseArgsOptionsConfig } from "node:util";

/** What was to be measured could not be: exit code 2, where 1 says that it was and does not hold. */
export class CouldNotRun extends Error {}

export interface Scope {
  /** Called when the campaign ends, however it ends; the last one deferred first. */
  defer(release: () => Promise<void> | void): void;
}

/** A scope of its own: what is deferred in it is done when it ends. */
export async function scoped<T>(run: (scope: Scope) => Promise<T>): Promise<T> {
  const releases: (() => Promise<void> | void)[] = [];
  try {
    return await run({ defer: (one) => void releases.push(one) });
  } finally {
    for (const one of releases.splice(0).reverse()) await one();
  }
}

export interface NestedScope extends Scope {
  release(): Promise<void>;
  /** Whether it has been released: by whoever made it, or because the process is about to end. */
  released(): boolean;
}

/** A scope within another: ends when it is told to, or with the other, which also ends when the process is interrupted. */
export function nested(outer: Scope): NestedScope {
  const releases: (() => Promise<void> | void)[] = [];
  let released = false;
  const release = async () => {
    released = true;
    for (const one of releases.splice(0).reverse()) await one();
  };
  outer.defer(release);
  return { defer: (one) => void releases.push(one), release, released: () => released };
}

export type Values = Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>;

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Runs a campaign that returns whether its promise holds, and sets the exit code. */
export async function command(definition: {
  readonly usage: string;
  readonly options: ParseArgsOptionsConfig;
  /** Whether it takes words that are no options; they come last. */
  readonly words?: boolean;
  readonly run: (values: Values, scope: Scope, words: readonly string[]) => Promise<boolean>;
}): Promise<void> {
  await conclude(async (scope) => {
    const { values, positionals } = parse(definition.options, definition.words ?? false);
    if (values.help !== true) return definition.run(values, scope, positionals);
    process.stdout.write(definition.usage);
    return true;
  });
}

/**
 * Runs it, interruptible; leaves nothing behind, and ends the process with its exit code.
 *
 * @param onSignal makes the first signal a request: what runs comes to an end by itself. The second one is obeyed.
 */
export async function conclude(
  run: (scope: Scope) => Promise<boolean>,
  onSignal?: (signal: string) => void,
): Promise<void> {
  const releases: (() => Promise<void> | void)[] = [];
  const release = async () => {
    for (const one of releases.splice(0).reverse()) await one();
  };
  const interrupted = new Promise<never>((_, reject) => {
    let asked = false;
    for (const signal of SIGNALS) {
      process.on(signal, () => {
        if (asked || onSignal === undefined) return reject(new CouldNotRun(`stopped by ${signal}`));
        asked = true;
        onSignal(signal);
      });
    }
  });
  try {
    const holds = await Promise.race([run({ defer: (one) => void releases.push(one) }), interrupted]);
    process.exitCode = holds ? 0 : 1;
  } catch (error) {
    process.stderr.write(`\n${error instanceof CouldNotRun ? error.message : explain(error)}\n`);
    process.exitCode = 2;
  } finally {
    await release();
  }
  // Whatever an interrupted campaign had under way would keep the process alive.
  process.exit();
}

function parse(
  options: ParseArgsOptionsConfig,
  allowPositionals: boolean,
): { values: Values; positionals: string[] } {
  try {
    return parseArgs({ options: { ...options, help: { type: "boolean", short: "h" } }, allowPositionals });
  } catch (error) {
    throw new CouldNotRun(`${(error as Error).message}\nSee --help.`);
  }
}

const explain = (error: unknown) =>
  error instanceof Error ? `The campaign broke down: ${error.stack ?? error.message}` : String(error);

/** @throws {CouldNotRun} unless the option is a number from `least` to `most` */
export function numberOption(values: Values, name: string, least: number, most: number): number {
  const value = Number(values[name]);
  if (!(value >= least && value <= most))
    throw new CouldNotRun(`--${name}: expected ${least} to ${most}. See --help.`);
  return value;
}

/** Progress goes to stderr, so that stdout holds the result alone. */
export const progress = (line: string): void => void process.stderr.write(`${line}\n`);
