import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import type { Readiness } from "../../services/readiness.ts";

const readinessAnswer = z
  .strictObject({ ready: z.boolean(), checks: z.record(z.string(), z.string()) })
  .meta({ id: "Readiness" });

export function healthRoutes({
  readiness,
}: {
  readonly readiness: () => Promise<Readiness>;
}): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      "/health/live",
      {
        schema: {
          operationId: "isLive",
          tags: ["Health"],
          summary: "The process answers",
          response: { 200: z.strictObject({ status: z.literal("ok") }) },
        },
      },
      async () => ({ status: "ok" }) as const,
    );
    app.get(
      "/health/ready",
      {
        schema: {
          operationId: "isReady",
          tags: ["Health"],
          summary: "Operations can be done now; if not, why",
          response: { 200: readinessAnswer, 503: readinessAnswer },
        },
      },
      async (_request, reply) => {
        const answer = await readiness();
        return reply
          .status(answer.ready ? 200 : 503)
          .send({ ready: answer.ready, checks: { ...answer.checks } });
      },
    );
  };
}
