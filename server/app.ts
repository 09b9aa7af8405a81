import helmet from "@fastify/helmet";
import swagger from "@fastify/swagger";
import swaggerUi from "@fastify/swagger-ui";
import Fastify, { LogController } from "fastify";
import type { FastifyBaseLogger, FastifyInstance } from "fastify";
import {
  jsonSchemaTransform,
  jsonSchemaTransformObject,
  serializerCompiler,
  validatorCompiler,
} from "fastify-type-provider-zod";
import { registerErrors } from "./http/plugins/errors.ts";
import { registerLifecycle } from "./http/plugins/lifecycle.ts";
import { registerRequestLog } from "./http/plugins/request-log.ts";
import { openapi, tidyOpenapi } from "./http/openapi.ts";
import { settler } from "./http/recorded.ts";
import { healthRoutes } from "./http/routes/health.ts";
import type { Readiness } from "./http/routes/health.ts";
import { ledgerRoutes } from "./http/routes/ledger.ts";
import { onboardingRoutes } from "./http/routes/onboarding.ts";
import { pinRoutes } from "./http/routes/pin.ts";
import type { Clock } from "./ports.ts";
import type { Anchorer } from "./services/anchorer.ts";
import type { ConsentService } from "./services/consent.ts";
import type { OtpService } from "./services/otp.ts";
import type { PinService } from "./services/pin.ts";
import type { Receipts } from "./services/receipts.ts";

export interface Services {
  readonly clock: Clock;
  readonly otp: OtpService;
  readonly consent: ConsentService;
  readonly pin: PinService;
  readonly receipts: Receipts;
  readonly anchorer: Anchorer;
  readonly readiness: () => Promise<Readiness>;
}

export interface AppOptions {
  readonly logger: FastifyBaseLogger;
  readonly anchorWaitMs: number;
}

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
    // Longer than common load balancers keep theirs, so that they and not we close an idle connection.
    keepAliveTimeout: 72_000,
  });
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);

  registerErrors(app);
  registerRequestLog(app);
  registerLifecycle(app);
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

  const settle = settler({ ...services, defaultWaitMs: options.anchorWaitMs });
  await app.register(healthRoutes(services));
  await app.register(onboardingRoutes({ ...services, settle }));
  await app.register(pinRoutes({ ...services, settle }));
  await app.register(ledgerRoutes(services));
  return app;
}
