import type { FastifyInstance } from "fastify";

/**
 * One line per request, with the route's pattern instead of its address: a query may hold a phone number. Bodies and
 * headers are never logged, so there is nothing to redact.
 */
export function registerRequestLog(app: FastifyInstance): void {
  app.addHook("onResponse", async (request, reply) => {
    request.log.info(
      {
        method: request.method,
        route: request.routeOptions.url ?? "none",
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime),
        ip: request.ip,
      },
      "request",
    );
  });
}
