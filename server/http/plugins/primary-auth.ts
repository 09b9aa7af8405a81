import type { FastifyInstance, FastifyRequest } from "fastify";
import { Refusal } from "../../domain/errors.ts";
import type { AuthenticatedUser, PrimaryAuth } from "../../services/primary-auth.ts";
import { bearer } from "./auth.ts";
import { consoleToken } from "./console-session.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** Who the access token speaks for; null on routes that ask for none. */
    principal: AuthenticatedUser | null;
  }
  interface FastifyContextConfig {
    /** The route is for users with an access token of the configured issuer, or for those among them who administer. */
    auth?: "user" | "admin";
  }
}

/**
 * `Authorization: Bearer <access token>` (RFC 6750, section 2.1), or the console's cookie, on routes whose config says
 * `auth`, and only there.
 */
export function registerPrimaryAuth(app: FastifyInstance, primaryAuth: PrimaryAuth | null): void {
  app.decorateRequest("principal", null);
  app.addHook("onRoute", ({ url, config }) => {
    // Without this a route that nobody can authenticate for would be open to all.
    if (primaryAuth === null && config?.auth !== undefined) {
      throw new Error(`${url} needs primary authentication, and none is configured`);
    }
  });
  // After the client's limit, so that forgeries are counted; before validation, so that strangers learn no form.
  app.addHook("preValidation", async (request) => {
    const { auth } = request.routeOptions.config;
    if (auth === undefined || primaryAuth === null) return;
    request.principal = await primaryAuth.authenticate(accessToken(request));
    if (auth === "admin" && !request.principal.isAdmin) {
      throw new Refusal("FORBIDDEN", "This is for administrators.", { reason: "missing_role" });
    }
  });
}

/** For handlers of routes with `auth`. */
export function principalOf(request: FastifyRequest): AuthenticatedUser {
  if (request.principal === null) throw new Error(`${request.routeOptions.url ?? ""} does not say auth`);
  return request.principal;
}

function accessToken(request: FastifyRequest): string {
  const { rawHeaders } = request.raw;
  const given = rawHeaders.filter((name, i) => i % 2 === 0 && name.toLowerCase() === "authorization");
  // Node takes the first, a proxy before us may have looked at the last.
  if (given.length > 1) {
    throw new Refusal("UNAUTHENTICATED", "The access token is not valid.", { reason: "invalid_token" });
  }
  const token = bearer(request) ?? (given.length === 0 ? consoleToken(request) : null);
  if (token === null) {
    throw new Refusal("UNAUTHENTICATED", "Send an access token as a bearer token.", {
      reason: "missing_token",
    });
  }
  return token;
}
