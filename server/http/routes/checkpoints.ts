/** Checkpoints, and what witnesses of transparency logs say of them. */
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import type { Cosignatures } from "../../services/cosignatures.ts";
import type { Receipts } from "../../services/receipts.ts";
import { problems } from "../schemas/common.ts";

/** Room for the lines of a hundred witnesses. */
const NOTE_LIMIT = 16 * 1024;

const note = {
  description: "A C2SP tlog-checkpoint, with a line for each witness that cosigned it",
  content: { "text/plain": { schema: z.string() } },
};

const acceptedAnswer = z
  .strictObject({ size: z.int(), witnesses: z.array(z.string()).describe("Whose cosignatures were taken") })
  .meta({ id: "Cosigned" });

export function checkpointRoutes(deps: {
  readonly receipts: Receipts;
  readonly cosignatures: Cosignatures;
}): FastifyPluginAsyncZod {
  const { receipts, cosignatures } = deps;
  return async (app) => {
    // For the routes of this plugin only: text and nothing else.
    app.removeAllContentTypeParsers();
    app.addContentTypeParser("text/plain", { parseAs: "string" }, (_request, body, done) => done(null, body));

    app.get(
      "/api/ledger/checkpoint",
      {
        schema: {
          operationId: "getCheckpoint",
          tags: ["Ledger"],
          summary: "The signed size and root that the chain holds, as a C2SP checkpoint",
          response: { 200: note, ...problems() },
        },
      },
      async (_request, reply) =>
        reply.type("text/plain; charset=utf-8").send(await cosignatures.addTo(await receipts.checkpoint())),
    );

    app.get(
      "/api/ledger/cosigned-checkpoint",
      {
        schema: {
          operationId: "getCosignedCheckpoint",
          tags: ["Ledger"],
          summary: "The latest checkpoint that a witness has cosigned",
          description: "The latest of all is seldom cosigned yet: witnesses come by every few minutes.",
          response: { 200: note, ...problems(404) },
        },
      },
      async (_request, reply) => reply.type("text/plain; charset=utf-8").send(await cosignatures.latest()),
    );

    app.post(
      "/api/ledger/cosignatures",
      {
        bodyLimit: NOTE_LIMIT,
        config: { consumes: "text/plain" },
        schema: {
          operationId: "addCosignatures",
          tags: ["Ledger"],
          summary: "Hand in the cosignatures of witnesses on one of our checkpoints",
          description:
            "The body is the checkpoint as a signed note (C2SP signed-note) with the witnesses' lines (C2SP " +
            "tlog-cosignature, Ed25519). They speak for themselves, so that anyone may bring them; taken are those of " +
            "the witnesses in WITNESS_KEYS, and other lines are ignored.",
          consumes: ["text/plain"],
          body: z.string().describe("The cosigned note"),
          response: { 200: acceptedAnswer, ...problems(400, 413, 415, 503) },
        },
      },
      async (request) => {
        const { size, witnesses } = await cosignatures.accept(request.body);
        return { size, witnesses: [...witnesses] };
      },
    );
  };
}
