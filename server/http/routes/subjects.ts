/** `/api/subjects/*`: the right to be forgotten. */
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { Refusal } from "../../domain/errors.ts";
import { parsePhoneNumber } from "../../domain/phone.ts";
import type { Erasable, ErasureService } from "../../services/erasure.ts";
import type { Idempotent } from "../idempotent.ts";
import { statusOf } from "../recorded.ts";
import type { Settle } from "../recorded.ts";
import { operationHeaders, operationProblems } from "../schemas/common.ts";
import { eraseAnswer, eraseBody } from "../schemas/fra.ts";

export function subjectRoutes(deps: {
  readonly erasure: ErasureService;
  readonly settle: Settle;
  readonly idempotent: Idempotent;
}): FastifyPluginAsyncZod {
  const { erasure, settle, idempotent } = deps;
  return async (app) => {
    app.post(
      "/api/subjects/erase",
      {
        config: { surface: "fra", scopes: ["erase"] },
        schema: {
          operationId: "eraseSubject",
          tags: ["Subjects"],
          security: [{ apiKey: [] }],
          summary: "Forget a person",
          description:
            "Credentials, sessions, aliases, payloads and salts go and standing consents end; digests stay, so every other " +
            "proof still verifies. Cannot be undone.",
          headers: operationHeaders,
          body: eraseBody,
          response: {
            200: eraseAnswer,
            202: eraseAnswer,
            ...operationProblems(403, 404),
          },
        },
      },
      async (request, reply) => {
        const whom = erasable(request.body);
        const erased = await idempotent(request, reply, (token) => erasure.erase(whom, token));
        const recorded = await settle(request, reply, erased.event);
        return reply.status(statusOf(recorded, 200)).send({
          erasedEvents: erased.events,
          consentsRevoked: erased.consentsRevoked,
          ...recorded,
        });
      },
    );
  };
}

function erasable(body: {
  readonly phoneNumber?: string | undefined;
  readonly subjectId?: string | undefined;
}): Erasable {
  const { phoneNumber: phone, subjectId: identityHash } = body;
  if (phone !== undefined && identityHash === undefined) return { phone: parsePhoneNumber(phone) };
  if (identityHash !== undefined && phone === undefined) return { identityHash };
  throw new Refusal("VALIDATION_ERROR", "Send either phoneNumber or subjectId.", {
    reason: phone === undefined ? "missing_field" : "two_subjects",
  });
}
