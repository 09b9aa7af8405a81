import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { hasZodFastifySchemaValidationErrors } from "fastify-type-provider-zod";
import { Refusal } from "../../domain/errors.ts";
import { challenge } from "../challenge.ts";
import { DatabaseUnavailable } from "../../ports.ts";
import type { Metrics } from "../metrics.ts";
import { PROBLEM_TYPE, problem, refusalProblem, statusProblem } from "../problem.ts";
import type { Problem, Surface, TransportCode } from "../problem.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** Whose names error codes go by; `plain` where a route does not say. */
    surface?: Surface;
    /** The code of an error that nobody foresaw; INTERNAL_ERROR where a route does not say. */
    faultCode?: "VERIFICATION_ERROR";
    /** The type that the body must have, where it is not JSON. */
    consumes?: "text/plain";
  }
}

const TRANSPORT_CODES: Readonly<Record<string, readonly [TransportCode, string]>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: ["PAYLOAD_TOO_LARGE", "The body is larger than this endpoint accepts."],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: ["UNSUPPORTED_MEDIA_TYPE", "Send application/json."],
  FST_ERR_CTP_EMPTY_JSON_BODY: ["MALFORMED_BODY", "The body is empty."],
  FST_ERR_CTP_INVALID_JSON_BODY: ["MALFORMED_BODY", "The body is not valid JSON."],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: ["MALFORMED_BODY", "The body is not as long as Content-Length says."],
};

/** Every error leaves as a problem document, and what it says never repeats what was sent. */
export function registerErrors(app: FastifyInstance, metrics: Metrics): void {
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const surface = surfaceOf(request);
    if (error instanceof Refusal) {
      metrics.refused(error.code, error.reason);
      logRefusal(request, error);
      const wanted = challenge(error);
      if (wanted !== null) reply.header("www-authenticate", wanted);
      return sendProblem(reply, refusalProblem(surface, error));
    }
    if (error instanceof DatabaseUnavailable) {
      request.log.error({ err: error, marker: "FRA_ENDPOINT_ERROR" }, "the database let a request down");
      return sendProblem(reply, databaseProblem(surface, error));
    }
    if (hasZodFastifySchemaValidationErrors(error)) {
      return sendProblem(reply, validationProblem(surface, error));
    }
    const transport = TRANSPORT_CODES[error.code];
    if (transport !== undefined) {
      const [code, detail] = transport;
      const { consumes = "application/json" } = request.routeOptions.config;
      return sendProblem(reply, problem(surface, code, detail.replace("application/json", consumes)));
    }
    if (error instanceof SyntaxError && error.statusCode === 400) {
      return sendProblem(reply, problem(surface, "MALFORMED_BODY", "The body is not valid JSON."));
    }
    // Plugins' own refusals, such as a range that a file of the docs does not have.
    const { statusCode = 500 } = error;
    if (statusCode >= 400 && statusCode < 500) {
      return sendProblem(reply, statusProblem(statusCode, "The request cannot be met as it is."));
    }
    request.log.error({ err: error, marker: "FRA_ENDPOINT_ERROR" }, "a request failed");
    return sendProblem(
      reply,
      problem(
        surface,
        request.routeOptions.config.faultCode ?? "INTERNAL_ERROR",
        "Something went wrong on our side. It has been logged.",
        { instance: request.id },
      ),
    );
  });
}

const DATABASE_RETRY_S = 5;

function databaseProblem(surface: Surface, { reason }: DatabaseUnavailable): Problem {
  return problem(surface, "DATABASE_UNAVAILABLE", "What was asked for is not done: it could not be stored.", {
    reason: `database_${reason}`,
    retryAfterSeconds: DATABASE_RETRY_S,
  });
}

/** Of what callers do wrong only the weak PINs are logged, by rule (seed 002); of what we do wrong, all. */
function logRefusal(request: FastifyRequest, refusal: Refusal): void {
  const { code, reason, cause } = refusal;
  if (code === "WEAK_PIN_REJECTED")
    request.log.info({ marker: "FRA_WEAK_PIN_REJECTED", reason }, "weak PIN rejected");
  if (cause !== undefined)
    request.log.error({ marker: "FRA_ENDPOINT_ERROR", err: cause, code }, refusal.message);
}

export function surfaceOf(request: FastifyRequest): Surface {
  return request.routeOptions.config.surface ?? "plain";
}

/** Sent as text, past the route's response schemas: an error's body is not the route's to shape. */
export function sendProblem(reply: FastifyReply, body: Problem): FastifyReply {
  if (typeof body.retryAfterSeconds === "number") reply.header("retry-after", body.retryAfterSeconds);
  return reply.status(body.status).type(PROBLEM_TYPE).send(JSON.stringify(body));
}

interface InvalidField {
  /** zod's name for what is wrong. */
  readonly keyword: string;
  readonly instancePath: string;
  readonly message?: string;
}

function validationProblem(surface: Surface, error: { validation: readonly InvalidField[] }): Problem {
  const errors = error.validation.slice(0, 10).map(({ instancePath, message }) => ({
    path: instancePath,
    message: message ?? "is not valid",
  }));
  return problem(
    surface,
    "VALIDATION_ERROR",
    "The request does not have the documented form; see `errors`.",
    {
      reason: reasonOf(error.validation[0]),
      errors,
    },
  );
}

/** What is wrong, in one word that clients can branch on. */
function reasonOf(field: InvalidField | undefined): string {
  if (field?.keyword === "unrecognized_keys") return "unknown_field";
  if (field?.message?.endsWith("received undefined")) return "missing_field";
  if (field?.keyword === "invalid_type") return "wrong_type";
  return "invalid_value";
}
