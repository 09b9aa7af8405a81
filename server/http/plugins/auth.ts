import type { FastifyInstance, FastifyRequest } from "fastify";
import { Refusal } from "../../domain/errors.ts";
import type { Client, Clients, Scope } from "../../services/clients.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** Who calls; null when no API key came with the request though keys are configured. */
    client: Client | null;
  }
  interface FastifyContextConfig {
    /** The scope that the caller's API key must have. */
    scope?: Scope;
    /** A fresh one-time code in the body will do instead: the service proves it. */
    orOtp?: boolean;
  }
}

/** `Authorization: Bearer <API key>` names the client; routes say in their config what scope they need. */
export function registerAuth(app: FastifyInstance, clients: Clients): void {
  app.decorateRequest("client", null);
  app.addHook("onRequest", async (request) => {
    request.client = clients.identify(bearer(request));
  });
  app.addHook("preHandler", async (request) => {
    const { scope, orOtp } = request.routeOptions.config;
    if (scope === undefined || request.client?.scopes.has(scope)) return;
    if (orOtp && hasOtp(request.body)) return;
    if (request.client === null) {
      throw new Refusal(
        "UNAUTHENTICATED",
        orOtp ? "Send an API key, or a one-time code as `otp`." : "Send an API key as a bearer token.",
        { reason: "missing_key" },
      );
    }
    throw new Refusal("FORBIDDEN", `This API key lacks the scope ${scope}.`, { reason: "missing_scope" });
  });
}

function bearer(request: FastifyRequest): string | null {
  const match = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? "");
  return match?.[1] ?? null;
}

function hasOtp(body: unknown): boolean {
  return typeof body === "object" && body !== null && "otp" in body && typeof body.otp === "string";
}
