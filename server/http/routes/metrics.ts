import type { FastifyPluginAsync } from "fastify";
import type { Metrics } from "../metrics.ts";

/** `/metrics` in Prometheus' text format. No secret and no person in it; keep it from the public by your proxy all the same. */
export function metricsRoute({ metrics }: { readonly metrics: Metrics }): FastifyPluginAsync {
  return async (app) => {
    app.get("/metrics", { schema: { hide: true } }, async (_request, reply) =>
      reply.type(metrics.registry.contentType).send(await metrics.registry.metrics()),
    );
  };
}
