/** `/api/v1/pin`: seed 003's endpoints, and the verification that it speaks of. */
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { isoInstant } from "../../domain/time.ts";
import type { PresentedPin, StandardPin } from "../../services/standard-pin.ts";
import { accountOf } from "../caller.ts";
import { guessesLeft, sendUnproven } from "../guesses.ts";
import type { Idempotent } from "../idempotent.ts";
import { statusOf } from "../recorded.ts";
import type { Settle } from "../recorded.ts";
import {
  standardDeleteAnswer,
  standardDeleteBody,
  standardSetAnswer,
  standardSetBody,
  standardStatus,
  standardVerifyAnswer,
  standardVerifyBody,
} from "../schemas/accounts.ts";
import { operationHeaders, operationProblems, problems } from "../schemas/common.ts";

const tags = ["Account PIN"];
const security = [{ bearerAuth: [] }];
const orSignIn =
  "Takes the current PIN (a wrong one is 403 and counts), or an access token whose `auth_time` is recent: a stolen token " +
  "alone changes nothing.";

const currentOf = (body: {
  readonly current_pin?: string | undefined;
  readonly current_pin_hash?: string | undefined;
}): PresentedPin => ({ pin: body.current_pin, hash: body.current_pin_hash });

export function standardPinRoutes(deps: {
  readonly standardPin: StandardPin;
  readonly settle: Settle;
  readonly idempotent: Idempotent;
}): FastifyPluginAsyncZod {
  const { standardPin, settle, idempotent } = deps;

  return async (app) => {
    app.get(
      "/api/v1/pin",
      {
        config: { auth: "user", perUser: 10 },
        schema: {
          operationId: "getAccountPin",
          tags,
          security,
          summary: "Whether the user has a PIN, and how to hash it on another device",
          response: { 200: standardStatus, ...problems() },
        },
      },
      async (request) => {
        const status = await standardPin.status(accountOf(request));
        return {
          has_pin: status.hasPin,
          pin_hash: status.clientParameters,
          pin_length: status.pinLength,
          attemptsRemaining: status.attemptsLeft,
          lockedUntil: status.lockedUntil === null ? null : isoInstant(status.lockedUntil),
          disabled: status.disabled,
        };
      },
    );

    app.post(
      "/api/v1/pin",
      {
        config: { auth: "user", perUser: 5 },
        schema: {
          operationId: "setAccountPin",
          tags,
          security,
          summary: "Set the first PIN, or replace it",
          description: `As digits, or as a hash that the client made of them. Replacing: ${orSignIn}`,
          headers: operationHeaders,
          body: standardSetBody,
          response: { 200: standardSetAnswer, 202: standardSetAnswer, ...operationProblems(403, 423) },
        },
      },
      async (request, reply) => {
        const { pin, pin_hash: hash, pin_length: length } = request.body;
        const current = currentOf(request.body);
        const changed = await idempotent(request, reply, (token) =>
          standardPin.set(accountOf(request), { pin, hash, length }, current, token),
        );
        const recorded = await settle(request, reply, changed.event);
        if (changed.result !== "done" && changed.result !== "valid") {
          return sendUnproven(reply, "plain", changed, recorded) as never;
        }
        return reply.status(statusOf(recorded, 200)).send({ status: "saved", ...recorded });
      },
    );

    app.delete(
      "/api/v1/pin",
      {
        config: { auth: "user", perUser: 5 },
        schema: {
          operationId: "deleteAccountPin",
          tags,
          security,
          summary: "Remove the PIN",
          description: `${orSignIn} Where there is none it is done already.`,
          headers: operationHeaders,
          body: standardDeleteBody,
          response: { 200: standardDeleteAnswer, 202: standardDeleteAnswer, ...operationProblems(403, 423) },
        },
      },
      async (request, reply) => {
        const removed = await idempotent(request, reply, (token) =>
          standardPin.remove(accountOf(request), currentOf(request.body ?? {}), token),
        );
        const recorded = await settle(request, reply, removed.event);
        if (removed.result !== "done" && removed.result !== "valid") {
          return sendUnproven(reply, "plain", removed, recorded) as never;
        }
        return reply.status(statusOf(recorded, 200)).send({ status: "deleted", ...recorded });
      },
    );

    app.post(
      "/api/v1/pin/verify",
      {
        config: { auth: "user", perUser: 10, hashes: true, faultCode: "VERIFICATION_ERROR" },
        schema: {
          operationId: "verifyAccountPin",
          tags,
          security,
          summary: "Verify the PIN",
          description:
            "A wrong PIN is an answer (200, `valid: false`); a locked one is 423 with Retry-After. Both are events of the ledger.",
          headers: operationHeaders,
          body: standardVerifyBody,
          response: { 200: standardVerifyAnswer, 202: standardVerifyAnswer, ...operationProblems(423) },
        },
      },
      async (request, reply) => {
        const { pin, pin_hash: hash } = request.body;
        const verified = await idempotent(request, reply, (token) =>
          standardPin.verify(accountOf(request), { pin, hash }, token),
        );
        const recorded = await settle(request, reply, verified.event);
        if (verified.result === "locked" || verified.result === "disabled") {
          return sendUnproven(reply, "plain", verified, recorded) as never;
        }
        const valid = verified.result === "valid";
        return reply.status(statusOf(recorded, 200)).send({
          valid,
          message: valid ? "PIN verified successfully" : "The PIN is not right",
          ...(valid ? {} : guessesLeft(verified)),
          ...recorded,
        });
      },
    );
  };
}
