/** `/console/session` and `/console/config`: what the console's pages must know, and how people sign in to them. */
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import { Refusal } from "../../../domain/errors.ts";
import { LONGEST_NAME } from "../../../domain/principal.ts";
import { HOUR, SECOND } from "../../../domain/time.ts";
import type { Clock, DevIssuer } from "../../../ports.ts";
import type { ConsoleSignIn } from "../../../services/console-sign-in.ts";
import type { PrimaryAuth } from "../../../services/primary-auth.ts";
import type { Receipts } from "../../../services/receipts.ts";
import { devToken, inSeconds } from "../../dev-claims.ts";
import { holdsAny } from "../../plugins/auth.ts";
import {
  clearConsoleToken,
  consoleToken,
  assertSameOrigin,
  setConsoleToken,
} from "../../plugins/console-session.ts";
import { phoneInput, problems } from "../../schemas/common.ts";

const tags = ["Console"];
const SIGNED_IN_S = HOUR / SECOND;

const config = z
  .strictObject({
    signIn: z.enum(["development", "openid"]).nullable().describe("How users sign in; null: they cannot"),
    onboarding: z
      .boolean()
      .describe("Whether a page may call the FRA surface: where no API keys are configured"),
    audit: z.boolean().describe("Whether the ledger's events are for everybody here"),
    chain: z.strictObject({
      rpcUrl: z
        .string()
        .nullable()
        .describe("The embedded chain's; another endpoint's address may be a secret"),
      chainId: z.int(),
      contract: z.string(),
    }),
    ledgerKey: z.string().describe("C2SP verifier key. All of this is what the service says of itself"),
  })
  .meta({ id: "ConsoleConfig" });

const session = z
  .strictObject({
    signedIn: z.boolean(),
    name: z.string().nullable().describe("`sub` of the token"),
    admin: z.boolean(),
  })
  .meta({ id: "ConsoleSession" });

const signedOut = z
  .strictObject({ signOutUrl: z.string().describe("The provider's page on which that one is ended") })
  .meta({ id: "ConsoleSignedOut" });

const signInBody = z
  .strictObject({
    account: z.string().min(1).max(LONGEST_NAME),
    phoneNumber: phoneInput.optional().describe("A number that the account has verified"),
    admin: z.boolean().optional(),
  })
  .meta({ id: "ConsoleSignIn" });

export interface ConsoleSessionDeps {
  readonly clock: Clock;
  readonly newId: () => string;
  readonly primaryAuth: PrimaryAuth | null;
  readonly devIssuer: DevIssuer | null;
  readonly consoleSignIn: ConsoleSignIn | null;
  readonly receipts: Receipts;
  readonly console: {
    /** Null: pages must ask the visitor. */
    readonly rpcUrl: string | null;
    readonly chainId: number;
    readonly contract: string;
    readonly adminRole: string;
  };
}

/** An issuer whose login pages we were not told of lets nobody in here. */
function kindOfSignIn({ devIssuer, consoleSignIn }: ConsoleSessionDeps): "development" | "openid" | null {
  if (devIssuer !== null) return "development";
  return consoleSignIn === null ? null : "openid";
}

export function consoleSessionRoutes(deps: ConsoleSessionDeps): FastifyPluginAsyncZod {
  const { clock, newId, primaryAuth, devIssuer, consoleSignIn, receipts } = deps;
  const { adminRole, rpcUrl, chainId, contract } = deps.console;

  return async (app) => {
    app.get(
      "/console/config",
      {
        schema: {
          operationId: "getConsoleConfig",
          tags,
          summary: "What the console's pages must know of this service",
          response: { 200: config, ...problems() },
        },
      },
      async (request) => ({
        signIn: kindOfSignIn(deps),
        onboarding: holdsAny(request.client, ["pin"]),
        audit: holdsAny(request.client, ["audit"]),
        chain: { rpcUrl, chainId, contract },
        ledgerKey: await receipts.verifierKey(),
      }),
    );

    app.get(
      "/console/session",
      {
        schema: {
          operationId: "getConsoleSession",
          tags,
          summary: "Who is signed in to the console in this browser",
          response: { 200: session, ...problems(403, 503) },
        },
      },
      async (request, reply) => {
        // It is about whoever asks.
        reply.header("cache-control", "no-store");
        const token = consoleToken(request);
        const nobody = { signedIn: false, name: null, admin: false };
        if (token === null || primaryAuth === null) return nobody;
        const user = await primaryAuth.authenticate(token).catch((error: unknown) => {
          if (error instanceof Refusal && error.code === "UNAUTHENTICATED") return null;
          throw error;
        });
        if (user !== null) return { signedIn: true, name: user.subject, admin: user.isAdmin };
        clearConsoleToken(reply);
        return nobody;
      },
    );

    app.delete(
      "/console/session",
      {
        schema: {
          operationId: "signOutOfConsole",
          tags,
          summary: "Sign out: the browser forgets the cookie",
          response: {
            200: signedOut.describe("Signed out here, and the provider has a session of its own"),
            204: z.null().describe("Signed out"),
            ...problems(400, 403, 413, 415),
          },
        },
      },
      async (request, reply) => {
        assertSameOrigin(request);
        clearConsoleToken(reply);
        const signOutUrl = (await consoleSignIn?.signOutUrl()) ?? null;
        return signOutUrl === null ? reply.status(204).send(null) : { signOutUrl };
      },
    );

    if (devIssuer === null) return;
    app.post(
      "/console/session",
      {
        schema: {
          operationId: "signInToConsole",
          tags,
          summary: "Sign in as anybody, where the built-in issuer stands in for the bank's login",
          description: "Absent in production, and wherever an issuer is configured (JWT_ISSUER).",
          body: signInBody,
          response: { 204: z.null().describe("Signed in, by a cookie"), ...problems(400, 403, 413, 415) },
        },
      },
      async (request, reply) => {
        assertSameOrigin(request);
        const { account: sub, phoneNumber, admin = false } = request.body;
        const now = inSeconds(clock.now());
        const person = { sub, phoneNumber, authTime: now, ...(admin ? { roles: [adminRole] } : {}) };
        const token = await devToken(devIssuer, person, { now, expiresIn: SIGNED_IN_S, newId });
        setConsoleToken(reply, token, SIGNED_IN_S);
        return reply.status(204).send(null);
      },
    );
  };
}
