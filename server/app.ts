import { randomUUID } from "node:crypto";
import helmet from "@fastify/helmet";
import swagger from "@fastify/swagger";
import swaggerUi from "@fastify/swagger-ui";
import Fastify, { LogController } from "fastify";
import type { FastifyBaseLogger, FastifyInstance, FastifyReply } from "fastify";
import {
  jsonSchemaTransform,
  jsonSchemaTransformObject,
  serializerCompiler,
} from "fastify-type-provider-zod";
import { idempotentBy } from "./http/idempotent.ts";
import type { Metrics } from "./http/metrics.ts";
import { openapi, tidyOpenapi } from "./http/openapi.ts";
import { registerAnchorRequired } from "./http/plugins/anchor-required.ts";
import { registerAtCapacity } from "./http/plugins/at-capacity.ts";
import { registerAuth } from "./http/plugins/auth.ts";
import { registerConsoleSession } from "./http/plugins/console-session.ts";
import type { ConsoleCookies } from "./http/plugins/console-session.ts";
import { registerErrors } from "./http/plugins/errors.ts";
import {
  answerClientError,
  answerExpectation,
  answerFrameworkError,
} from "./http/plugins/framework-errors.ts";
import { registerLifecycle } from "./http/plugins/lifecycle.ts";
import { registerLimits } from "./http/plugins/limits.ts";
import type { Limits } from "./http/plugins/limits.ts";
import { registerNotFound } from "./http/plugins/not-found.ts";
import { registerPrimaryAuth } from "./http/plugins/primary-auth.ts";
import { registerRequestLog } from "./http/plugins/request-log.ts";
import { settler } from "./http/recorded.ts";
import { adminRoutes } from "./http/routes/admin.ts";
import { auditRoutes } from "./http/routes/audit.ts";
import { checkpointRoutes } from "./http/routes/checkpoints.ts";
import { consentRoutes } from "./http/routes/consents.ts";
import { consolePages } from "./http/routes/console/pages.ts";
import { consoleSignInRoutes } from "./http/routes/console/sign-in.ts";
import { consoleSessionRoutes } from "./http/routes/console/session.ts";
import type { ConsoleSessionDeps } from "./http/routes/console/session.ts";
import { devTokenRoute } from "./http/routes/dev-token.ts";
import { figuresRoute } from "./http/routes/figures.ts";
import { healthRoutes } from "./http/routes/health.ts";
import { ledgerRoutes } from "./http/routes/ledger.ts";
import { logRoutes } from "./http/routes/log.ts";
import { metricsRoute } from "./http/routes/metrics.ts";
import { otpRoutes } from "./http/routes/otp.ts";
import { pinRoutes } from "./http/routes/pin.ts";
import { sessionPinRoutes } from "./http/routes/session-pin.ts";
import { standardPinRoutes } from "./http/routes/standard-pin.ts";
import { subjectRoutes } from "./http/routes/subjects.ts";
import { validator } from "./http/validator.ts";
import type { Clock, DevIssuer, PinHasher, Pseudonyms } from "./ports.ts";
import type { AdminService } from "./services/admin.ts";
import type { Anchorer } from "./services/anchorer.ts";
import type { Clients } from "./services/clients.ts";
import type { ConsoleSignIn } from "./services/console-sign-in.ts";
import type { ConsentService } from "./services/consent.ts";
import type { Cosignatures } from "./services/cosignatures.ts";
import type { ErasureService } from "./services/erasure.ts";
import type { EventReader } from "./services/event-reader.ts";
import type { FiguresService } from "./services/figures.ts";
import type { Idempotency } from "./services/idempotency.ts";
import type { LedgerExport } from "./services/ledger-export.ts";
import type { LogReader } from "./services/log-reader.ts";
import type { OtpService } from "./services/otp.ts";
import type { PinBinding } from "./services/pin-binding.ts";
import type { PinVerification } from "./services/pin-verification.ts";
import type { PrimaryAuth } from "./services/primary-auth.ts";
import type { Readiness } from "./services/readiness.ts";
import type { Receipts } from "./services/receipts.ts";
import type { SessionPin } from "./services/session-pin.ts";
import type { StandardPin } from "./services/standard-pin.ts";

export interface Services {
  readonly clock: Clock;
  readonly pseudonyms: Pseudonyms;
  readonly clients: Clients;
  /** Null where no issuer is configured: then there are no routes for users. */
  readonly primaryAuth: PrimaryAuth | null;
  readonly devIssuer: DevIssuer | null;
  /** Null where people cannot sign in to the console by a provider. */
  readonly consoleSignIn: ConsoleSignIn | null;
  readonly idempotency: Idempotency;
  readonly otp: OtpService;
  readonly consent: ConsentService;
  readonly binding: PinBinding;
  readonly verification: PinVerification;
  readonly standardPin: StandardPin;
  readonly sessionPin: SessionPin;
  readonly admin: AdminService;
  readonly figures: FiguresService;
  readonly erasure: ErasureService;
  readonly receipts: Receipts;
  readonly log: LogReader;
  readonly events: EventReader;
  readonly ledgerExport: LedgerExport;
  readonly cosignatures: Cosignatures;
  readonly anchorer: Anchorer;
  readonly metrics: Metrics;
  readonly readiness: () => Promise<Readiness>;
  readonly hasher: Pick<PinHasher, "assertRoom">;
}

export interface AppOptions {
  readonly logger: FastifyBaseLogger;
  readonly limits: Limits;
  readonly anchor: { readonly waitMs: number; readonly required: boolean; readonly maxBacklog: number };
  /** Who answers for the data, as consent receipts name them. */
  readonly controller: string;
  /** Neither a phone nor a code will do in a key's place. */
  readonly requireApiKey?: boolean;
  /** Absent or null: no web console. */
  readonly console?: ConsoleOptions | null;
  /** Addresses and networks of load balancers, whose X-Forwarded-For is believed; nobody's if absent. */
  readonly trustProxy?: readonly string[];
}

export type ConsoleOptions = ConsoleSessionDeps["console"] &
  ConsoleCookies & {
    /** Where its pages were built to; null where they were not: then there is only what they would ask. */
    readonly folder: string | null;
  };

const BODY_LIMIT = 4 * 1024;
const REQUEST_TIMEOUT_MS = 10_000;

/** The whole API, not listening. */
export async function buildApp(services: Services, options: AppOptions): Promise<FastifyInstance> {
  const app = Fastify({
    loggerInstance: options.logger,
    // http/plugins/request-log.ts does it, without the address and its query.
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: BODY_LIMIT,
    requestTimeout: REQUEST_TIMEOUT_MS,
    // Node looks for late requests every 30 seconds, unless told otherwise.
    http: { connectionsCheckingInterval: 1_000, requestTimeout: REQUEST_TIMEOUT_MS },
    // Longer than common load balancers keep theirs, so that they and not we close an idle connection.
    keepAliveTimeout: 72_000,
    trustProxy:
      options.trustProxy === undefined || options.trustProxy.length === 0 ? false : [...options.trustProxy],
    // http/plugins/lifecycle.ts does it, as a problem document.
    return503OnClosing: false,
    frameworkErrors: (error, _request, reply) => answerFrameworkError(error, reply as FastifyReply),
    clientErrorHandler: answerClientError,
  });
  // Fastify takes it for a string, and JSON it is not.
  app.removeContentTypeParser("text/plain");
  app.setValidatorCompiler(validator);
  app.server.on("checkExpectation", answerExpectation);
  app.setSerializerCompiler(serializerCompiler);

  registerErrors(app, services.metrics);
  registerNotFound(app);
  registerRequestLog(app, services.metrics);
  registerLifecycle(app, { releaseWaiters: () => services.anchorer.release() });
  registerAtCapacity(app, services.hasher);
  registerAuth(app, services.clients, options.requireApiKey === true);
  const { console = null } = options;
  if (console !== null) await registerConsoleSession(app, console);
  await registerLimits(app, options.limits);
  registerPrimaryAuth(app, services.primaryAuth);
  registerAnchorRequired(app, () => services.anchorer.state(), options.anchor);
  await app.register(helmet, {
    contentSecurityPolicy: { directives: { upgradeInsecureRequests: null } },
    strictTransportSecurity: false,
  });
  await app.register(swagger, {
    openapi,
    transform: jsonSchemaTransform,
    transformObject: (document) => tidyOpenapi(jsonSchemaTransformObject(document)),
  });
  await app.register(swaggerUi, { routePrefix: "/docs", staticCSP: true });
  app.get("/openapi.json", { schema: { hide: true } }, () => app.swagger());

  const settle = settler({ ...services, defaultWaitMs: options.anchor.waitMs });
  const idempotent = idempotentBy(services);
  const shared = { ...services, settle, idempotent };
  await app.register(healthRoutes(services));
  await app.register(metricsRoute(services));
  await app.register(otpRoutes(shared));
  await app.register(consentRoutes({ ...shared, controller: options.controller }));
  await app.register(pinRoutes(shared));
  if (services.primaryAuth !== null) {
    await app.register(standardPinRoutes(shared));
    await app.register(sessionPinRoutes(shared));
    await app.register(adminRoutes(shared));
    await app.register(figuresRoute(services));
  }
  await app.register(subjectRoutes(shared));
  await app.register(ledgerRoutes(services));
  await app.register(logRoutes(services));
  await app.register(auditRoutes(services));
  await app.register(checkpointRoutes(services));
  const { devIssuer, clock } = services;
  if (devIssuer !== null) await app.register(devTokenRoute({ devIssuer, clock, newId: randomUUID }));
  if (console !== null) {
    await app.register(consoleSessionRoutes({ ...services, newId: randomUUID, console }));
    if (services.consoleSignIn !== null) await app.register(consoleSignInRoutes(services.consoleSignIn));
    if (console.folder !== null) await app.register(consolePages({ folder: console.folder }));
  }
  return app;
}
