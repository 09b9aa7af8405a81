/** Errors from below the routes, as problem documents: what Node's parser or Fastify's router cannot make sense of. */
import { STATUS_CODES } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { FastifyError, FastifyReply } from "fastify";
import { PROBLEM_TYPE, problem, statusProblem } from "../problem.ts";
import { sendProblem } from "./errors.ts";

/** Fastify's router: an address that does not decode, or a part of it that is too long. */
export function answerFrameworkError(error: FastifyError, reply: FastifyReply): void {
  const { statusCode = 500 } = error;
  reply.header("cache-control", "no-store");
  sendProblem(
    reply,
    statusCode < 500
      ? statusProblem(statusCode, "There can be nothing at this address.")
      : problem("plain", "INTERNAL_ERROR", "Something went wrong on our side."),
  );
}

/** `Expect: anything` but 100-continue: Node asks here, before any route. */
export function answerExpectation(_request: IncomingMessage, response: ServerResponse): void {
  const body = JSON.stringify(statusProblem(417, "This service meets no expectation but 100-continue."));
  response
    .writeHead(417, {
      "content-type": PROBLEM_TYPE,
      "content-length": body.length,
      "cache-control": "no-store",
    })
    .end(body);
}

const PARSER_ERRORS: Readonly<Record<string, readonly [number, string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: [408, "The request did not arrive in time."],
  HPE_HEADER_OVERFLOW: [431, "The header is larger than this service accepts."],
};

/** Node's parser: there is no request yet, and so nothing to reply to but the connection. */
export function answerClientError(error: { readonly code?: string }, socket: Socket): void {
  // What the caller has torn down cannot be told anything.
  if (error.code === "ECONNRESET" || socket.destroyed) return;
  const [status, detail] = PARSER_ERRORS[error.code ?? ""] ?? [400, "This is not HTTP."];
  const body = JSON.stringify(statusProblem(status, detail));
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}`,
    `content-type: ${PROBLEM_TYPE}`,
    `content-length: ${new TextEncoder().encode(body).length}`,
    "cache-control: no-store",
    "connection: close",
  ];
  if (socket.writable) socket.write(`${head.join("\r\n")}\r\n\r\n${body}`);
  socket.destroy();
}
