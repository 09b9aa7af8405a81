/** `/api/admin/figures`: how the service fares, in numbers that are about nobody. */
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { isoInstant } from "../../domain/time.ts";
import type { FiguresService } from "../../services/figures.ts";
import { problems } from "../schemas/common.ts";
import { figuresAnswer, figuresQuery } from "../schemas/figures.ts";

const A_DAY = 24;

export function figuresRoute({ figures }: { readonly figures: FiguresService }): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      "/api/admin/figures",
      {
        config: { auth: "admin", perUser: 60 },
        schema: {
          operationId: "getSupportFigures",
          tags: ["Support"],
          security: [{ bearerAuth: [] }],
          summary: "The last hours in numbers: set-ups, verifications, lockouts, weak PINs, anchor lag",
          description:
            "Of the hours of UTC, and of nobody in particular. Counted from the ledger's events; of a person who was " +
            "erased, verifications are not told of any more.",
          querystring: figuresQuery,
          response: { 200: figuresAnswer, ...problems(400, 403) },
        },
      },
      async (request) => {
        const { asOf, hours } = await figures.last(Number(request.query.hours ?? A_DAY));
        return {
          asOf: isoInstant(asOf),
          hours: hours.map(({ start, right, wrong, refused, longestLagMs, ...hour }) => ({
            ...hour,
            start: isoInstant(start),
            verifications: { right, wrong, refused },
            longestAnchorLagMs: longestLagMs,
          })),
        };
      },
    );
  };
}
