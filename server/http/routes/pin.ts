/** `/api/pin/*`: seed 002's endpoints. */
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { maskPhoneNumber } from "../../domain/phone.ts";
import { isoInstant } from "../../domain/time.ts";
import type { PinService } from "../../services/pin.ts";
import { callerOf } from "../caller.ts";
import { sendProblem } from "../plugins/errors.ts";
import { problem, retryAfterSeconds } from "../problem.ts";
import { statusOf } from "../recorded.ts";
import type { Settle } from "../recorded.ts";
import { FRA_SECTION, problems } from "../schemas/common.ts";
import { checkAnswer, checkBody, setAnswer, setBody, verifyAnswer, verifyBody } from "../schemas/fra.ts";

export function pinRoutes(deps: {
  readonly pin: PinService;
  readonly settle: Settle;
}): FastifyPluginAsyncZod {
  const { pin, settle } = deps;
  const config = { surface: "fra" } as const;

  return async (app) => {
    app.post(
      "/api/pin/set",
      {
        config,
        schema: {
          operationId: "setPin",
          tags: ["FRA PIN"],
          summary: "Set a 6-digit PIN after consent",
          description:
            "Format and strength are judged first, then the OTP, then consent, then whether a PIN exists.",
          body: setBody,
          response: { 200: setAnswer, 202: setAnswer, ...problems(400, 403, 409, 429, 500, 503) },
        },
      },
      async (request, reply) => {
        const { event } = await pin.set(callerOf(request, request.body), request.body.pin, request.body.otp);
        const recorded = await settle(request, reply, event);
        return reply.status(statusOf(recorded, 200)).send({
          success: true,
          message: "PIN set successfully with FRA compliance",
          compliance: {
            fraSection: FRA_SECTION,
            knowledgeFactorSet: true,
            possessionFactorVerified: true,
            auditTrail: true,
            digitalIdentityLedgerRef: event.id,
          },
          ...recorded,
        });
      },
    );

    app.post(
      "/api/pin/verify-pin",
      {
        config,
        schema: {
          operationId: "verifyPin",
          tags: ["FRA PIN"],
          summary: "Verify a PIN",
          description:
            "A wrong PIN is an answer (200, `valid: false`); a locked credential is 423 with Retry-After. " +
            "Both are events of the ledger.",
          body: verifyBody,
          response: { 200: verifyAnswer, 202: verifyAnswer, ...problems(400, 423, 429, 500, 503) },
        },
      },
      async (request, reply) => {
        const verification = await pin.verify(callerOf(request, request.body), request.body.pin);
        const { event } = verification;
        const recorded = await settle(request, reply, event);
        if (verification.kind === "locked") {
          const members = { retryAfterSeconds: retryAfterSeconds(verification.retryAfterMs), ...recorded };
          const detail = "Too many wrong PINs. Try again when the lock has ended.";
          return sendProblem(reply, problem("fra", "PIN_LOCKED", detail, members)) as never;
        }
        if (verification.kind === "disabled") {
          const detail = "Too many wrong PINs. The PIN is disabled until it is reset.";
          return sendProblem(reply, problem("fra", "PIN_DISABLED", detail, { ...recorded })) as never;
        }
        const valid = verification.kind === "valid";
        return reply.status(statusOf(recorded, 200)).send({
          valid,
          message: valid ? "PIN verified successfully" : "The PIN is not right",
          ...(verification.kind === "invalid"
            ? {
                attemptsRemaining: verification.attemptsLeft,
                lockedUntil: verification.lockedUntil === null ? null : isoInstant(verification.lockedUntil),
              }
            : {}),
          compliance: {
            fraSection: FRA_SECTION,
            knowledgeFactorVerified: valid,
            verificationMethod: "argon2_fra_compliant",
            auditTrail: true,
            digitalIdentityLedgerRef: event.id,
          },
          ...recorded,
        });
      },
    );

    app.post(
      "/api/pin/check-pin-exists",
      {
        config,
        schema: {
          operationId: "checkPinExists",
          tags: ["FRA PIN"],
          summary: "Whether a phone's holder has a PIN",
          body: checkBody,
          response: { 200: checkAnswer, 202: checkAnswer, ...problems(400, 429, 503) },
        },
      },
      async (request, reply) => {
        const caller = callerOf(request, request.body);
        const { exists, event } = await pin.exists(caller);
        const recorded = await settle(request, reply, event);
        return reply.status(statusOf(recorded, 200)).send({
          exists,
          phoneNumber: maskPhoneNumber(caller.phone),
          pinFormat: exists ? "argon2_fra_compliant" : null,
          compliance: {
            fraSection: FRA_SECTION,
            knowledgeFactorCheck: true,
            auditTrail: true,
            digitalIdentityLedgerRef: event.id,
          },
          ...recorded,
        });
      },
    );
  };
}
