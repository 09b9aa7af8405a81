/** The ledger for auditors: what its events say, in pages or all at once. */
import { Readable } from "node:stream";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import { isoInstant } from "../../domain/time.ts";
import type { EventReader } from "../../services/event-reader.ts";
import type { LedgerExport } from "../../services/ledger-export.ts";
import { instant, problems } from "../schemas/common.ts";
import { cursorInput, cursorOf, instantInput, naturalInput } from "../schemas/query.ts";
import { eventFields, eventView } from "./ledger.ts";

const AUDITORS = { scopes: ["audit"] } as const;
const MOST = 500;

const word = z.string().regex(/^[A-Za-z][A-Za-z0-9._-]{0,63}$/);

const listQuery = z.strictObject({
  cursor: cursorInput.optional().describe("`nextCursor` of the page before"),
  limit: naturalInput
    .refine((value) => value >= 1 && value <= MOST, `expected 1 to ${MOST}`)
    .meta({ type: "integer", minimum: 1, maximum: MOST, pattern: undefined })
    .optional()
    .describe("How many events at most; 100 unless told"),
  order: z
    .enum(["oldest", "newest"])
    .optional()
    .describe("Which come first: the oldest unless told; a cursor is good for the order it came with"),
  type: word.optional().describe("such as `pin_verify`"),
  policy: word.optional().describe("such as `fra`; erased events do not say theirs, and are left out"),
  from: instantInput.optional().describe("Events at this instant or later"),
  to: instantInput.optional().describe("Events before this instant"),
  identityHash: z
    .string()
    .regex(/^0x[0-9a-f]{64}$/)
    .optional()
    .describe("Events of this pseudonym"),
});

const listAnswer = z
  .strictObject({
    events: z.array(
      z.strictObject({ ...eventFields, type: z.string(), timestamp: instant }).meta({ id: "AuditedEvent" }),
    ),
    nextCursor: z.string().nullable().describe("null at the end"),
  })
  .meta({ id: "EventPage" });

const EXPORT =
  "Newline-delimited JSON (`identity-ledger/export/v1`): a header with the signed checkpoint, a line for each event " +
  "with its exact payload and salt (both null once erased), and a trailer with the SHA-256 of what came before. The " +
  "ledger's size when the export began is its end. Without its trailer an export is cut short, and not to be trusted.";

export function auditRoutes(deps: {
  readonly events: EventReader;
  readonly ledgerExport: LedgerExport;
}): FastifyPluginAsyncZod {
  const { events, ledgerExport } = deps;
  return async (app) => {
    app.get(
      "/api/ledger/events",
      {
        config: AUDITORS,
        schema: {
          operationId: "listEvents",
          tags: ["Ledger"],
          summary: "Events in the ledger's order or the opposite one, in pages",
          description:
            "Where a filter fits few events a page may have fewer than asked for, even none: go on until `nextCursor` is " +
            "null. A cursor stays good for ever. Needs an API key of the scope `audit`.",
          security: [{ apiKey: [] }],
          querystring: listQuery,
          response: { 200: listAnswer, ...problems(400, 403) },
        },
      },
      async (request) => {
        const { cursor, limit = 100, ...filter } = request.query;
        const page = await events.page({ start: cursor, limit, ...filter });
        return {
          events: page.events.map(({ event, anchor }) => ({
            ...eventView(request.client, event, anchor),
            type: event.type,
            timestamp: isoInstant(event.timestamp),
          })),
          nextCursor: page.next === null ? null : cursorOf(page.next),
        };
      },
    );

    const running = new Set<Readable>();
    // A reader who takes his time, or none, must not hold up a shutdown: without the trailer he knows that he has not all.
    app.addHook("preClose", async () => {
      for (const stream of running) stream.destroy();
    });

    app.get(
      "/api/ledger/export",
      {
        config: AUDITORS,
        // It would make the whole export, only to drop it.
        exposeHeadRoute: false,
        schema: {
          operationId: "exportLedger",
          tags: ["Ledger"],
          summary: "The whole ledger, or its end, as a stream",
          description: `${EXPORT} Needs an API key of the scope \`audit\`.`,
          security: [{ apiKey: [] }],
          querystring: z.strictObject({
            from: naturalInput.optional().describe("Index of the first event"),
          }),
          response: {
            200: { description: "The export", content: { "application/x-ndjson": { schema: ndjson } } },
            ...problems(400, 403, 404),
          },
        },
      },
      async (request, reply) => {
        const chunks = await ledgerExport.from(request.query.from ?? 0);
        // Takes the next chunk once the last has gone; destroyed with the connection, and ends the generator then.
        const stream = Readable.from(chunks, { objectMode: false });
        running.add(stream);
        stream.once("close", () => running.delete(stream));
        return reply.type("application/x-ndjson").send(stream);
      },
    );
  };
}

/** Sent as it is: what does not go through a serializer needs its schema only for the OpenAPI document. */
const ndjson = z.string() as unknown as z.ZodType<Readable>;
