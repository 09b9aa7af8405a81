/**
 * Access tokens by RFC 9068, with jose. The adversary chooses the header: so algorithms come from the configuration
 * alone, keys are pinned, and of the header only `kid` is looked at, to be compared with the pinned keys (RFC 8725).
 * Which other claims there must be, domain/principal.ts says.
 */
import { createRemoteJWKSet, errors, jwtVerify } from "jose";
import type { JWTHeaderParameters, JWTVerifyGetKey, KeyInput } from "jose";
import { Refusal } from "../domain/errors.ts";
import { CLOCK_TOLERANCE_MS } from "../domain/principal.ts";
import { SECOND } from "../domain/time.ts";
import type { TokenVerdict, TokenVerifier } from "../ports.ts";

export interface TokenRules {
  readonly issuer: string;
  readonly audience: string;
  readonly algorithms: readonly string[];
  /** Media types of the header's `typ`, without `application/`. */
  readonly types: readonly string[];
}

/** Longer than any token that an issuer sends in a header, which Node cuts at 16 KiB. */
const LONGEST_TOKEN = 8 * 1024;

/** By these a token would bring its own key, or rules that we do not know. */
const REFUSED_MEMBERS = ["jwk", "jku", "x5c", "x5u", "crit"];

export function tokenVerifier(rules: TokenRules, keys: JWTVerifyGetKey): TokenVerifier {
  const { issuer, audience, algorithms } = rules;
  const types = new Set(rules.types.map(mediaType));

  const check = async (token: string, key: JWTVerifyGetKey | KeyInput, now: number) => {
    const { payload } = await jwtVerify(token, typeof key === "function" ? key : () => key, {
      issuer,
      audience,
      algorithms: [...algorithms],
      clockTolerance: CLOCK_TOLERANCE_MS / SECOND,
      currentDate: new Date(now),
    });
    return payload;
  };

  return {
    async verify(token, now) {
      if (token.length > LONGEST_TOKEN) return { rejected: "invalid", why: "too long" };
      const pinned: JWTVerifyGetKey = (header, jws) => {
        refuseHeader(header, types);
        return keys(header, jws);
      };
      try {
        return { claims: await check(token, pinned, now) };
      } catch (error) {
        // While keys rotate, a token without `kid` may have been signed by any of them.
        if (!(error instanceof errors.JWKSMultipleMatchingKeys)) return verdictOn(error);
        let verdict: TokenVerdict = { rejected: "invalid", why: error.code };
        for await (const key of error) {
          verdict = await check(token, key, now).then((claims) => ({ claims }), verdictOn);
          if (!("why" in verdict && verdict.why === errors.JWSSignatureVerificationFailed.code)) break;
        }
        return verdict;
      }
    },
  };
}

/** The issuer's published keys: cached for ten minutes, asked for again when an unknown `kid` comes, at most twice a minute. */
export function remoteKeys(url: string): JWTVerifyGetKey {
  const published = createRemoteJWKSet(new URL(url), { timeoutDuration: 5 * SECOND });
  return async (header, token) => {
    try {
      return await published(header, token);
    } catch (error) {
      if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys) {
        throw error;
      }
      // Of the keys and not of the token: whoever calls may be who they say.
      throw new Refusal("AUTHENTICATION_UNAVAILABLE", "The issuer's keys cannot be had at the moment.", {
        reason: "keys_unavailable",
        retryAfterMs: 5 * SECOND,
        cause: error,
      });
    }
  };
}

export const secretKey =
  (secret: Uint8Array): JWTVerifyGetKey =>
  async () =>
    secret;

class HeaderRefused extends errors.JOSEError {}

function refuseHeader(header: JWTHeaderParameters, types: ReadonlySet<string>): void {
  const member = REFUSED_MEMBERS.find((name) => Object.hasOwn(header, name));
  if (member !== undefined) throw new HeaderRefused(`header has ${member}`);
  // RFC 8725, section 3.11: a token made for another purpose, such as logout, must not do for this one.
  if (typeof header.typ !== "string" || !types.has(mediaType(header.typ))) {
    throw new HeaderRefused("header has another typ");
  }
}

/** RFC 7515, section 4.1.9: `application/` may be left out, and case means nothing. */
const mediaType = (typ: string): string => typ.toLowerCase().replace(/^application\//, "");

/** jose's errors carry the claims along: only their codes get out. */
function verdictOn(error: unknown): TokenVerdict {
  if (error instanceof errors.JWTExpired) return { rejected: "expired", why: error.code };
  if (error instanceof errors.JWTClaimValidationFailed) {
    return { rejected: "invalid", why: `${error.code} ${error.claim} ${error.reason}` };
  }
  if (error instanceof HeaderRefused) return { rejected: "invalid", why: error.message };
  if (error instanceof errors.JOSEError) return { rejected: "invalid", why: error.code };
  throw error;
}
