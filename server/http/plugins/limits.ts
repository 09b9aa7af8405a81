import rateLimit from "@fastify/rate-limit";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { Refusal } from "../../domain/errors.ts";
import { MINUTE } from "../../domain/time.ts";

export interface Limits {
  /** Requests a minute of one client (API key, or address for those without); 0: no limit. */
  readonly perClient: number;
  /** Requests a minute about one phone number; 0: no limit. */
  readonly perPhone: number;
}

/**
 * Bounds what one caller and what all callers together may ask about one person. Counted in memory, by each process for
 * itself: this protects capacity. What protects a PIN is the attempt counter in the database.
 */
export async function registerLimits(app: FastifyInstance, limits: Limits): Promise<void> {
  await app.register(rateLimit, { global: false });
  const clientLimit = app.createRateLimit({
    max: limits.perClient,
    timeWindow: MINUTE,
    keyGenerator: (request) => `client:${clientKey(request)}`,
  });
  const phoneLimit = app.createRateLimit({
    max: limits.perPhone,
    timeWindow: MINUTE,
    keyGenerator: (request) => `phone:${phoneOf(request.body) ?? ""}`,
  });

  app.addHook("preValidation", async (request, reply) => {
    if (!request.url.startsWith("/api/")) return;
    if (limits.perClient > 0) enforce(reply, await clientLimit(request), "client_limit");
    if (limits.perPhone > 0 && phoneOf(request.body) !== null)
      enforce(reply, await phoneLimit(request), "phone_limit");
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

const clientKey = (request: FastifyRequest): string =>
  request.client === null || request.client.id === "anonymous" ? request.ip : request.client.id;

function phoneOf(body: unknown): string | null {
  if (typeof body !== "object" || body === null || !("phoneNumber" in body)) return null;
  return typeof body.phoneNumber === "string" ? body.phoneNumber.slice(0, 32) : null;
}
