import type { FastifyInstance } from "fastify";
import { Refusal } from "../../domain/errors.ts";
import { SECOND } from "../../domain/time.ts";
import { isApi } from "../api-route.ts";

const OPERATIONS = new Set(["POST", "DELETE"]);

/** ANCHOR_REQUIRED=true: while the chain is known to be down, an operation is refused before it does anything. */
export function registerAnchorRequired(app: FastifyInstance, chainTrouble: () => string | null): void {
  app.addHook("preValidation", async (request) => {
    if (!OPERATIONS.has(request.method) || !isApi(request)) return;
    if (chainTrouble() === null) return;
    throw new Refusal("BLOCKCHAIN_STORAGE_ERROR", "The chain is not available, and nothing was done.", {
      reason: "chain_unavailable",
      retryAfterMs: 5 * SECOND,
    });
  });
}
