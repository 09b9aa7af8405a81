import type { FastifyInstance, FastifyRequest } from "fastify";
import { Refusal } from "../../domain/errors.ts";
import type { Client, Clients, Scope } from "../../services/clients.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** Who calls; null when no API key came with the request though keys are configured. */
    client: Client | null;
  }
  interface FastifyContextConfig {
    /** The caller's API key must have one of these. */
    scopes?: readonly Scope[];
    /** A fresh one-time code in the body will do instead: the service proves it. */
    orOtp?: boolean;
    /** So will the phone that a code is sent to, or was, unless the operator wants a key everywhere. */
    orPhone?: boolean;
  }
}

/**
 * `Authorization: Bearer <API key>` names the client; routes say in their config what scopes will do. On routes for users
 * (primary-auth.ts) the header holds an access token, and there is no client.
 */
export function registerAuth(app: FastifyInstance, clients: Clients, keyRequired: boolean): void {
  app.decorateRequest("client", null);
  app.addHook("onRequest", async (request) => {
    if (request.routeOptions.config.auth === undefined) request.client = clients.identify(bearer(request));
  });
  app.addHook("preHandler", async (request) => {
    const { scopes, orOtp, orPhone } = request.routeOptions.config;
    if (scopes === undefined || holdsAny(request.client, scopes)) return;
    if (orPhone && !keyRequired) return;
    const codeDoes = orOtp === true && !keyRequired;
    if (codeDoes && hasOtp(request.body)) return;
    if (request.client === null) {
      throw new Refusal(
        "UNAUTHENTICATED",
        codeDoes ? "Send an API key, or a one-time code as `otp`." : "Send an API key as a bearer token.",
        { reason: "missing_key" },
      );
    }
    throw new Refusal("FORBIDDEN", `This API key lacks the scope ${scopes.join(" or ")}.`, {
      reason: "missing_scope",
    });
  });
}

export const holdsAny = (client: Client | null, scopes: readonly Scope[]): boolean =>
  client !== null && scopes.some((scope) => client.scopes.has(scope));

export function bearer(request: FastifyRequest): string | null {
  const match = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? "");
  return match?.[1] ?? null;
}

function hasOtp(body: unknown): boolean {
  return typeof body === "object" && body !== null && "otp" in body && typeof body.otp === "string";
}
