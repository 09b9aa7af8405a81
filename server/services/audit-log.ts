/** One log line for each committed event, with seed 002's markers on its surface. They name the event, and nobody. */
import type { Logger } from "../ports.ts";
import type { CommittedEvent } from "./recorder.ts";

const SUCCESS_MARKERS: Readonly<Record<string, string>> = {
  pin_set: "FRA_PIN_SET_SUCCESS",
  pin_verify: "FRA_AUTH_SUCCESS",
};

export function logCommitted(log: Logger, events: readonly CommittedEvent[]): void {
  for (const { draft, appended } of events) {
    const { result } = draft.outcome;
    const fields = { eventId: appended.id, index: appended.index, type: draft.type, result };
    if (draft.policy !== "fra") {
      log.info({ policy: draft.policy, ...fields }, "event appended");
      continue;
    }
    log.info({ marker: "FRA_DIGITAL_IDENTITY_LEDGER", ...fields }, "event appended");
    const marker = SUCCESS_MARKERS[draft.type];
    if (marker !== undefined && (result === undefined || result === "valid"))
      log.info({ marker, ...fields }, draft.type);
  }
}
