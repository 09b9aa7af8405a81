/** The last step of every operation: wait for its event's block, and say where it stands. */
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Anchorer } from "../services/anchorer.ts";
import type { Appended } from "../services/ledger.ts";
import type { Receipts } from "../services/receipts.ts";
import { waitPreference } from "./prefer.ts";

/** The members that every operation's answer carries (schemas/common.ts, `recorded`). */
export interface Recorded {
  readonly eventId: string;
  readonly eventUrl: string;
  readonly txHash: string | null;
  readonly blockNumber: number | null;
  readonly anchor: {
    readonly status: "pending" | "mined" | "final";
    readonly chainId: number;
    readonly contract: string;
    readonly txHash: string | null;
    readonly blockNumber: number | null;
  };
}

/** Waits as long as the client prefers, then reports. The event is committed already: nothing here can lose it. */
export type Settle = (
  request: FastifyRequest,
  reply: FastifyReply,
  event: Appended,
  options?: { readonly waitMs: number },
) => Promise<Recorded>;

export const eventUrl = (id: string): string => `/api/ledger/events/${id}`;

export function settler(deps: {
  readonly anchorer: Anchorer;
  readonly receipts: Receipts;
  readonly defaultWaitMs: number;
}): Settle {
  const { anchorer, receipts, defaultWaitMs } = deps;
  return async (request, reply, event, options) => {
    const prefer = request.headers.prefer;
    const preference = waitPreference(Array.isArray(prefer) ? prefer.join(",") : prefer, defaultWaitMs);
    if (preference.applied !== null) reply.header("preference-applied", preference.applied);
    await anchorer.anchored(event.index, options?.waitMs ?? preference.waitMs);
    const { status, blockNumber, txHash } = await receipts.anchorOf(event.index);
    const { chainId, contract } = anchorer.epoch;
    const url = eventUrl(event.id);
    const mined = status === "mined" || status === "final";
    const place = mined ? { txHash, blockNumber } : { txHash: null, blockNumber: null };
    if (!mined) reply.header("location", url);
    return {
      eventId: event.id,
      eventUrl: url,
      ...place,
      anchor: { status: mined ? status : "pending", chainId, contract, ...place },
    };
  };
}

/** 202 while the chain is still to say; the operation itself is done either way. */
export const statusOf = <Done extends number>(recorded: Recorded, done: Done): Done | 202 =>
  recorded.anchor.status === "pending" ? 202 : done;
