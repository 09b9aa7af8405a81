/** What the built-in issuer says of somebody: for `/dev/token`, and for the console's sign-in where no issuer is configured. */
import { SECOND } from "../domain/time.ts";
import type { DevIssuer } from "../ports.ts";

export interface DevPerson {
  readonly sub: string;
  readonly phoneNumber?: string | undefined;
  readonly roles?: readonly string[] | undefined;
  readonly sid?: string | undefined;
  /** In seconds since the epoch; null where the token is to say nothing of it. */
  readonly authTime: number | null;
}

export function devToken(
  devIssuer: DevIssuer,
  { sub, phoneNumber, roles, sid, authTime }: DevPerson,
  {
    now,
    expiresIn,
    newId,
  }: { readonly now: number; readonly expiresIn: number; readonly newId: () => string },
): Promise<string> {
  return devIssuer.sign({
    sub,
    sid: sid ?? newId(),
    jti: newId(),
    iat: now,
    exp: now + expiresIn,
    ...(authTime === null ? {} : { auth_time: authTime }),
    ...(roles === undefined ? {} : { roles }),
    ...(phoneNumber === undefined ? {} : { phone_number: phoneNumber, phone_number_verified: true }),
  });
}

export const inSeconds = (ms: number): number => Math.floor(ms / SECOND);
