/** `/api/consents*`: what the customer accepted, and may take back. */
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { parsePhoneNumber } from "../../domain/phone.ts";
import type { Clock } from "../../ports.ts";
import type { ConsentService } from "../../services/consent.ts";
import type { Receipts } from "../../services/receipts.ts";
import { callerOf } from "../caller.ts";
import { consentReceiptView, consentView } from "../consent-view.ts";
import type { Idempotent } from "../idempotent.ts";
import { eventUrl, statusOf } from "../recorded.ts";
import type { Settle } from "../recorded.ts";
import { operationHeaders, operationProblems, problems } from "../schemas/common.ts";
import { consentAnswer, consentBody, consentList, consentQuery, consentRevokeBody } from "../schemas/fra.ts";

export function consentRoutes(deps: {
  readonly consent: ConsentService;
  readonly receipts: Receipts;
  readonly settle: Settle;
  readonly idempotent: Idempotent;
  readonly clock: Clock;
  /** Who answers for the data, as consent receipts name them. */
  readonly controller: string;
}): FastifyPluginAsyncZod {
  const { consent, receipts, settle, idempotent, clock, controller } = deps;

  return async (app) => {
    app.post(
      "/api/consents",
      {
        config: { surface: "fra", scopes: ["pin"], orPhone: true },
        schema: {
          operationId: "grantConsent",
          tags: ["FRA onboarding"],
          summary: "Record that the customer accepted a document",
          headers: operationHeaders,
          body: consentBody,
          response: { 201: consentAnswer, 202: consentAnswer, ...operationProblems() },
        },
      },
      async (request, reply) => {
        const { otp: code, purpose, documentVersion, documentHash, expiresAt } = request.body;
        const terms = {
          purpose,
          documentVersion,
          documentHash,
          expiresAt: expiresAt === undefined ? null : Date.parse(expiresAt),
        };
        const caller = callerOf(request, request.body);
        const granted = await idempotent(request, reply, (token) =>
          consent.grant(caller, code, terms, token),
        );
        const recorded = await settle(request, reply, granted.event);
        return reply
          .status(statusOf(recorded, 201))
          .send({ ...consentView(granted.consent, clock.now()), ...recorded });
      },
    );

    app.post(
      "/api/consents/revoke",
      {
        config: { surface: "fra", scopes: ["pin"], orOtp: true },
        schema: {
          operationId: "revokeConsent",
          tags: ["FRA onboarding"],
          summary: "End a consent at once",
          description:
            "Needs an API key of the scope `pin`, or a code for `consent_revoke` as `otp` in its place.",
          security: [{ apiKey: [] }, {}],
          headers: operationHeaders,
          body: consentRevokeBody,
          response: {
            200: consentAnswer,
            202: consentAnswer,
            ...operationProblems(403, 404),
          },
        },
      },
      async (request, reply) => {
        const { consentId, otp: code } = request.body;
        const caller = callerOf(request, request.body);
        const revoked = await idempotent(request, reply, (token) =>
          consent.revoke(caller, consentId, code, token),
        );
        const recorded = await settle(request, reply, revoked.event);
        return reply
          .status(statusOf(recorded, 200))
          .send({ ...consentView(revoked.consent, clock.now()), ...recorded });
      },
    );

    app.get(
      "/api/consents",
      {
        config: { surface: "fra", scopes: ["pin"] },
        schema: {
          operationId: "listConsents",
          tags: ["FRA onboarding"],
          summary: "All consents of a phone's holder, oldest first, each with its receipt",
          security: [{ apiKey: [] }],
          querystring: consentQuery,
          response: { 200: consentList, ...problems(400, 403) },
        },
      },
      async (request) => {
        const held = await consent.list(parsePhoneNumber(request.query.phoneNumber));
        if (held === null) return { consents: [] };
        const now = clock.now();
        const { identityHash } = held.subject;
        const views = held.consents.map(async (one) => {
          const { anchor } = await receipts.event(one.eventId);
          return {
            ...consentView(one, now),
            eventId: one.eventId,
            eventUrl: eventUrl(one.eventId),
            receipt: consentReceiptView(one, { identityHash, controller, anchor }),
          };
        });
        return { consents: await Promise.all(views) };
      },
    );
  };
}
