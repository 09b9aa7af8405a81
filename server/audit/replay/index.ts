export { createReplay } from "./replay.ts";
export type { Replay, ReplaySummary } from "./replay.ts";
export { FINDING_CODES } from "./finding.ts";
export type { Finding, FindingCode } from "./finding.ts";
export type { Snapshot } from "./state.ts";
