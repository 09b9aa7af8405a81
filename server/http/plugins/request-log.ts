import type { FastifyInstance } from "fastify";
import type { Metrics } from "../metrics.ts";

/**
 * One line and one measurement per request, with the route's pattern instead of its address: a query may hold a phone number. Bodies and
 * headers are never logged, so there is nothing to redact.
 */
export function registerRequestLog(app: FastifyInstance, metrics: Metrics): void {
  app.addHook("onResponse", async (request, reply) => {
    const route = request.routeOptions.url ?? "none";
    metrics.served(route, request.method, reply.statusCode, reply.elapsedTime / 1000);
    request.log.info(
      {
        method: request.method,
        route,
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime),
        ip: request.ip,
      },
      "request",
    );
  });
}
