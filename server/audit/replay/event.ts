/** One event, as rules see it. */
import { POLICIES } from "../../domain/policy.ts";
import type { PolicyId } from "../../domain/policy.ts";
import { Fields } from "./fields.ts";
import type { FindingCode } from "./finding.ts";
import type { ReplayState, SubjectState } from "./state.ts";

export interface ReplayEvent {
  readonly index: number;
  readonly type: string;
  readonly policy: PolicyId;
  readonly timestamp: number;
  readonly identityHash: string;
  readonly subjectSeq: number;
  readonly outcome: Fields;
  readonly factors: Fields;
}

export type Report = (code: FindingCode, message: string) => void;

/** Reports what an event breaks, and makes the subject what it is after the event. */
export type Rule = (event: ReplayEvent, subject: SubjectState, report: Report, state: ReplayState) => void;

/** @throws {Malformed} */
export function readEvent(index: number, payload: object): ReplayEvent {
  const fields = new Fields(payload);
  return {
    index,
    type: fields.text("type"),
    policy: fields.oneOf("policy", ...(Object.keys(POLICIES) as PolicyId[])),
    timestamp: fields.instant("timestamp"),
    identityHash: fields.text("identityHash"),
    subjectSeq: fields.count("subjectSeq"),
    outcome: fields.fields("outcome"),
    factors: fields.fields("factors"),
  };
}

export const iso = (ms: number | null): string => (ms === null ? "none" : new Date(ms).toISOString());
