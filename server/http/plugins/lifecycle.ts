import type { FastifyInstance } from "fastify";

/** Answers are about persons and moments: no cache may keep them. And a closing server says so to keep-alive clients. */
export function registerLifecycle(app: FastifyInstance): void {
  let closing = false;
  app.addHook("preClose", async () => {
    closing = true;
  });
  app.addHook("onSend", async (request, reply) => {
    if (request.url.startsWith("/api/") || request.url.startsWith("/health/"))
      reply.header("cache-control", "no-store");
    // Without this a kept-alive connection that was busy when we began to close can hold the close for its whole timeout.
    if (closing) reply.header("connection", "close");
  });
}
