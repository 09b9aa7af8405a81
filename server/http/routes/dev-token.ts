/** `/dev/token`: only where no issuer is configured, and never in production. */
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import { LONGEST_NAME } from "../../domain/principal.ts";
import { DAY, HOUR, SECOND } from "../../domain/time.ts";
import type { Clock, DevIssuer } from "../../ports.ts";
import { devToken, inSeconds } from "../dev-claims.ts";
import { phoneInput, problems } from "../schemas/common.ts";

const body = z
  .strictObject({
    sub: z.string().min(1).max(LONGEST_NAME).describe("The account"),
    phoneNumber: phoneInput.optional().describe("The account's verified mobile number"),
    roles: z.array(z.string().max(64)).max(16).optional().describe("`admin` makes an administrator"),
    sid: z.string().min(1).max(LONGEST_NAME).optional().describe("The session; a new one if absent"),
    authTime: z
      .int()
      .min(0)
      .nullable()
      .optional()
      .describe("When the user authenticated, in seconds since the epoch; now if absent, unsaid if null"),
    expiresIn: z
      .int()
      .min(1)
      .max(DAY / SECOND)
      .optional()
      .describe("In seconds; an hour if absent"),
  })
  .meta({ id: "DevTokenRequest" });

/** The form of OAuth's token endpoint (RFC 6749, section 5.1). */
const answer = z
  .strictObject({ access_token: z.string(), token_type: z.literal("Bearer"), expires_in: z.int() })
  .meta({ id: "DevToken" });

export function devTokenRoute(deps: {
  readonly devIssuer: DevIssuer;
  readonly clock: Clock;
  readonly newId: () => string;
}): FastifyPluginAsyncZod {
  const { devIssuer, clock, newId } = deps;
  return async (app) => {
    app.post(
      "/dev/token",
      {
        schema: {
          operationId: "issueDevToken",
          tags: ["Development"],
          summary: "An access token for anybody, to try things by hand",
          description: "Absent in production, and wherever an issuer is configured (JWT_ISSUER).",
          body,
          response: { 200: answer, ...problems(400, 413, 415) },
        },
      },
      async ({ body: wanted }) => {
        const { authTime, expiresIn = HOUR / SECOND, ...person } = wanted;
        const now = inSeconds(clock.now());
        const token = await devToken(
          devIssuer,
          { ...person, authTime: authTime === undefined ? now : authTime },
          { now, expiresIn, newId },
        );
        return { access_token: token, token_type: "Bearer" as const, expires_in: expiresIn };
      },
    );
  };
}
