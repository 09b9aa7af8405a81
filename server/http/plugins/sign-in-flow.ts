/**
 * What a sign-in under way keeps in the browser. `SameSite=Lax`: the provider sends people back from a site of its own,
 * and a strict cookie would stay behind.
 *
 * It is neither signed nor encrypted. Whoever can read it has the browser; whoever could put another one there could
 * as well put one that we signed, for a sign-in of his own: against that stands the name, which no other host may set.
 * And nothing in it is believed: state, nonce and verifier must be what the provider answers to, `to` is judged again,
 * and how fresh a login is, the API asks the token.
 */
import type { FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import { MINUTE, SECOND } from "../../domain/time.ts";
import type { SignInFlow } from "../../services/console-sign-in.ts";
import { cookiesOf, hostCookie } from "./console-session.ts";

const COOKIE = { name: "console-sign-in", sameSite: "lax" } as const;

/** Long enough to look for a password and a second factor. */
const FLOW_MS = 10 * MINUTE;

/** A page of the console and nothing else: no scheme or host, no `..`, no second slash, nothing that is encoded. */
export const localPage = z
  .string()
  .max(200)
  .regex(/^\/console(?:\/[\w-]+)*\/?$/, "expected the path of a page below /console");

const kept = z.strictObject({
  state: z.string().max(100),
  nonce: z.string().max(100),
  verifier: z.string().max(128),
  fresh: z.boolean(),
  startedAt: z.number(),
  to: localPage,
}) satisfies z.ZodType<KeptFlow>;

export interface KeptFlow extends SignInFlow {
  /** The page to go to in the end. */
  readonly to: string;
}

export function keepFlow(reply: FastifyReply, flow: KeptFlow): void {
  const { name, attributes } = hostCookie(cookiesOf(reply), COOKIE);
  reply.setCookie(name, JSON.stringify(flow), { ...attributes, maxAge: FLOW_MS / SECOND });
}

/** Null where none is under way. It is good for one answer, whatever comes of that. */
export function takeFlow(request: FastifyRequest, reply: FastifyReply): KeptFlow | null {
  const { name, attributes } = hostCookie(cookiesOf(reply), COOKIE);
  const text = request.cookies[name];
  if (text === undefined) return null;
  reply.clearCookie(name, attributes);
  const read = kept.safeParse(parsed(text));
  return read.success ? read.data : null;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
