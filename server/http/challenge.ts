import type { Refusal } from "../domain/errors.ts";

const ERRORS: Readonly<Record<string, string>> = {
  unknown_key: "invalid_token",
  invalid_token: "invalid_token",
  expired_token: "invalid_token",
  missing_role: "insufficient_scope",
};

/** WWW-Authenticate by RFC 6750, section 3: who sent nothing is told the scheme and no error. Null where there is none. */
export function challenge({ code, reason = "" }: Refusal): string | null {
  const error = ERRORS[reason];
  if (error !== undefined) return `Bearer error="${error}"`;
  return code === "UNAUTHENTICATED" ? "Bearer" : null;
}
