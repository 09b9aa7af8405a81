/** What a part of the benchmark is given, and what it must bring back. */
import type { Scope } from "../campaign/command.ts";

export interface Settings {
  /** Short and rough: to see that it works. */
  readonly quick: boolean;
  /** Growth up to ten million events. */
  readonly full: boolean;
  readonly seed: number;
}

export interface Target {
  readonly promise: string;
  readonly measured: string;
  readonly met: boolean;
}

export interface Section {
  readonly heading: string;
  /** The first row names the columns. */
  readonly rows: readonly (readonly string[])[];
  readonly note?: string;
}

export interface Plot {
  /** The file's name, without ".svg". */
  readonly name: string;
  readonly svg: string;
}

export interface PartResult {
  readonly title: string;
  /** What was measured on both sides, and how. */
  readonly method: string;
  readonly sections: readonly Section[];
  readonly targets: readonly Target[];
  readonly plots: readonly Plot[];
  /** Everything that was measured, for the JSON. */
  readonly figures: unknown;
}

export type Part = (settings: Settings, scope: Scope) => Promise<PartResult>;

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
