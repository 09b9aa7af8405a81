/**
 * Policy replay: reads what the ledger says happened, in order, and applies the policies of domain/ to it again. What
 * the service would not have done, did not happen by its rules. (docs/policy-replay.md)
 *
 * It trusts the payloads to be what was anchored, and nothing in them: digests and the tree are verified elsewhere.
 */
import { EVENT_NAMES } from "../../domain/events.ts";
import { identityKey } from "../identity-key.ts";
import { readEvent } from "./event.ts";
import type { ReplayEvent } from "./event.ts";
import { Malformed } from "./fields.ts";
import type { Finding, FindingCode } from "./finding.ts";
import { ruleFor } from "./rules/index.ts";
import { fromSnapshot, newState, newSubject, toSnapshot } from "./state.ts";
import type { ReplayState, Snapshot, SubjectState } from "./state.ts";

export interface Replay {
  /** The next event's payload, parsed. */
  accept(index: number, payload: object): Finding[];
  /** The next event, which has no payload any more. */
  erased(index: number): Finding[];
  /** What only shows once everything was read. The replay may go on afterwards. */
  end(): Finding[];
  summary(): ReplaySummary;
  /** JSON, to go on from later. */
  snapshot(): Snapshot;
}

export interface ReplaySummary {
  readonly replayed: number;
  readonly erased: number;
  readonly subjects: number;
  readonly erasedSubjects: number;
  /** Guesses that were counted and have no event yet: in flight when the ledger was read, or lost in a crash since. */
  readonly underWay: number;
  /** Events by `policy/type` that no rule knows. They were not examined. */
  readonly notReplayed: Readonly<Record<string, number>>;
}

export function createReplay(options: { readonly from?: Snapshot } = {}): Replay {
  const state = options.from === undefined ? newState() : fromSnapshot(options.from);
  return {
    accept(index, payload) {
      const findings: Finding[] = [];
      const report = (code: FindingCode, message: string) => findings.push({ code, index, message });
      try {
        replayEvent(readEvent(index, payload), state, report);
      } catch (error) {
        if (!(error instanceof Malformed)) throw error;
        report("event_malformed", `Replay cannot go by this event: ${error.message}.`);
      }
      return findings;
    },

    erased(index) {
      state.withoutPayload++;
      state.lastWithoutPayload = index;
      return [];
    },

    end() {
      const withheld = state.withoutPayload - state.accountedFor;
      if (withheld <= 0) return [];
      const message = `${withheld} events have no payload, and no erasure accounts for them.`;
      return [{ code: "payload_withheld", index: state.lastWithoutPayload, message }];
    },

    summary: () => ({
      replayed: state.replayed,
      erased: state.withoutPayload,
      subjects: state.subjects.size,
      erasedSubjects: state.erasedSubjects.size,
      underWay: [...state.subjects.values()].reduce((sum, subject) => sum + underWay(subject), 0),
      notReplayed: Object.fromEntries(state.notReplayed),
    }),

    snapshot: () => toSnapshot(state),
  };
}

function replayEvent(
  event: ReplayEvent,
  state: ReplayState,
  report: (code: FindingCode, message: string) => void,
): void {
  const { identityHash, subjectSeq, timestamp, type, policy } = event;
  if (timestamp < state.lastTimestamp)
    report("time_reversed", "It is dated before the event in front of it.");
  state.lastTimestamp = Math.max(state.lastTimestamp, timestamp);

  const key = identityKey(identityHash);
  if (state.erasedSubjects.has(key)) {
    report("subject_erased", `Subject ${identityHash} was erased.`);
  }
  const subject = state.subjects.get(key) ?? newSubject();
  state.subjects.set(key, subject);
  // An erasure may follow on events that it emptied.
  if (type === "erased" ? subjectSeq < subject.events : subjectSeq !== subject.events) {
    report(
      "event_missing",
      `It is its subject's number ${subjectSeq}, and number ${subject.events} is next.`,
    );
  }

  const rule = ruleFor(policy, type);
  try {
    if (rule === null && Object.hasOwn(EVENT_NAMES, type)) {
      report("event_out_of_place", `There is no ${type} under the policy ${policy}.`);
    } else if (rule === null) {
      const name = `${policy}/${type}`;
      state.notReplayed.set(name, (state.notReplayed.get(name) ?? 0) + 1);
    } else {
      state.replayed++;
      rule(event, subject, report, state);
    }
  } finally {
    subject.events = subjectSeq + 1;
  }
}

function underWay({ credentials }: SubjectState): number {
  return Object.values(credentials).reduce((sum, { open }) => sum + open.length, 0);
}
