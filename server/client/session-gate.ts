/**
 * The session PIN's gate, for the application in front (seed 004, FR-004, FR-005): a page is shown once the ledger says
 * that nothing is left for the user to do. API calls are never gated (FR-010): put this on pages only.
 */
import type { FastifyRequest, preHandlerAsyncHookHandler } from "fastify";
import { ledgerClient } from "./index.ts";
import type { Problem, Schemas } from "./index.ts";

export type SessionStep = Schemas["SessionStep"];

export interface SessionGateOptions {
  /** Where the ledger is, such as http://127.0.0.1:3001 */
  readonly url: string;
  /** The user's access token; from `Authorization: Bearer` unless told, as for an application that keeps it in a cookie. */
  readonly tokenOf?: (request: FastifyRequest) => string | null;
  readonly timeoutMs?: number;
}

/** What the application answers in the page's place. */
export interface GateAnswer {
  readonly status: 401 | 403 | 503;
  readonly body: Problem;
}

const TIMEOUT_MS = 5_000;
const RETRY_S = 5;

/** A preHandler: lets through on `next: "none"`; else answers 403 with the ledger's step, or 401, or 503. */
export function sessionGate(options: SessionGateOptions): preHandlerAsyncHookHandler {
  const { tokenOf = bearerOf } = options;
  return async (request, reply) => {
    // Also for the page itself: a copy in a cache would be shown without asking.
    reply.header("cache-control", "no-store");
    const answer = await askAtGate(options, tokenOf(request));
    if (answer === null) return;
    const { status, body } = answer;
    reply.status(status).type("application/problem+json");
    if (status === 401) reply.header("www-authenticate", "Bearer");
    if (typeof body.retryAfterSeconds === "number") reply.header("retry-after", body.retryAfterSeconds);
    return reply.send(JSON.stringify(body));
  };
}

/** Null: let the session in. The gate stays shut whenever the ledger does not say to open it. */
export async function askAtGate(
  { url, timeoutMs = TIMEOUT_MS }: SessionGateOptions,
  token: string | null,
): Promise<GateAnswer | null> {
  if (token === null) return refusal(401, "UNAUTHENTICATED", "Sign in first.");
  const client = ledgerClient({
    url,
    token,
    fetch: (request) => fetch(request, { signal: AbortSignal.timeout(timeoutMs) }),
  });
  const asked = await client.GET("/api/session").catch(() => null);
  if (asked?.response.status === 401) return refusal(401, "UNAUTHENTICATED", "Sign in again.");
  const step: unknown = asked?.data;
  if (!isStep(step)) {
    const detail = "Whether this session may go on cannot be told at the moment.";
    return refusal(503, "SESSION_GATE_UNAVAILABLE", detail, { retryAfterSeconds: RETRY_S });
  }
  if (step.next === "none") return null;
  const { message, reason, retryAfterSeconds, ...rest } = step;
  return refusal(403, "SESSION_PIN_REQUIRED", message, {
    ...rest,
    ...(reason === null ? {} : { reason }),
    ...(retryAfterSeconds === null ? {} : { retryAfterSeconds }),
  });
}

/** Types promise it of the ledger; something else may stand at its address. */
const isStep = (answer: unknown): answer is SessionStep =>
  typeof answer === "object" &&
  answer !== null &&
  "next" in answer &&
  typeof answer.next === "string" &&
  "message" in answer &&
  typeof answer.message === "string";

function refusal(
  status: GateAnswer["status"],
  code: string,
  detail: string,
  members: Record<string, unknown> = {},
): GateAnswer {
  return { status, body: { type: "about:blank", title: TITLES[status], status, detail, code, ...members } };
}

const TITLES = {
  401: "The user is not signed in",
  403: "The user must do something first",
  503: "The session cannot be checked",
} as const;

function bearerOf({ headers }: FastifyRequest): string | null {
  return /^Bearer +(\S+)$/i.exec(headers.authorization ?? "")?.[1] ?? null;
}
