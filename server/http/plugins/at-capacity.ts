import type { FastifyInstance } from "fastify";
import type { PinHasher } from "../../ports.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** Every request to this route that is in order hashes a PIN. */
    hashes?: boolean;
  }
}

/**
 * Refuses what would find no slot before anything of it is read: whoever is refused should cost those who are served as
 * little as can be. Not what may repeat an operation that is done: its outcome is remembered, and needs no slot.
 */
export function registerAtCapacity(app: FastifyInstance, hasher: Pick<PinHasher, "assertRoom">): void {
  app.addHook("onRequest", async ({ routeOptions, headers }) => {
    if (routeOptions.config.hashes === true && headers["idempotency-key"] === undefined) hasher.assertRoom();
  });
}
