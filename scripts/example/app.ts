import Fastify from "fastify";
import type { FastifyInstance, preHandlerAsyncHookHandler } from "fastify";
import { askAtGate, sessionGate } from "../../server/client/session-gate.ts";

/** An application in front of the ledger: a page behind the session PIN, and an API that is not. */
export function exampleApp(ledgerUrl: string): FastifyInstance {
  const app = Fastify({ logger: false });

  app.get("/", { preHandler: sessionGate({ url: ledgerUrl }) }, (_request, reply) =>
    reply.type("text/html").send("<h1>Your accounts</h1>\n"),
  );

  app.get("/api/balance", { preHandler: signedIn(ledgerUrl) }, () => ({ balance: "42.00" }));

  return app;
}

/** Stands for however your application checks its access tokens today: the PIN changes nothing about it (FR-010). */
const signedIn =
  (url: string): preHandlerAsyncHookHandler =>
  async (request, reply) => {
    const token = request.headers.authorization?.replace(/^Bearer /i, "") ?? null;
    const answer = await askAtGate({ url }, token);
    if (answer !== null && answer.status !== 403) return reply.status(answer.status).send(answer.body);
  };
