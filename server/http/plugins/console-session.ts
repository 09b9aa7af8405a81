import cookie from "@fastify/cookie";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { Refusal } from "../../domain/errors.ts";

export interface ConsoleCookies {
  /** Whether the console is reached over TLS: then the cookie never leaves it, and is bound to the host (RFC 6265bis). */
  readonly secure: boolean;
  /** The origin that browsers reach it at; null where nobody said: then it is whatever they asked. */
  readonly url: string | null;
}

/** Browsers keep cookies up to 4096 bytes, name and attributes included. */
const MOST_BYTES = 3_800;

declare module "fastify" {
  interface FastifyInstance {
    /** Absent where there is no console: then no cookie means anything. */
    consoleCookies?: ConsoleCookies;
  }
}

/**
 * The console's sign-in: the user's access token, in a cookie that no script can read and that only requests of our own
 * pages carry. Whatever a bearer token may do, it may do too.
 */
export async function registerConsoleSession(app: FastifyInstance, options: ConsoleCookies): Promise<void> {
  await app.register(cookie);
  app.decorate("consoleCookies", options);
}

/**
 * The token of a request from our pages; null where there is none.
 * @throws {Refusal} FORBIDDEN where another page wants something done: SameSite says it already, and sites share hosts
 */
export function consoleToken(request: FastifyRequest): string | null {
  const { consoleCookies } = request.server;
  if (consoleCookies === undefined) return null;
  const token = request.cookies[hostCookie(consoleCookies, SESSION).name];
  if (token === undefined || token === "") return null;
  assertSameOrigin(request);
  return token;
}

/** @throws {Refusal} FORBIDDEN */
export function assertSameOrigin(request: FastifyRequest): void {
  const { method, headers } = request;
  const isRead = method === "GET" || method === "HEAD";
  if (headers.origin === undefined ? isRead : isOurs(headers.origin, request)) return;
  throw new Refusal("FORBIDDEN", "The console's sign-in is for its own pages.", { reason: "other_origin" });
}

/** Whether browsers would keep it. */
export const fitsCookie = (token: string): boolean => token.length <= MOST_BYTES;

/** @param maxAge in seconds: as long as the token is good for */
export function setConsoleToken(reply: FastifyReply, token: string, maxAge: number): void {
  if (!fitsCookie(token)) throw new Error("browsers would drop so large a cookie unsaid");
  const { name, attributes } = hostCookie(cookiesOf(reply), SESSION);
  reply.setCookie(name, token, { ...attributes, maxAge });
}

export function clearConsoleToken(reply: FastifyReply): void {
  const { name, attributes } = hostCookie(cookiesOf(reply), SESSION);
  reply.clearCookie(name, attributes);
}

/** @throws where there is no console */
export function cookiesOf({ server }: FastifyReply): ConsoleCookies {
  if (server.consoleCookies === undefined) throw new Error("there is no console");
  return server.consoleCookies;
}

const SESSION = { name: "console", sameSite: "strict" } as const;

/** A cookie for this very host: with the prefix, and only over TLS, a browser lets nobody else set it. */
export function hostCookie<SameSite extends "strict" | "lax">(
  { secure }: ConsoleCookies,
  { name, sameSite }: { readonly name: string; readonly sameSite: SameSite },
) {
  return {
    name: secure ? `__Host-${name}` : name,
    attributes: { path: "/", httpOnly: true, sameSite, secure },
  } as const;
}

/**
 * Origins are compared as browsers write them, letter by letter (RFC 6454, section 6.2). Without CONSOLE_URL the page's
 * host must be the one that was asked, which a page chooses no more than its origin. X-Forwarded-Host is not looked at:
 * whoever stands behind a proxy that changes Host has to say where he is.
 */
function isOurs(origin: string, { headers: { host }, server: { consoleCookies } }: FastifyRequest): boolean {
  const url = consoleCookies?.url ?? null;
  if (url !== null) return origin === url;
  return host !== undefined && (origin === `http://${host}` || origin === `https://${host}`);
}
