/** Access tokens: checking them, and in development issuing them. Implemented by crypto/. */
import type { Claims } from "../domain/principal.ts";

/** Signature, header, issuer, audience and times: what can be judged without knowing what the claims mean. */
export interface TokenVerifier {
  /** @throws {Refusal} AUTHENTICATION_UNAVAILABLE while the issuer's keys cannot be had */
  verify(token: string, now: number): Promise<TokenVerdict>;
}

export type TokenVerdict =
  | { readonly claims: Claims }
  /** `why` is for the log, and repeats nothing of the token. Expiry alone may be told: the signature was right. */
  | { readonly rejected: "expired" | "invalid"; readonly why: string };

/** Stands in for the bank's identity provider where none is configured, so that everything can be tried by hand. */
export interface DevIssuer {
  /** Signs whatever claims it is given, beside its own `iss` and `aud`. */
  sign(claims: Claims): Promise<string>;
}
