/** The ledger as a transparency log: base URL `/api/ledger` for whoever follows C2SP tlog-tiles. */
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import { toHex } from "../../ledger/index.ts";
import type { LogReader } from "../../services/log-reader.ts";
import type { Receipts } from "../../services/receipts.ts";
import { hash32, problems } from "../schemas/common.ts";
import { naturalInput } from "../schemas/query.ts";

/** What a tile holds never changes: RFC 8246. */
const FOR_EVER = "public, max-age=31536000, immutable";

/** Sent as it is: what does not go through a serializer needs its schema only for the OpenAPI document. */
const bytes = z.string() as unknown as z.ZodType<Uint8Array>;

const sizes = z.strictObject({
  from: naturalInput.describe("The smaller size"),
  to: naturalInput.describe("The larger size, at most that of the ledger"),
});

const consistencyAnswer = z
  .strictObject({
    from: z.int(),
    to: z.int(),
    fromRoot: hash32,
    toRoot: hash32,
    proof: z.array(hash32).describe("RFC 9162 section 2.1.4; empty where `from` is 0 or `to`"),
  })
  .meta({ id: "Consistency" });

const TILES =
  "C2SP tlog-tiles: `<L>/<N>[.p/<W>]` is tile N of level L, `entries/<N>[.p/<W>]` the entries below tile N of level 0; " +
  "N is written in groups of three digits (`x001/x234/067`), and W is the width of one that is not full. An entry is " +
  "an event's digest, and a leaf SHA-256(0x00 ‖ digest). There are tiles up to the size of the checkpoint.";

export function logRoutes(deps: {
  readonly log: LogReader;
  readonly receipts: Receipts;
}): FastifyPluginAsyncZod {
  const { log, receipts } = deps;
  return async (app) => {
    app.get(
      "/api/ledger/tile/*",
      {
        schema: {
          operationId: "getTile",
          tags: ["Ledger"],
          summary: "A tile of the Merkle tree, or a bundle of entries",
          description: TILES,
          params: z.object({ "*": z.string().max(64).describe("such as `0/x001/234`, `entries/000.p/17`") }),
          response: {
            200: {
              description:
                "Hashes of 32 bytes, or entries of 32 bytes with their length as a uint16 before each",
              content: { "application/octet-stream": { schema: bytes } },
            },
            ...problems(400, 404),
          },
        },
      },
      async (request, reply) => {
        const asset = await log.asset(`tile/${request.params["*"]}`);
        return reply.header("cache-control", FOR_EVER).type("application/octet-stream").send(asset);
      },
    );

    app.get(
      "/api/ledger/consistency",
      {
        schema: {
          operationId: "getConsistencyProof",
          tags: ["Ledger"],
          summary: "The proof that the ledger of one size extends that of another",
          querystring: sizes,
          response: { 200: consistencyAnswer, ...problems(400, 404) },
        },
      },
      async (request) => {
        const { from, to } = request.query;
        const { fromRoot, toRoot, proof } = await log.consistency(from, to);
        return { from, to, fromRoot: toHex(fromRoot), toRoot: toHex(toRoot), proof: proof.map(toHex) };
      },
    );

    app.get(
      "/api/ledger/key",
      {
        schema: {
          operationId: "getLedgerKey",
          tags: ["Ledger"],
          summary: "The key that signs checkpoints, as a C2SP verifier key",
          description:
            "To compare with the one you pinned: a key learnt here proves nothing about who answers here.",
          response: {
            200: { description: "One line", content: { "text/plain": { schema: z.string() } } },
            ...problems(),
          },
        },
      },
      async (_request, reply) =>
        reply.type("text/plain; charset=utf-8").send(`${await receipts.verifierKey()}\n`),
    );
  };
}
