/** The HTTP side of services/idempotency.ts (draft-ietf-httpapi-idempotency-key-header). */
import type { FastifyReply, FastifyRequest } from "fastify";
import { Refusal } from "../domain/errors.ts";
import type { Pseudonyms } from "../ports.ts";
import type { Idempotency, IdempotencyRequest, IdempotencyToken } from "../services/idempotency.ts";

/** Runs a route's operation once for each Idempotency-Key. */
export type Idempotent = <T extends object>(
  request: FastifyRequest,
  reply: FastifyReply,
  operation: (token: IdempotencyToken | null) => Promise<T>,
) => Promise<T>;

export function idempotentBy(deps: {
  readonly idempotency: Idempotency;
  readonly pseudonyms: Pseudonyms;
}): Idempotent {
  const { idempotency, pseudonyms } = deps;
  return async (request, reply, operation) =>
    idempotency.run(keyOf(request, pseudonyms), operation, () => {
      reply.header("idempotency-replayed", "true");
    });
}

/** Keyed hashes only: the body holds PINs, and a plain hash of six digits is the six digits. */
function keyOf(request: FastifyRequest, pseudonyms: Pseudonyms): IdempotencyRequest | null {
  const key = request.headers["idempotency-key"];
  if (key === undefined) return null;
  if (typeof key !== "string" || !/^[\x21-\x7e]{1,255}$/.test(key)) {
    throw new Refusal("VALIDATION_ERROR", "Idempotency-Key must be 1 to 255 visible ASCII characters.", {
      reason: "invalid_idempotency_key",
    });
  }
  // A user's key is good in one session: what was proven there is no answer to another. No client's id has a colon.
  const { principal } = request;
  const client =
    principal === null
      ? (request.client?.id ?? "none")
      : `account:${pseudonyms.fingerprint("session", principal.account, principal.sessionId)}`;
  const route = `${request.method} ${request.routeOptions.url ?? ""} ${JSON.stringify(request.params ?? {})}`;
  return {
    id: pseudonyms.fingerprint("idempotency-key", client, key),
    fingerprint: pseudonyms.fingerprint("idempotency-request", route, JSON.stringify(request.body ?? null)),
  };
}
