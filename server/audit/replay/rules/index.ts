/** Which rule replays which event: by policy, because one type means different things on different surfaces. */
import type { EventType } from "../../../domain/events.ts";
import type { PolicyId } from "../../../domain/policy.ts";
import type { Rule } from "../event.ts";
import { accountPinChanged, accountPinDeleted, accountPinReset, accountPinSet } from "./account.ts";
import { adminReset, adminTemporaryPin, adminUnlock } from "./admin.ts";
import { pinImported, pinReset, pinSet } from "./binding.ts";
import { pinChecked } from "./check.ts";
import { consentGranted, consentRevoked } from "./consent.ts";
import { erased } from "./erased.ts";
import { attemptAbandoned, pinReplaced, pinVerified } from "./guess.ts";
import { otpFailed, otpRequested } from "./otp.ts";

type Rules = Readonly<Partial<Record<EventType, Rule>>>;

const nothingToReplay: Rule = () => {};

/** Where a PIN stands behind an account. */
const ANY: Rules = {
  pin_verify: pinVerified,
  attempt_abandoned: attemptAbandoned,
  admin_reset: adminReset,
  admin_unlock: adminUnlock,
  erased,
};

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
    pin_change: pinReplaced(true),
    attempt_abandoned: attemptAbandoned,
    pin_check: pinChecked,
    erased,
  },
  standard: {
    ...ANY,
    pin_set: accountPinSet,
    pin_change: accountPinChanged,
    pin_delete: accountPinDeleted,
  },
  session: {
    ...ANY,
    pin_set: accountPinSet,
    pin_change: accountPinChanged,
    pin_reset: accountPinReset,
    admin_temporary_pin: adminTemporaryPin,
    // No decision about a PIN rests on these.
    session_end: nothingToReplay,
    account_linked: nothingToReplay,
    admin_search: nothingToReplay,
  },
};

export function ruleFor(policy: PolicyId, type: string): Rule | null {
  const rules = RULES[policy];
  return Object.hasOwn(rules, type) ? (rules[type as EventType] ?? null) : null;
}
