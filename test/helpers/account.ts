/** Users with access tokens, and a clock that tests set. */
import argon2 from "argon2";
import type { Clock } from "../../server/ports.ts";
import type { Answer, TestService } from "./service.ts";

export interface TestClock extends Clock {
  /** Lets so many milliseconds pass. */
  pass(ms: number): void;
}

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;

/** From the real time on: the chain's blocks are of now. */
export function testClock(): TestClock {
  let time = Date.now();
  return { now: () => time, pass: (ms) => void (time += ms) };
}

let next = 0;
export const newAccount = (): string => `account-${next++}`;

export interface SignedIn {
  readonly headers: { readonly authorization: string };
  get(path: string): Promise<Answer>;
  post(path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  delete(path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
}

/** One session of an account. */
export async function signIn(
  api: TestService,
  claims: { readonly sub: string; readonly [claim: string]: unknown },
): Promise<SignedIn> {
  const headers = await api.signIn({ expiresIn: 86_400, ...claims });
  return {
    headers,
    get: (path) => api.get(path, headers),
    post: (path, body, more) => api.post(path, body, { ...headers, ...more }),
    delete: (path, body, more) => api.delete(path, { ...headers, ...more }, body),
  };
}

export const signInAdmin = (api: TestService, sub = "support"): Promise<SignedIn> =>
  signIn(api, { sub, roles: ["admin"] });

/** An `auth_time` of long ago: the token is good, the login behind it is not recent. */
export const stale = (clock: Clock): number => Math.floor((clock.now() - HOUR) / 1000);

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64").replace(/=+$/, "");

/** What `echo -n PIN | argon2 SALT -id -t 3 -m 16 -p 4 -l 32` prints as `Encoded`. */
export async function clientHash(pin: string, salt = "somesalt"): Promise<string> {
  const raw = await argon2.hash(pin, {
    raw: true,
    type: argon2.argon2id,
    salt: Buffer.from(salt),
    memoryCost: 2 ** 16,
    timeCost: 3,
    parallelism: 4,
    hashLength: 32,
  });
  return `$argon2id$v=19$m=65536,t=3,p=4$${base64(Buffer.from(salt))}$${base64(raw)}`;
}

/** What a second device does with the `pin_hash` that it is told: the same parameters and salt, the PIN from the user. */
export async function derive(parameters: string, pin: string): Promise<string> {
  const match = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)$/.exec(parameters);
  if (match === null) throw new Error(`not PHC parameters with a salt and no digest: ${parameters}`);
  const [, m, t, p, salt = ""] = match;
  const raw = await argon2.hash(pin, {
    raw: true,
    type: argon2.argon2id,
    salt: Buffer.from(salt, "base64"),
    memoryCost: Number(m),
    timeCost: Number(t),
    parallelism: Number(p),
    hashLength: 32,
  });
  return `${parameters}$${base64(raw)}`;
}

/** What the event that an operation answered with says. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- what it holds is what a test finds out
export async function eventOf(api: TestService, answer: Answer): Promise<any> {
  return (await api.get(answer.body.eventUrl as string)).body.payload;
}
