/** What a campaign came to. */
export interface Outcome {
  readonly name: string;
  /** Figures for the table. */
  readonly rows: readonly (readonly [string, string])[];
  /** What was promised and does not hold; none: it holds. */
  readonly violations: readonly string[];
}

export interface CampaignOptions {
  /** How many kills, faults, reorganisations …: what the campaign counts in. */
  readonly n: number;
  readonly seed: number;
  readonly chain?: "anvil" | "hardhat";
  /** Kills: the only crash point to aim at; without it all are, the least visited first. */
  readonly point?: string;
  /** See sabotage.ts. */
  readonly sabotage?: string;
  readonly progress: (line: string) => void;
  /** Whether somebody has interrupted it, who then wants to know what it came to so far. */
  readonly interrupted?: () => boolean;
}

/** After so many the rest would say the same. */
const ENOUGH_VIOLATIONS = 5;

export const isOver = (options: CampaignOptions, violations: readonly string[]): boolean =>
  violations.length >= ENOUGH_VIOLATIONS || options.interrupted?.() === true;

/** Says how far it is, at most once every few seconds. */
export function progressMeter(total: number, what: string, tell: (line: string) => void) {
  const startedAt = performance.now();
  let toldAt = startedAt;
  return (done: number, more = ""): void => {
    const now = performance.now();
    if (now - toldAt < 5_000 && done < total) return;
    toldAt = now;
    const left = done === 0 ? "?" : String(Math.round((((now - startedAt) / done) * (total - done)) / 1000));
    tell(`${done} of ${total} ${what}, ${left} s to go${more === "" ? "" : `; ${more}`}`);
  };
}
