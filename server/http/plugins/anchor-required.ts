import type { FastifyInstance } from "fastify";
import { Refusal } from "../../domain/errors.ts";
import { SECOND } from "../../domain/time.ts";
import type { AnchorerState } from "../../services/anchorer.ts";
import { isApi } from "../api-route.ts";

const OPERATIONS = new Set(["POST", "DELETE"]);

/**
 * Refuses an operation before it does anything: with ANCHOR_REQUIRED=true while the chain is known to be down, and in
 * any case once so many events wait for the chain that the ledger would run away from it.
 */
export function registerAnchorRequired(
  app: FastifyInstance,
  state: () => Pick<AnchorerState, "trouble" | "backlog">,
  limits: { readonly required: boolean; readonly maxBacklog: number },
): void {
  app.addHook("preValidation", async (request) => {
    if (!OPERATIONS.has(request.method) || !isApi(request)) return;
    const { trouble, backlog } = state();
    if (backlog >= limits.maxBacklog) throw refusal("backlog_full", "Too many events wait for the chain");
    if (limits.required && trouble !== null) throw refusal("chain_unavailable", "The chain is not available");
  });
}

const refusal = (reason: string, why: string): Refusal =>
  new Refusal("BLOCKCHAIN_STORAGE_ERROR", `${why}, and nothing was done.`, {
    reason,
    retryAfterMs: 5 * SECOND,
  });
