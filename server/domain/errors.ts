/**
 * Three kinds of failure, kept apart: an outcome is a value (a wrong PIN is an answer, not an error), a refusal is a
 * {@link Refusal} with a code that clients may rely on, and everything else that is thrown is a bug.
 *
 * Codes are neutral here; http/problem.ts turns them into a status and, on the FRA surface, into seed 002's names.
 */
export type RefusalCode =
  // What the caller sent
  | "VALIDATION_ERROR"
  | "PIN_FORMAT_ERROR"
  | "WEAK_PIN_REJECTED"
  | "PIN_UNCHANGED"
  | "NOT_FOUND"
  | "EVENT_ERASED"
  // Who the caller is
  | "UNAUTHENTICATED"
  | "FORBIDDEN"
  // What must hold first
  | "POSSESSION_FACTOR_FAILED"
  | "CONSENT_REQUIRED"
  | "CONSENT_ALREADY_REVOKED"
  | "PIN_ALREADY_SET"
  | "PIN_NOT_SET"
  | "PIN_LOCKED"
  | "PIN_DISABLED"
  | "PIN_INCORRECT"
  | "REAUTHENTICATION_REQUIRED"
  | "IDEMPOTENCY_CONFLICT"
  | "IDEMPOTENCY_IN_FLIGHT"
  // What we cannot do now
  | "AUTHENTICATION_UNAVAILABLE"
  | "TOO_MANY_REQUESTS"
  | "OVERLOADED"
  | "OTP_DELIVERY_FAILED"
  | "HASHING_ERROR"
  | "BLOCKCHAIN_STORAGE_ERROR"
  | "VERIFICATION_ERROR";

export interface RefusalDetails {
  /** Machine-readable refinement of the code, such as `wrong_length` or the name of a weak-PIN rule. */
  readonly reason?: string;
  /** When trying again may help, in milliseconds from now. */
  readonly retryAfterMs?: number;
  /** Further members of the problem document. */
  readonly members?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/** An expected "no", with a stable code. `message` is a sentence for people and names no secret. */
export class Refusal extends Error {
  readonly code: RefusalCode;
  readonly reason: string | undefined;
  readonly retryAfterMs: number | undefined;
  readonly members: Readonly<Record<string, unknown>>;

  constructor(code: RefusalCode, message: string, details: RefusalDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = "Refusal";
    this.code = code;
    this.reason = details.reason;
    this.retryAfterMs = details.retryAfterMs;
    this.members = details.members ?? {};
  }
}
