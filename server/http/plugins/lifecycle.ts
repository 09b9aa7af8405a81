import type { FastifyInstance } from "fastify";
import { problem } from "../problem.ts";
import { sendProblem } from "./errors.ts";

/** Pages that are the same for everybody, by the route's pattern. */
const PUBLIC = /^\/(docs(\/|$)|openapi\.json$)/;

/**
 * Answers are about persons and moments: no cache may keep them, unless their route says otherwise. And a closing
 * server says so to keep-alive clients.
 */
export function registerLifecycle(
  app: FastifyInstance,
  hooks: { readonly releaseWaiters: () => void },
): void {
  let closing = false;
  app.addHook("preClose", async () => {
    closing = true;
    // The server closes once all have their answer, and who waits for a slow chain would hold it up for half a minute.
    // An app that never listened (scripts/openapi.ts) has nobody who waits.
    if (app.server.listening) hooks.releaseWaiters();
  });
  // In place of Fastify's own 503, which is no problem document. New work on old connections is for another instance.
  app.addHook("onRequest", async (_request, reply) => {
    if (!closing) return;
    return sendProblem(
      reply,
      problem("plain", "SHUTTING_DOWN", "Nothing was done. Another instance will answer.", {
        retryAfterSeconds: 1,
      }),
    );
  });
  app.addHook("onSend", async (request, reply) => {
    // What has no route (404, 405) is kept from caches, too: by default they may keep it.
    if (!PUBLIC.test(request.routeOptions.url ?? "") && !reply.hasHeader("cache-control")) {
      reply.header("cache-control", "no-store");
    }
    // Without this a kept-alive connection that was busy when we began to close can hold the close for its whole timeout.
    if (closing) reply.header("connection", "close");
  });
}
