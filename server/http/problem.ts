/** RFC 9457 problem documents: the only place where a refusal becomes a status. */
import { STATUS_CODES } from "node:http";
import type { Refusal, RefusalCode } from "../domain/errors.ts";

/** Codes of the HTTP layer itself, for requests that never reach a service. */
export type TransportCode =
  | "ROUTE_NOT_FOUND"
  | "METHOD_NOT_ALLOWED"
  | "PAYLOAD_TOO_LARGE"
  | "UNSUPPORTED_MEDIA_TYPE"
  | "MALFORMED_BODY"
  | "SHUTTING_DOWN"
  | "DATABASE_UNAVAILABLE"
  | "INTERNAL_ERROR";

/** Which names the codes go by: seed 002 prefixes its own with FRA_. */
export type Surface = "fra" | "plain";

interface Kind {
  readonly status: number;
  readonly title: string;
  /** Part of the identity domain, and so prefixed on the FRA surface. */
  readonly identity?: true;
}

const KINDS: Readonly<Record<RefusalCode | TransportCode, Kind>> = {
  VALIDATION_ERROR: { status: 400, title: "The request is not valid", identity: true },
  PIN_FORMAT_ERROR: { status: 400, title: "The PIN's format is not valid", identity: true },
  WEAK_PIN_REJECTED: { status: 400, title: "The PIN is too easy to guess", identity: true },
  PIN_UNCHANGED: { status: 400, title: "The new PIN is the old one", identity: true },
  POSSESSION_FACTOR_FAILED: { status: 400, title: "Possession of the phone was not proven", identity: true },
  CONSENT_REQUIRED: { status: 403, title: "The customer's consent is missing", identity: true },
  CONSENT_ALREADY_REVOKED: { status: 409, title: "The consent was revoked before", identity: true },
  PIN_NOT_SET: { status: 409, title: "No PIN is set", identity: true },
  PIN_INCORRECT: { status: 403, title: "The PIN is not right", identity: true },
  REAUTHENTICATION_REQUIRED: { status: 403, title: "The current PIN or a recent sign-in is needed" },
  UNAUTHENTICATED: { status: 401, title: "The caller is not known" },
  AUTHENTICATION_UNAVAILABLE: { status: 503, title: "The caller's token cannot be checked" },
  FORBIDDEN: { status: 403, title: "The caller may not do this" },
  IDEMPOTENCY_CONFLICT: { status: 422, title: "The Idempotency-Key was used for another request" },
  IDEMPOTENCY_IN_FLIGHT: { status: 409, title: "The first request is still under way" },
  EVENT_ERASED: { status: 410, title: "The event was erased" },
  PIN_ALREADY_SET: { status: 409, title: "A PIN is set already", identity: true },
  PIN_LOCKED: { status: 423, title: "Locked after too many wrong PINs", identity: true },
  PIN_DISABLED: { status: 423, title: "Disabled after too many wrong PINs", identity: true },
  TOO_MANY_REQUESTS: { status: 429, title: "Too many requests" },
  OVERLOADED: { status: 503, title: "The service is at capacity" },
  OTP_DELIVERY_FAILED: { status: 503, title: "The code could not be sent", identity: true },
  HASHING_ERROR: { status: 500, title: "Hashing failed", identity: true },
  BLOCKCHAIN_STORAGE_ERROR: { status: 503, title: "The chain is not available", identity: true },
  VERIFICATION_ERROR: { status: 500, title: "Verification failed", identity: true },
  NOT_FOUND: { status: 404, title: "Not found" },
  ROUTE_NOT_FOUND: { status: 404, title: "No such endpoint" },
  METHOD_NOT_ALLOWED: { status: 405, title: "Method not allowed" },
  PAYLOAD_TOO_LARGE: { status: 413, title: "The body is too large" },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, title: "The body is of another type than it must be" },
  MALFORMED_BODY: { status: 400, title: "The body is not valid JSON" },
  SHUTTING_DOWN: { status: 503, title: "The service is shutting down" },
  DATABASE_UNAVAILABLE: { status: 503, title: "The database does not take writes" },
  INTERNAL_ERROR: { status: 500, title: "Something went wrong on our side" },
};

export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly [member: string]: unknown;
}

export const PROBLEM_TYPE = "application/problem+json";

/** A stable relative reference, resolved against the service. */
const typeOf = (code: string): string => `/problems/${code.toLowerCase().replaceAll("_", "-")}`;

export function problem(
  surface: Surface,
  code: RefusalCode | TransportCode,
  detail: string,
  members: Readonly<Record<string, unknown>> = {},
): Problem {
  const { status, title, identity } = KINDS[code];
  const wireCode = surface === "fra" && identity ? `FRA_${code}` : code;
  return {
    type: typeOf(wireCode),
    title,
    status,
    detail,
    code: wireCode,
    ...members,
  };
}

/** For what HTTP itself has a status and we no word: 408, 412, 414, 416, 431. The code is the status' name. */
export function statusProblem(status: number, detail: string): Problem {
  const title = STATUS_CODES[status] ?? "Bad Request";
  const code = title.toUpperCase().replaceAll(/[^A-Z]+/g, "_");
  return { type: typeOf(code), title, status, detail, code };
}

export function refusalProblem(surface: Surface, refusal: Refusal): Problem {
  return problem(surface, refusal.code, refusal.message, {
    ...(refusal.reason === undefined ? {} : { reason: refusal.reason }),
    ...(refusal.retryAfterMs === undefined
      ? {}
      : { retryAfterSeconds: retryAfterSeconds(refusal.retryAfterMs) }),
    ...refusal.members,
  });
}

/** Whole seconds, rounded up: whoever comes back then is not a moment too early. */
export const retryAfterSeconds = (ms: number): number => Math.max(1, Math.ceil(ms / 1000));
