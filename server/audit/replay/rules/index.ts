/** Which rule replays which event: by policy, because one type means different things on different surfaces. */
import type { EventType } from "../../../domain/events.ts";
import type { PolicyId } from "../../../domain/policy.ts";
import type { Rule } from "../event.ts";
import { pinImported, pinReset, pinSet } from "./binding.ts";
import { pinChecked } from "./check.ts";
import { consentGranted, consentRevoked } from "./consent.ts";
import { erased } from "./erased.ts";
import { attemptAbandoned, pinChanged, pinVerified } from "./guess.ts";
import { otpFailed, otpRequested } from "./otp.ts";

type Rules = Readonly<Partial<Record<EventType, Rule>>>;

const RULES: Readonly<Record<PolicyId, Rules>> = {
  fra: {
    otp_request: otpRequested,
    otp_failure: otpFailed,
    consent_grant: consentGranted,
    consent_revoke: consentRevoked,
    pin_set: pinSet,
    pin_reset: pinReset,
    credential_import: pinImported,
    pin_verify: pinVerified,
    pin_change: pinChanged,
    attempt_abandoned: attemptAbandoned,
    pin_check: pinChecked,
    erased,
  },
  standard: {},
  session: {},
};

export function ruleFor(policy: PolicyId, type: string): Rule | null {
  const rules = RULES[policy];
  return Object.hasOwn(rules, type) ? (rules[type as EventType] ?? null) : null;
}
