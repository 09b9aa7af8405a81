/** The ledger as auditors read it. */
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import { fromUtf8, toHex } from "../../ledger/index.ts";
import type { ReceiptAnchor } from "../../ledger/index.ts";
import type { StoredEvent } from "../../ports.ts";
import type { Client } from "../../services/clients.ts";
import type { Receipts } from "../../services/receipts.ts";
import { holdsAny } from "../plugins/auth.ts";
import { hash32, problems } from "../schemas/common.ts";

/** Who may read what an event says: those who bring it about, and those who check it. */
const READERS = ["pin", "audit"] as const;

const params = z.strictObject({ id: z.uuid() });

const anchorStatus = z
  .strictObject({
    status: z.enum(["committed", "broadcast", "mined", "final"]),
    chainId: z.int().nullable(),
    contract: z.string().nullable(),
    txHash: z.string().nullable(),
    blockNumber: z.int().nullable(),
    blockHash: z.string().nullable(),
  })
  .meta({ id: "AnchorStatus" });

export const eventFields = {
  id: z.uuid(),
  index: z.int(),
  digest: hash32,
  payload: z.looseObject({}).nullable().describe("null unless `payloadStatus` is present"),
  payloadStatus: z
    .enum(["present", "erased", "withheld"])
    .describe("withheld from callers without an API key of the scope `pin` or `audit`"),
  anchor: anchorStatus,
  receiptUrl: z.string(),
};
const eventAnswer = z
  .strictObject({
    ...eventFields,
    earlierAnchors: z
      .array(anchorStatus.extend({ epoch: z.int() }))
      .describe("Where it was anchored before the ledger moved to another contract, latest first"),
  })
  .meta({ id: "LedgerEvent" });

const receiptAnswer = z
  .strictObject({
    format: z.literal("identity-ledger/receipt/v1"),
    payload: z.string().describe("The exact canonical bytes, as text"),
    salt: hash32,
    index: z.int(),
    checkpoint: z.string().describe("C2SP signed note"),
    inclusionProof: z.array(hash32),
    anchor: anchorStatus,
  })
  .meta({ id: "Receipt" });

export function ledgerRoutes({ receipts }: { readonly receipts: Receipts }): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      "/api/ledger/events/:id",
      {
        schema: {
          operationId: "getEvent",
          tags: ["Ledger"],
          summary: "One event, and how far it is on its way to the chain",
          description: "Anyone may see the digest and where it is anchored; the payload needs an API key.",
          security: [{ apiKey: [] }, {}],
          params,
          response: { 200: eventAnswer, ...problems(400, 404) },
        },
      },
      async (request) => {
        const { event, anchor, earlierAnchors } = await receipts.event(request.params.id);
        return { ...eventView(request.client, event, anchor), earlierAnchors };
      },
    );

    app.get(
      "/api/ledger/events/:id/receipt",
      {
        config: { scopes: READERS },
        schema: {
          operationId: "getReceipt",
          tags: ["Ledger"],
          summary: "Everything needed to verify one event with an RPC URL and nothing else from us",
          description: "Holds the payload, and so needs an API key of the scope `pin` or `audit`.",
          security: [{ apiKey: [] }],
          params,
          response: { 200: receiptAnswer, ...problems(400, 403, 404, 410) },
        },
      },
      async (request) => {
        const receipt = await receipts.receipt(request.params.id);
        return { ...receipt, inclusionProof: [...receipt.inclusionProof] };
      },
    );
  };
}

export function eventView(client: Client | null, event: StoredEvent, anchor: ReceiptAnchor) {
  return {
    id: event.id,
    index: event.index,
    digest: toHex(event.digest),
    ...payloadFor(client, event.payload),
    anchor,
    receiptUrl: `/api/ledger/events/${event.id}/receipt`,
  };
}

/** A stranger does not even learn whether it is erased: that, too, is about a person. */
function payloadFor(client: Client | null, payload: Uint8Array | null) {
  if (!holdsAny(client, READERS)) return { payload: null, payloadStatus: "withheld" as const };
  if (payload === null) return { payload: null, payloadStatus: "erased" as const };
  const parsed = JSON.parse(fromUtf8(payload)) as Record<string, unknown>;
  return { payload: parsed, payloadStatus: "present" as const };
}
