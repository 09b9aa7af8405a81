/**
 * What an erasure leaves of a subject is this event. Whoever reads the whole ledger afterwards sees nothing else of it;
 * a watcher may have read some of the subject's events before they were emptied.
 */
import { identityKey } from "../../identity-key.ts";
import type { Rule } from "../event.ts";

export const erased: Rule = ({ identityHash, subjectSeq, outcome }, subject, report, state) => {
  const events = outcome.count("events");
  if (events !== subjectSeq) {
    report("erasure_incomplete", `${events} events were erased, of ${subjectSeq} that there were.`);
  }
  const consentsEnded = outcome.texts("consentsRevoked");
  for (const { id } of subject.consents) {
    if (!consentsEnded.includes(id)) report("erasure_incomplete", `Consent ${id} was left standing.`);
  }
  state.accountedFor += Math.max(0, events - subject.events);
  if (state.accountedFor > state.withoutPayload) {
    report(
      "erasure_incomplete",
      `${state.accountedFor} events should have lost their payload by now, and ${state.withoutPayload} have.`,
    );
    state.accountedFor = state.withoutPayload;
  }
  state.subjects.delete(identityKey(identityHash));
  state.erasedSubjects.add(identityKey(identityHash));
};
