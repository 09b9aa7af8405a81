import rateLimit from "@fastify/rate-limit";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { Refusal } from "../../domain/errors.ts";
import { MINUTE } from "../../domain/time.ts";
import { isApi } from "../api-route.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** Requests a minute of one user (primary-auth.ts) to this route. */
    perUser?: number;
    /** The route is none of the API, and each request costs somebody something: it comes out of the client's budget too. */
    limited?: boolean;
  }
}

export interface Limits {
  /** Requests a minute of one client (API key, or address for those without); 0: no limit. */
  readonly perClient: number;
  /** Requests a minute of one client about one phone number; all without an API key together are one; 0: no limit. */
  readonly perPhone: number;
  /** Times what a route allows each user a minute (its config's `perUser`); 0: no limit. */
  readonly perUser: number;
}

/** The plugin remembers 5000 unless told: whoever makes up more numbers than that a minute would push out the counts. */
const COUNTERS = 100_000;

/**
 * Bounds what one caller may ask, and what about one person. Counted in memory, by each process for itself: this
 * protects capacity. What protects a PIN is the attempt counter in the database.
 */
export async function registerLimits(app: FastifyInstance, limits: Limits): Promise<void> {
  await app.register(rateLimit, { global: false });
  const shared = { timeWindow: MINUTE, cache: COUNTERS };
  const clientLimit = app.createRateLimit({
    ...shared,
    max: limits.perClient,
    keyGenerator: (request) => `client:${keyHolder(request) ?? request.ip}`,
  });
  const phoneLimit = app.createRateLimit({
    ...shared,
    max: limits.perPhone,
    keyGenerator: (request) => `phone:${keyHolder(request) ?? ""}:${phoneOf(request.body) ?? ""}`,
  });

  const userLimit = app.createRateLimit({
    ...shared,
    max: ({ routeOptions }) => (routeOptions.config.perUser ?? Infinity) * limits.perUser,
    keyGenerator: (request) => `${routeOf(request)}:${request.principal?.account ?? ""}`,
  });

  app.addHook("preValidation", async (request, reply) => {
    if (limits.perClient > 0 && (isApi(request) || request.routeOptions.config.limited === true))
      enforce(reply, await clientLimit(request), "client_limit");
  });
  // After authorisation (auth.ts), and by caller: nobody can use up what the bank may ask about its customer.
  app.addHook("preHandler", async (request, reply) => {
    if (limits.perPhone > 0 && isApi(request) && phoneOf(request.body) !== null)
      enforce(reply, await phoneLimit(request), "phone_limit");
    // After authentication (primary-auth.ts): no stranger can use up what is a user's.
    const { perUser } = request.routeOptions.config;
    if (limits.perUser > 0 && perUser !== undefined && request.principal !== null)
      enforce(reply, await userLimit(request), "user_limit");
  });
}

type Verdict = Awaited<ReturnType<ReturnType<FastifyInstance["createRateLimit"]>>>;

/** Header fields of draft-ietf-httpapi-ratelimit-headers, in the form that clients know. */
function enforce(reply: FastifyReply, verdict: Verdict, reason: string): void {
  if (verdict.isAllowed) return;
  const { max, remaining, ttlInSeconds, isExceeded, ttl } = verdict;
  reply
    .header("ratelimit-limit", max)
    .header("ratelimit-remaining", remaining)
    .header("ratelimit-reset", ttlInSeconds);
  if (isExceeded) {
    throw new Refusal("TOO_MANY_REQUESTS", "Too many requests in this minute.", {
      reason,
      retryAfterMs: ttl,
    });
  }
}

/** The user, or whoever's API key it is; null for those who have neither, whether or not one is needed. */
const keyHolder = ({ client, principal }: FastifyRequest): string | null => {
  if (principal !== null) return `account:${principal.account}`;
  return client === null || client.id === "anonymous" ? null : client.id;
};

/** HEAD is GET without the body, and comes out of the same budget. */
const routeOf = ({ method, routeOptions: { url = "" } }: FastifyRequest): string =>
  `${method === "HEAD" ? "GET" : method} ${url}`;

/** What is no number is refused by the service, and needs no counter. */
function phoneOf(body: unknown): string | null {
  if (typeof body !== "object" || body === null || !("phoneNumber" in body)) return null;
  const { phoneNumber } = body;
  return typeof phoneNumber === "string" && /^\+\d{8,15}$/.test(phoneNumber) ? phoneNumber : null;
}
