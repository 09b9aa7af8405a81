import { rebound } from "../../domain/credential.ts";
import type { Guarded, Rebinding } from "../../domain/credential.ts";
import { replayCounter } from "./counter.ts";
import type { ReplayEvent, Report } from "./event.ts";
import type { CredentialState } from "./state.ts";

/** Another PIN takes the place of what was there, or none does; guesses already under way were at the old one. */
export function bindPin(
  event: ReplayEvent,
  credential: CredentialState,
  { bound, ...rebinding }: Rebinding & { readonly bound: boolean },
  report: Report,
): void {
  const apply = (guarded: Guarded) => rebound({ ...guarded, generation: 0 }, rebinding);
  const claim = replayCounter(event, credential, { own: null, succeeded: false, apply }, report);
  credential.boundAfter = claim.reserved;
  credential.bound = bound;
  credential.hadTemporary ||= rebinding.temporary !== undefined;
  credential.provers = [];
}
