/** The user's primary authentication: a bearer token of the bank's own identity provider. PINs come after it. */
import { Refusal } from "../domain/errors.ts";
import { principalOf } from "../domain/principal.ts";
import type { Principal } from "../domain/principal.ts";
import type { Clock, Logger, Pseudonyms, TokenVerifier } from "../ports.ts";

export interface AuthenticatedUser extends Principal {
  /** The account's keyed pseudonym: what may be stored, counted by and logged. */
  readonly account: string;
  readonly isAdmin: boolean;
}

export interface PrimaryAuth {
  /** @throws {Refusal} UNAUTHENTICATED, or AUTHENTICATION_UNAVAILABLE while the issuer's keys cannot be had */
  authenticate(token: string): Promise<AuthenticatedUser>;
}

export function createPrimaryAuth(deps: {
  readonly verifier: TokenVerifier;
  readonly clock: Clock;
  readonly pseudonyms: Pseudonyms;
  readonly log: Logger;
  /** The value in the claim `roles` that makes an administrator. */
  readonly adminRole: string;
}): PrimaryAuth {
  const { verifier, clock, pseudonyms, log, adminRole } = deps;

  // Which check failed is for the log alone: a forger would learn from it what to mend.
  const refuse = (kind: "expired" | "invalid", why: string): never => {
    log.debug({ why }, "an access token was rejected");
    if (kind === "expired") {
      throw new Refusal("UNAUTHENTICATED", "The access token has expired.", { reason: "expired_token" });
    }
    throw new Refusal("UNAUTHENTICATED", "The access token is not valid.", { reason: "invalid_token" });
  };

  return {
    async authenticate(token) {
      const now = clock.now();
      const verdict = await verifier.verify(token, now);
      if ("rejected" in verdict) return refuse(verdict.rejected, verdict.why);
      const principal = principalOf(verdict.claims, now);
      if ("flaw" in principal) return refuse("invalid", `claim ${principal.flaw}`);
      return {
        ...principal,
        account: pseudonyms.account(principal.issuer, principal.subject),
        isAdmin: principal.roles.includes(adminRole),
      };
    },
  };
}
