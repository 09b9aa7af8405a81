/** `/api/session*`: seed 004's PIN. An application asks GET /api/session and lets the user in on `none`. */
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import type { Clock } from "../../ports.ts";
import type { SessionPin } from "../../services/session-pin.ts";
import { accountOf } from "../caller.ts";
import { guessesLeft, sendUnproven } from "../guesses.ts";
import type { Idempotent } from "../idempotent.ts";
import { statusOf } from "../recorded.ts";
import type { Settle } from "../recorded.ts";
import {
  sessionAnswer,
  sessionChangeBody,
  sessionPinBody,
  sessionStatus,
  sessionVerifyAnswer,
  sessionVerifyBody,
} from "../schemas/accounts.ts";
import { operationHeaders, operationProblems, problems } from "../schemas/common.ts";
import { stepView } from "../session-view.ts";

const tags = ["Session PIN"];
const security = [{ bearerAuth: [] }];
/** What protects the PIN is its lockout; this keeps one user from occupying the cores. */
const config = { auth: "user", perUser: 20 } as const;

export function sessionPinRoutes(deps: {
  readonly sessionPin: SessionPin;
  readonly settle: Settle;
  readonly idempotent: Idempotent;
  readonly clock: Clock;
}): FastifyPluginAsyncZod {
  const { sessionPin, settle, idempotent, clock } = deps;

  return async (app) => {
    app.get(
      "/api/session",
      {
        config: { auth: "user" },
        schema: {
          operationId: "getSession",
          tags,
          security,
          summary: "What the user must do before the application lets this session in",
          description:
            "The PIN gates the application's sessions, never API calls: access tokens work whatever is answered here.",
          response: { 200: sessionStatus, ...problems() },
        },
      },
      async (request) => stepView(await sessionPin.status(accountOf(request)), clock.now()),
    );

    app.delete(
      "/api/session",
      {
        config,
        schema: {
          operationId: "endSession",
          tags,
          security,
          summary: "Log this session out of the PIN: it must prove itself anew",
          headers: operationHeaders,
          response: { 200: sessionAnswer, 202: sessionAnswer, ...operationProblems() },
        },
      },
      async (request, reply) => {
        const ended = await idempotent(request, reply, (token) => sessionPin.end(accountOf(request), token));
        const recorded = await settle(request, reply, ended.event);
        return reply
          .status(statusOf(recorded, 200))
          .send({ ...stepView(ended.step, clock.now()), ...recorded });
      },
    );

    const binds = [
      {
        url: "/api/session/pin",
        operationId: "createSessionPin",
        summary: "Create the PIN, entered twice",
        description: "Nothing is saved unless both entries are the same.",
        operation: "create",
      },
      {
        url: "/api/session/pin/reset",
        operationId: "resetSessionPin",
        summary: "Choose a new PIN without the old one",
        description: "Takes an access token whose `auth_time` is recent (403 otherwise). Ends every wait.",
        operation: "reset",
      },
    ] as const;
    for (const { operation, url, ...described } of binds) {
      app.post(
        url,
        {
          config,
          schema: {
            ...described,
            tags,
            security,
            headers: operationHeaders,
            body: sessionPinBody,
            response: { 200: sessionAnswer, 202: sessionAnswer, ...operationProblems(403) },
          },
        },
        async (request, reply) => {
          const bound = await idempotent(request, reply, (token) =>
            sessionPin[operation](accountOf(request), request.body, token),
          );
          const recorded = await settle(request, reply, bound.event);
          return reply
            .status(statusOf(recorded, 200))
            .send({ ...stepView(bound.step, clock.now()), ...recorded });
        },
      );
    }

    app.post(
      "/api/session/pin/verify",
      {
        config: { ...config, hashes: true, faultCode: "VERIFICATION_ERROR" },
        schema: {
          operationId: "verifySessionPin",
          tags,
          security,
          summary: "Prove this session by its PIN",
          description:
            "A wrong PIN is an answer (200, `valid: false`); a locked one is 423 with Retry-After.",
          headers: operationHeaders,
          body: sessionVerifyBody,
          response: { 200: sessionVerifyAnswer, 202: sessionVerifyAnswer, ...operationProblems(423) },
        },
      },
      async (request, reply) => {
        const verified = await idempotent(request, reply, (token) =>
          sessionPin.verify(accountOf(request), request.body.pin, token),
        );
        const recorded = await settle(request, reply, verified.event);
        if (verified.result === "locked" || verified.result === "disabled") {
          return sendUnproven(reply, "plain", verified, recorded) as never;
        }
        const valid = verified.result === "valid";
        const view = stepView(verified.step, clock.now());
        const left = verified.attemptsLeft;
        const wrong =
          view.next === "locked"
            ? view.message
            : `This PIN is not right. ${left} ${left === 1 ? "attempt" : "attempts"} left.`;
        return reply.status(statusOf(recorded, 200)).send({
          ...view,
          valid,
          message: valid ? view.message : wrong,
          ...(valid ? {} : guessesLeft(verified)),
          ...recorded,
        });
      },
    );

    app.post(
      "/api/session/pin/change",
      {
        config,
        schema: {
          operationId: "changeSessionPin",
          tags,
          security,
          summary: "Replace the PIN by another, entered twice",
          description:
            "With the current one: a wrong one counts like a wrong verification, and is 403. A session that has just shown " +
            "a temporary PIN need not show it again.",
          headers: operationHeaders,
          body: sessionChangeBody,
          response: { 200: sessionAnswer, 202: sessionAnswer, ...operationProblems(403, 423) },
        },
      },
      async (request, reply) => {
        const { currentPin, newPin, confirmation } = request.body;
        const entered = { pin: newPin, confirmation };
        const changed = await idempotent(request, reply, (token) =>
          sessionPin.change(accountOf(request), currentPin, entered, token),
        );
        const recorded = await settle(request, reply, changed.event);
        if (changed.result !== "done" && changed.result !== "valid") {
          return sendUnproven(reply, "plain", changed, recorded) as never;
        }
        return reply
          .status(statusOf(recorded, 200))
          .send({ ...stepView(changed.step, clock.now()), ...recorded });
      },
    );
  };
}
