/** `/api/otp/*`: the possession factor. */
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { isoInstant } from "../../domain/time.ts";
import type { OtpService } from "../../services/otp.ts";
import { callerOf } from "../caller.ts";
import type { Idempotent } from "../idempotent.ts";
import type { Settle } from "../recorded.ts";
import { operationHeaders, operationProblems } from "../schemas/common.ts";
import { otpRequestAnswer, otpRequestBody } from "../schemas/fra.ts";

export function otpRoutes(deps: {
  readonly otp: OtpService;
  readonly settle: Settle;
  readonly idempotent: Idempotent;
}): FastifyPluginAsyncZod {
  const { otp, settle, idempotent } = deps;

  return async (app) => {
    app.post(
      "/api/otp/request",
      {
        config: { surface: "fra", scopes: ["pin"], orPhone: true },
        schema: {
          operationId: "requestOtp",
          tags: ["FRA onboarding"],
          summary: "Send a one-time code to a phone",
          description:
            "The possession factor: 6 digits, valid for 5 minutes, 5 tries, once for each purpose. " +
            "One code may serve several purposes. Does not wait for the chain.",
          headers: operationHeaders,
          body: otpRequestBody,
          response: { 202: otpRequestAnswer, ...operationProblems() },
        },
      },
      async (request, reply) => {
        const caller = callerOf(request, request.body);
        const issued = await idempotent(request, reply, (token) =>
          otp.request(caller, request.body.purposes, token),
        );
        const { challengeId, expiresAt, event } = issued;
        // Nobody needs to wait for a block before typing a code.
        const recorded = await settle(request, reply, event, { waitMs: 0 });
        return reply.status(202).send({ challengeId, expiresAt: isoInstant(expiresAt), ...recorded });
      },
    );
  };
}
