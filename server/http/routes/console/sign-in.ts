/**
 * `/console/sign-in` and `/console/callback`: to the bank's own login and back. Browsers come here by themselves, so
 * every end is a page: what went wrong is a code from a fixed list in its address, and the page has the words.
 */
import type { FastifyReply } from "fastify";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import type { SignInFailure } from "../../../domain/sign-in.ts";
import { SECOND } from "../../../domain/time.ts";
import type { ConsoleSignIn } from "../../../services/console-sign-in.ts";
import { fitsCookie, setConsoleToken } from "../../plugins/console-session.ts";
import { keepFlow, localPage, takeFlow } from "../../plugins/sign-in-flow.ts";

const HOME = "/console";

const wish = z.strictObject({
  to: localPage.default(HOME),
  /** To replace a PIN that is forgotten: however one is signed in, that must be a moment ago. */
  fresh: z.literal("1").optional(),
});

/** Not for HEAD, which is asked by what is not a person; and each may cost the provider a request. */
const options = { config: { limited: true }, exposeHeadRoute: false } as const;

export function consoleSignInRoutes(signIn: ConsoleSignIn): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      "/console/sign-in",
      { ...options, schema: { hide: true, querystring: wish } },
      async ({ query: { to, fresh } }, reply) => {
        const beginning = await signIn.begin({ fresh: fresh !== undefined });
        if ("failed" in beginning) return explainAt(reply, to, beginning.failed);
        keepFlow(reply, { ...beginning.flow, to });
        return reply.redirect(beginning.url, 303);
      },
    );

    app.get("/console/callback", { ...options, schema: { hide: true } }, async (request, reply) => {
      const flow = takeFlow(request, reply);
      if (flow === null) return explainAt(reply, HOME, "expired");
      const { to, ...underWay } = flow;
      const answer = new URLSearchParams(request.url.replace(/^[^?]*/, ""));
      const finished = await signIn.finish(answer, underWay);
      if ("failed" in finished) return explainAt(reply, to, finished.failed);
      if (!fitsCookie(finished.token)) {
        const why = `${finished.token.length} characters`;
        request.log.warn({ failed: "token_too_large", why }, "a sign-in to the console failed");
        return explainAt(reply, to, "token_too_large");
      }
      setConsoleToken(reply, finished.token, Math.floor(finished.lifeMs / SECOND));
      return reply.redirect(to, 303);
    });
  };
}

const explainAt = (reply: FastifyReply, page: string, failure: SignInFailure): FastifyReply =>
  reply.redirect(`${page}?signin=${failure}`, 303);
