/** The way to a PIN: prove the phone, accept the terms. */
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { consentState } from "../../domain/consent.ts";
import type { Consent } from "../../domain/consent.ts";
import { parsePhoneNumber } from "../../domain/phone.ts";
import { isoInstant } from "../../domain/time.ts";
import type { Clock } from "../../ports.ts";
import type { ConsentService } from "../../services/consent.ts";
import type { OtpService } from "../../services/otp.ts";
import { callerOf } from "../caller.ts";
import { eventUrl, statusOf } from "../recorded.ts";
import type { Settle } from "../recorded.ts";
import { problems } from "../schemas/common.ts";
import {
  consentAnswer,
  consentBody,
  consentList,
  consentQuery,
  otpRequestAnswer,
  otpRequestBody,
} from "../schemas/fra.ts";

export function onboardingRoutes(deps: {
  readonly otp: OtpService;
  readonly consent: ConsentService;
  readonly settle: Settle;
  readonly clock: Clock;
}): FastifyPluginAsyncZod {
  const { otp, consent, settle, clock } = deps;
  const config = { surface: "fra" } as const;

  return async (app) => {
    app.post(
      "/api/otp/request",
      {
        config,
        schema: {
          operationId: "requestOtp",
          tags: ["FRA onboarding"],
          summary: "Send a one-time code to a phone",
          description:
            "The possession factor: 6 digits, valid for 5 minutes, 5 tries, once for each purpose. " +
            "One code may serve several purposes. Does not wait for the chain.",
          body: otpRequestBody,
          response: { 202: otpRequestAnswer, ...problems(400, 429, 503) },
        },
      },
      async (request, reply) => {
        const { challengeId, expiresAt, event } = await otp.request(
          callerOf(request, request.body),
          request.body.purposes,
        );
        // Nobody needs to wait for a block before typing a code.
        request.headers.prefer = "respond-async";
        const recorded = await settle(request, reply, event);
        return reply.status(202).send({ challengeId, expiresAt: isoInstant(expiresAt), ...recorded });
      },
    );

    app.post(
      "/api/consents",
      {
        config,
        schema: {
          operationId: "grantConsent",
          tags: ["FRA onboarding"],
          summary: "Record that the customer accepted a document",
          body: consentBody,
          response: { 201: consentAnswer, 202: consentAnswer, ...problems(400, 429, 503) },
        },
      },
      async (request, reply) => {
        const { otp: code, purpose, documentVersion, documentHash } = request.body;
        const granted = await consent.grant(callerOf(request, request.body), code, {
          purpose,
          documentVersion,
          documentHash,
        });
        const recorded = await settle(request, reply, granted.event);
        return reply
          .status(statusOf(recorded, 201))
          .send({ ...consentView(granted.consent, clock.now()), ...recorded });
      },
    );

    app.get(
      "/api/consents",
      {
        config,
        schema: {
          operationId: "listConsents",
          tags: ["FRA onboarding"],
          summary: "All consents of a phone's holder, oldest first",
          querystring: consentQuery,
          response: { 200: consentList, ...problems(400) },
        },
      },
      async (request) => {
        const consents = await consent.list(parsePhoneNumber(request.query.phoneNumber));
        const now = clock.now();
        return {
          consents: consents.map((one) => ({
            ...consentView(one, now),
            eventId: one.eventId,
            eventUrl: eventUrl(one.eventId),
          })),
        };
      },
    );
  };
}

function consentView(consent: Consent, now: number) {
  const when = (ms: number | null) => (ms === null ? null : isoInstant(ms));
  return {
    consentId: consent.id,
    purpose: consent.purpose,
    documentVersion: consent.documentVersion,
    documentHash: consent.documentHash,
    grantedAt: isoInstant(consent.grantedAt),
    expiresAt: when(consent.expiresAt),
    revokedAt: when(consent.revokedAt),
    status: consentState(consent, now),
  };
}
