import type { FastifyInstance } from "fastify";
import { problem } from "../problem.ts";
import { sendProblem, surfaceOf } from "./errors.ts";

/** No such address: 404. An address that is there for other methods: 405 and which. Register before all routes. */
export function registerNotFound(app: FastifyInstance): void {
  const methodsOf = new Map<string, Set<string>>();
  app.addHook("onRoute", ({ url, method }) => {
    const known = methodsOf.get(url) ?? new Set();
    for (const one of [method].flat()) known.add(one);
    methodsOf.set(url, known);
  });
  const allowed = (path: string): string[] =>
    [...methodsOf].flatMap(([pattern, methods]) => (matches(pattern, path) ? [...methods] : []));

  app.setNotFoundHandler((request, reply) => {
    const methods = allowed(request.url.replace(/[?#].*$/, ""));
    // A file that is missing is missing, whatever else its route can do.
    if (methods.length === 0 || methods.includes(request.method)) {
      const detail = "There is nothing at this address.";
      return sendProblem(reply, problem(surfaceOf(request), "ROUTE_NOT_FOUND", detail));
    }
    const detail = "This address is there for other methods; see Allow.";
    reply.header("allow", methods.join(", "));
    return sendProblem(reply, problem(surfaceOf(request), "METHOD_NOT_ALLOWED", detail));
  });
}

/** Only the choice between 404 and 405 hangs on this; where a request goes, the router decides. */
function matches(pattern: string, path: string): boolean {
  const [wanted, given] = [pattern.split("/"), path.split("/")];
  return (
    wanted.length === given.length &&
    wanted.every((part, i) => part === given[i] || (part.startsWith(":") && given[i] !== ""))
  );
}
