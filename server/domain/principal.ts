/**
 * Who a request speaks for, read from the claims of a token whose signature, issuer, audience and times were checked
 * before (crypto/token-verifier.ts). The issuer is trusted, yet its mistakes must not become ours: a time in
 * milliseconds where seconds are due would make every authentication a recent one for ever.
 */
import { Refusal } from "./errors.ts";
import { parsePhoneNumber } from "./phone.ts";
import type { PhoneNumber } from "./phone.ts";
import { SECOND } from "./time.ts";

export type Claims = Readonly<Record<string, unknown>>;

export interface Principal {
  readonly issuer: string;
  /** The account, unique to the issuer. Personal: only its pseudonym is stored or logged. */
  readonly subject: string;
  /** `sid`, else `jti`: what is proven in one session holds in no other. */
  readonly sessionId: string;
  /** When the user last authenticated to the issuer, in ms; null where the issuer does not say. */
  readonly authTime: number | null;
  readonly roles: readonly string[];
  /** Only where the issuer says that it verified it (OpenID Connect Core, section 5.1). */
  readonly phone: PhoneNumber | null;
  readonly expiresAt: number;
}

/** How far apart the issuer's clock and ours may be. */
export const CLOCK_TOLERANCE_MS = 5 * SECOND;

/** OpenID Connect Core, section 2: `sub` has at most 255 characters. Sessions and issuers get as many. */
export const LONGEST_NAME = 255;

/** @returns the flaw, for the log, where the claims name nobody */
export function principalOf(claims: Claims, now: number): Principal | { readonly flaw: string } {
  const { iss, sub, sid, jti, exp, iat, auth_time: authTime } = claims;
  if (!isName(iss)) return { flaw: "iss" };
  if (!isName(sub)) return { flaw: "sub" };
  // A session that cannot be read is not replaced by another name: the issuer's logout would miss it.
  const sessionId = sid === undefined ? jti : sid;
  if (!isName(sessionId)) return { flaw: sid === undefined ? "jti" : "sid" };
  if (!isInstant(exp)) return { flaw: "exp" };
  if (!isPast(iat, now)) return { flaw: "iat" };
  if (authTime !== undefined && !isPast(authTime, now)) return { flaw: "auth_time" };
  return {
    issuer: iss,
    subject: sub,
    sessionId,
    authTime: authTime === undefined ? null : authTime * SECOND,
    roles: Array.isArray(claims.roles) ? claims.roles.filter((role) => typeof role === "string") : [],
    phone: claims.phone_number_verified === true ? phoneOf(claims.phone_number) : null,
    expiresAt: exp * SECOND,
  };
}

/**
 * The account as one text, for its pseudonym: two issuers may both have an `alice`, and no choice of names makes one
 * pair look like another (JSON escapes what could).
 */
export const accountName = (issuer: string, subject: string): string => JSON.stringify([issuer, subject]);

const isName = (value: unknown): value is string =>
  typeof value === "string" && value.length > 0 && value.length <= LONGEST_NAME;

/** Seconds since the epoch (RFC 7519 NumericDate), as far as a Date reaches. */
const isInstant = (value: unknown): value is number =>
  typeof value === "number" && value >= 0 && value * SECOND <= 8.64e15;

const isPast = (value: unknown, now: number): value is number =>
  isInstant(value) && value * SECOND <= now + CLOCK_TOLERANCE_MS;

/** Numbers that we could not look up, such as a landline's, are as good as none. */
function phoneOf(claim: unknown): PhoneNumber | null {
  if (typeof claim !== "string") return null;
  try {
    return parsePhoneNumber(claim);
  } catch (error) {
    if (error instanceof Refusal) return null;
    throw error;
  }
}
