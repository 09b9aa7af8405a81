/** `/api/pin/*`: seed 002's endpoints, and the change and reset that it speaks of. */
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { maskPhoneNumber } from "../../domain/phone.ts";
import type { PinBinding } from "../../services/pin-binding.ts";
import type { PinVerification } from "../../services/pin-verification.ts";
import { callerOf } from "../caller.ts";
import { guessesLeft, sendUnproven } from "../guesses.ts";
import type { Idempotent } from "../idempotent.ts";
import { statusOf } from "../recorded.ts";
import type { Recorded, Settle } from "../recorded.ts";
import { FRA_SECTION, operationHeaders, operationProblems } from "../schemas/common.ts";
import {
  bindAnswer,
  bindBody,
  changeBody,
  checkAnswer,
  checkBody,
  verifyAnswer,
  verifyBody,
} from "../schemas/fra.ts";

const tags = ["FRA PIN"];
const security = [{ apiKey: [] }, {}];
const orCode = "Needs an API key of the scope `pin`, or a code for `pin_verify` as `otp` in its place.";
const surface = { surface: "fra" } as const;
const knownCaller = { ...surface, scopes: ["pin"], orOtp: true } as const;

export function pinRoutes(deps: {
  readonly binding: PinBinding;
  readonly verification: PinVerification;
  readonly settle: Settle;
  readonly idempotent: Idempotent;
}): FastifyPluginAsyncZod {
  const { binding, verification, settle, idempotent } = deps;

  return async (app) => {
    const binds = [
      {
        url: "/api/pin/set",
        operationId: "setPin",
        summary: "Set a 6-digit PIN after consent",
        message: "PIN set successfully with FRA compliance",
        bind: binding.set,
      },
      {
        url: "/api/pin/reset",
        operationId: "resetPin",
        summary: "Set a new PIN with a code for pin_reset, without the old one",
        message: "PIN reset successfully with FRA compliance",
        bind: binding.reset,
      },
    ];
    for (const { url, operationId, summary, message, bind } of binds) {
      app.post(
        url,
        {
          config: { ...surface, scopes: ["pin"], orPhone: true },
          schema: {
            operationId,
            tags,
            summary,
            description:
              "Format and strength are judged first, then the OTP, then consent, then whether a PIN exists.",
            headers: operationHeaders,
            body: bindBody,
            response: { 200: bindAnswer, 202: bindAnswer, ...operationProblems(403) },
          },
        },
        async (request, reply) => {
          const { pin, otp } = request.body;
          const caller = callerOf(request, request.body);
          const { event } = await idempotent(request, reply, (token) => bind(caller, pin, otp, token));
          const recorded = await settle(request, reply, event);
          return reply.status(statusOf(recorded, 200)).send(bound(message, recorded, true));
        },
      );
    }

    app.post(
      "/api/pin/change-pin",
      {
        config: { ...knownCaller, hashes: true },
        schema: {
          operationId: "changePin",
          tags,
          security,
          summary: "Replace the PIN by another, with the current one",
          description: `A wrong current PIN counts like a wrong verification, and is 403. ${orCode}`,
          headers: operationHeaders,
          body: changeBody,
          response: {
            200: bindAnswer,
            202: bindAnswer,
            ...operationProblems(403, 423),
          },
        },
      },
      async (request, reply) => {
        const { currentPin, newPin, otp } = request.body;
        const caller = callerOf(request, request.body);
        const pins = { current: currentPin, next: newPin };
        const changed = await idempotent(request, reply, (token) =>
          verification.change(caller, pins, otp, token),
        );
        const recorded = await settle(request, reply, changed.event);
        if (changed.result === "valid") {
          const message = "PIN changed successfully with FRA compliance";
          return reply.status(statusOf(recorded, 200)).send(bound(message, recorded, otp !== undefined));
        }
        return sendUnproven(reply, "fra", changed, recorded) as never;
      },
    );

    app.post(
      "/api/pin/verify-pin",
      {
        config: { ...knownCaller, hashes: true, faultCode: "VERIFICATION_ERROR" },
        schema: {
          operationId: "verifyPin",
          tags,
          security,
          summary: "Verify a PIN",
          description:
            "A wrong PIN is an answer (200, `valid: false`); a locked credential is 423 with Retry-After. " +
            `Both are events of the ledger. ${orCode}`,
          headers: operationHeaders,
          body: verifyBody,
          response: {
            200: verifyAnswer,
            202: verifyAnswer,
            ...operationProblems(403, 423),
          },
        },
      },
      async (request, reply) => {
        const { pin, otp } = request.body;
        const caller = callerOf(request, request.body);
        const verified = await idempotent(request, reply, (token) =>
          verification.verify(caller, pin, otp, token),
        );
        const recorded = await settle(request, reply, verified.event);
        if (verified.result === "locked" || verified.result === "disabled") {
          return sendUnproven(reply, "fra", verified, recorded) as never;
        }
        const valid = verified.result === "valid";
        return reply.status(statusOf(recorded, 200)).send({
          valid,
          message: valid ? "PIN verified successfully" : "The PIN is not right",
          ...(valid ? {} : guessesLeft(verified)),
          compliance: {
            fraSection: FRA_SECTION,
            knowledgeFactorVerified: valid,
            verificationMethod: verified.format,
            auditTrail: true,
            digitalIdentityLedgerRef: recorded.eventId,
          },
          ...recorded,
        });
      },
    );

    app.post(
      "/api/pin/check-pin-exists",
      {
        config: knownCaller,
        schema: {
          operationId: "checkPinExists",
          tags,
          security,
          summary: "Whether a phone's holder has a PIN",
          description: orCode,
          headers: operationHeaders,
          body: checkBody,
          response: { 200: checkAnswer, 202: checkAnswer, ...operationProblems(403) },
        },
      },
      async (request, reply) => {
        const caller = callerOf(request, request.body);
        const { format, event } = await idempotent(request, reply, (token) =>
          verification.exists(caller, request.body.otp, token),
        );
        const recorded = await settle(request, reply, event);
        return reply.status(statusOf(recorded, 200)).send({
          exists: format !== null,
          phoneNumber: maskPhoneNumber(caller.phone),
          pinFormat: format,
          compliance: {
            fraSection: FRA_SECTION,
            knowledgeFactorCheck: true,
            auditTrail: true,
            digitalIdentityLedgerRef: recorded.eventId,
          },
          ...recorded,
        });
      },
    );
  };
}

function bound(message: string, recorded: Recorded, possessionFactorVerified: boolean) {
  return {
    success: true as const,
    message,
    compliance: {
      fraSection: FRA_SECTION,
      knowledgeFactorSet: true as const,
      possessionFactorVerified,
      auditTrail: true as const,
      digitalIdentityLedgerRef: recorded.eventId,
    },
    ...recorded,
  };
}
