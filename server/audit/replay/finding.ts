/** What policy replay can find. Codes are stable: monitors act on them (docs/policy-replay.md). */
export const FINDING_CODES = {
  event_malformed: "A field that replay rests on is missing or not what it should be.",
  event_missing: "A subject's sequence numbers have a gap, or a number comes twice.",
  event_out_of_place:
    "An event of a kind that its policy does not have, such as support unlocking an FRA PIN.",
  time_reversed: "An event is dated before the one in front of it, or before what it follows from.",
  subject_erased: "A subject that was erased appears again.",
  erasure_incomplete: "An erasure tells of other events or consents than there were.",
  payload_withheld: "Payloads are missing without an erasure that accounts for them.",

  attempt_missing: "A guess was counted, and there is no event of it: it was hidden.",
  attempt_repeated: "A guess was made under a number that was used before.",
  attempt_overdue: "A guess went on while one that nobody settled should have been written off.",
  guess_while_locked: "A guess was admitted while the PIN was locked.",
  guess_while_disabled: "A guess was admitted after the PIN was disabled.",
  success_while_locked: "A verification succeeded while the PIN was locked.",
  success_while_disabled: "A verification succeeded after the PIN was disabled.",
  success_without_pin: "A verification succeeded where no PIN was set.",
  success_of_old_pin: "A guess at a PIN that was replaced meanwhile succeeded.",
  guess_unnumbered: "A guess was judged without an attempt being counted.",
  failures_wrong: "The failures in a row are not what the events before amount to.",
  lock_wrong: "A lock or its end is not what the schedule gives.",
  refusal_unfounded: "A guess was refused for a lock that there never was.",
  factor_wrong: "The factors claim what the outcome does not bear out.",

  pin_set_twice: "A PIN was set or imported where there was one.",
  pin_reset_without_pin: "A PIN was reset where there was none.",
  pin_check_wrong: "An answer to whether a PIN exists was wrong.",

  right_missing: "A PIN was bound, removed or unlocked by nobody who had the right to.",

  consent_missing: "A PIN was bound without a standing consent.",
  consent_unknown: "A consent was revoked that did not stand.",
  consent_repeated: "A consent id was given twice, or had ended when it was given.",

  otp_missing: "An act that takes a proof of the phone shows none.",
  otp_unknown: "A code was proven or tried that was never requested for this purpose.",
  otp_expired: "A code was proven or tried after it had expired, or lives longer than the policy says.",
  otp_used: "A code was used twice for one purpose.",
  otp_replaced: "A code was used after a newer one had taken its place.",
  otp_exhausted: "A code was proven or tried after all its tries were spent.",
  otp_locked: "A code was judged while the phone was locked for too many wrong ones.",
  otp_try_missing: "A wrong code was counted, and there is no event of it: it was hidden.",
  otp_too_many: "More codes were requested than the policy permits.",
} as const;

export type FindingCode = keyof typeof FINDING_CODES;

export interface Finding {
  readonly code: FindingCode;
  /** Of the event at which it shows. */
  readonly index: number;
  /** A sentence for people: which rule, which numbers. */
  readonly message: string;
}
