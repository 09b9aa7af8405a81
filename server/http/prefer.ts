/** RFC 7240: how long the client wants to wait for the chain. */

export interface WaitPreference {
  readonly waitMs: number;
  /** The preference that was honoured, for Preference-Applied; null when there was none. */
  readonly applied: string | null;
}

/** A client may shorten the wait or stretch it to here: load balancers give up after 60 s, as a rule. */
const LONGEST_WAIT_S = 30;

/** `respond-async` does not wait; `wait=N` waits up to N seconds; anything else is ignored, as the RFC says. */
export function waitPreference(header: string | undefined, defaultMs: number): WaitPreference {
  let waitMs = defaultMs;
  const applied: string[] = [];
  for (const preference of (header ?? "").split(",").map((part) => part.trim().toLowerCase())) {
    const wait = /^wait\s*=\s*"?(\d{1,6})"?$/.exec(preference);
    if (preference === "respond-async") {
      waitMs = 0;
      applied.push("respond-async");
    } else if (wait !== null && !applied.includes("respond-async")) {
      const seconds = Math.min(Number(wait[1]), LONGEST_WAIT_S);
      waitMs = seconds * 1000;
      applied.push(`wait=${seconds}`);
    }
  }
  return { waitMs, applied: applied.length === 0 ? null : applied.join(", ") };
}
