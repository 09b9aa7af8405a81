/** `/api/admin/*`: seed 004's portal, for support. No PIN is ever shown here, but for one that was just generated. */
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { Refusal } from "../../domain/errors.ts";
import { parsePhoneNumber } from "../../domain/phone.ts";
import { TEMPORARY_TRIES } from "../../domain/temporary.ts";
import { isoInstant } from "../../domain/time.ts";
import type { Clock, Pseudonyms } from "../../ports.ts";
import type { AdminService, Sought, SubjectStatus } from "../../services/admin.ts";
import type { Idempotent } from "../idempotent.ts";
import { principalOf } from "../plugins/primary-auth.ts";
import { retryAfterSeconds } from "../problem.ts";
import { statusOf } from "../recorded.ts";
import type { Settle } from "../recorded.ts";
import {
  actionsAnswer,
  actionsQuery,
  adminAnswer,
  adminPolicyBody,
  searchBody,
  subjectParams,
  temporaryPinAnswer,
  temporaryPinBody,
} from "../schemas/accounts.ts";
import { operationHeaders, operationProblems, problems } from "../schemas/common.ts";

const tags = ["Support"];
const security = [{ bearerAuth: [] }];
const config = { auth: "admin", perUser: 60 } as const;
const PAGE = 50;

export function adminRoutes(deps: {
  readonly admin: AdminService;
  readonly clock: Clock;
  readonly pseudonyms: Pseudonyms;
  readonly settle: Settle;
  readonly idempotent: Idempotent;
}): FastifyPluginAsyncZod {
  const { admin, clock, pseudonyms, settle, idempotent } = deps;

  const statusView = ({ identityHash, pins }: SubjectStatus) => ({
    subjectId: identityHash,
    pins: pins.map(({ attemptsLeft, temporaryExpiresAt, lockedUntil, ...pin }) => ({
      ...pin,
      temporaryExpiresAt: when(temporaryExpiresAt),
      attemptsRemaining: attemptsLeft,
      lockedUntil: when(lockedUntil),
      retryAfterSeconds: lockedUntil === null ? null : retryAfterSeconds(lockedUntil - clock.now()),
    })),
  });

  return async (app) => {
    app.post(
      "/api/admin/subjects/search",
      {
        config,
        schema: {
          operationId: "searchSubject",
          tags,
          security,
          summary: "The customer with that phone or account, and how their PINs stand",
          description:
            "Who looked is an event of the customer's ledger. In the body, since addresses get logged.",
          headers: operationHeaders,
          body: searchBody,
          response: { 200: adminAnswer, 202: adminAnswer, ...operationProblems(403, 404) },
        },
      },
      async (request, reply) => {
        const me = principalOf(request);
        const { phoneNumber, account, issuer = me.issuer } = request.body;
        const sought = soughtBy(phoneNumber, account, (name) => pseudonyms.account(issuer, name));
        const found = await idempotent(request, reply, (token) => admin.search(me, sought, token));
        const recorded = await settle(request, reply, found.event);
        return reply.status(statusOf(recorded, 200)).send({ ...statusView(found), ...recorded });
      },
    );

    const acts = [
      {
        act: "reset",
        operationId: "resetSubjectPin",
        summary: "Clear the PIN: the customer must create a new one",
      },
      {
        act: "unlock",
        operationId: "unlockSubjectPin",
        summary: "End the wait after wrong PINs",
        description: "The failures stay counted: the next wait and the end come where they would have come.",
      },
    ] as const;
    for (const { act, ...described } of acts) {
      app.post(
        `/api/admin/subjects/:id/${act}`,
        {
          config,
          schema: {
            ...described,
            tags,
            security,
            headers: operationHeaders,
            params: subjectParams,
            body: adminPolicyBody,
            response: { 200: adminAnswer, 202: adminAnswer, ...operationProblems(403, 404, 423) },
          },
        },
        async (request, reply) => {
          const { id } = request.params;
          const target = { identityHash: id, policy: request.body?.policy ?? "session" };
          const acted = await idempotent(request, reply, (token) =>
            admin[act](principalOf(request), target, token),
          );
          const recorded = await settle(request, reply, acted.event);
          return reply.status(statusOf(recorded, 200)).send({ ...statusView(acted), ...recorded });
        },
      );
    }

    app.post(
      "/api/admin/subjects/:id/temporary-pin",
      {
        config,
        schema: {
          operationId: "setTemporaryPin",
          tags,
          security,
          summary: "Set a temporary PIN, which the customer must change at once",
          description:
            "Generated unless one is given, and shown in this answer alone: neither support nor we can look it up again.",
          headers: operationHeaders,
          params: subjectParams,
          body: temporaryPinBody,
          response: { 200: temporaryPinAnswer, 202: temporaryPinAnswer, ...operationProblems(403, 404) },
        },
      },
      async (request, reply) => {
        let shown: string | null = null;
        const set = await idempotent(request, reply, (token) =>
          admin.setTemporary(
            principalOf(request),
            request.params.id,
            request.body?.pin ?? null,
            token,
            (pin) => (shown = pin),
          ),
        );
        const recorded = await settle(request, reply, set.event);
        return reply.status(statusOf(recorded, 200)).send({
          ...statusView(set),
          temporaryPin: shown,
          temporaryPinWithheld: set.generated && shown === null,
          expiresAt: isoInstant(set.expiresAt),
          triesAllowed: TEMPORARY_TRIES,
          ...recorded,
        });
      },
    );

    app.get(
      "/api/admin/actions",
      {
        config,
        schema: {
          operationId: "listSupportActions",
          tags,
          security,
          summary: "What support did about PINs, and when; the latest first",
          description: "Neither who nor about whom (FR-017): that is in the ledger, by pseudonyms.",
          querystring: actionsQuery,
          response: { 200: actionsAnswer, ...problems(400, 403) },
        },
      },
      async (request) => {
        const { cursor, limit = String(PAGE) } = request.query;
        const most = Number(limit);
        const found = await admin.actions(cursor === undefined ? null : Number(cursor), most + 1);
        const page = found.slice(0, most);
        return {
          actions: page.map(({ action, timestamp }) => ({
            action: action as "reset_pin" | "unlock" | "set_temporary_pin",
            timestamp: isoInstant(timestamp),
          })),
          next: found.length > most ? String(page.at(-1)?.seq) : null,
        };
      },
    );
  };
}

function soughtBy(
  phone: string | undefined,
  account: string | undefined,
  alias: (account: string) => string,
): Sought {
  if (phone !== undefined && account === undefined) return { phone: parsePhoneNumber(phone) };
  if (account !== undefined && phone === undefined) return { account: alias(account) };
  throw new Refusal("VALIDATION_ERROR", "Send either phoneNumber or account.", {
    reason: phone === undefined ? "missing_field" : "two_subjects",
  });
}

const when = (ms: number | null) => (ms === null ? null : isoInstant(ms));
