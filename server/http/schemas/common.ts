/** Shapes that several endpoints share. Objects are strict: an unknown field is a mistake to be told, not dropped. */
import { z } from "zod";

const name = <T extends z.ZodType>(id: string, schema: T): T => schema.meta({ id });

export const hash32 = z.string().regex(/^0x[0-9a-f]{64}$/);
export const instant = z.iso.datetime({ precision: 3 }).describe("UTC with milliseconds");

/** Judged by the domain, so that a wrong form has its own code; here only type and size. */
export const pinInput = z.string().max(64).describe("The PIN: ASCII digits, as many as the policy says");
export const otpInput = z.string().max(64).describe("The one-time code sent to the phone");
export const phoneInput = z.string().max(32).describe("Mobile number in E.164 form, such as +201234567890");

export const deviceInput = name(
  "DeviceMetadata",
  z
    .strictObject({
      platform: z.string().max(256).optional(),
      version: z.string().max(256).optional(),
      deviceId: z.string().max(256).optional(),
      sessionId: z.string().max(256).optional(),
      userAgent: z.string().max(512).optional(),
    })
    .describe("What the client says about its device; recorded as its claim"),
);

export const anchor = name(
  "Anchor",
  z.strictObject({
    status: z.enum(["pending", "mined", "final"]),
    chainId: z.int(),
    contract: z.string(),
    txHash: z.string().nullable(),
    blockNumber: z.int().nullable(),
  }),
);

/** What every operation's answer carries: its event, and where that stands on the chain. */
export const recorded = {
  eventId: z.uuid(),
  eventUrl: z.string(),
  txHash: z.string().nullable().describe("null while the anchor is pending (202)"),
  blockNumber: z.int().nullable(),
  anchor,
};

export const fraSection = z.literal("Section Two - Digital Identity Authentication");
export const FRA_SECTION = "Section Two - Digital Identity Authentication" as const;

export const problemSchema = name(
  "Problem",
  z
    .looseObject({
      type: z.string(),
      title: z.string(),
      status: z.int(),
      detail: z.string(),
      code: z.string().describe("Stable; branch on this"),
      reason: z.string().optional().describe("Refines the code"),
      retryAfterSeconds: z.int().optional(),
      errors: z.array(z.strictObject({ path: z.string(), message: z.string() })).optional(),
    })
    .describe("RFC 9457 problem document"),
);

/** Declares the error statuses that an endpoint of the API answers with, beside those that all have. */
export function problems<Status extends number>(...statuses: Status[]) {
  const response = (status: number) => ({
    description: DESCRIPTIONS[status] ?? "The request was refused",
    content: { "application/problem+json": { schema: problemSchema } },
  });
  const all = [...new Set<Status | Common>([...COMMON, ...statuses])].sort((a, b) => a - b);
  return Object.fromEntries(all.map((status) => [status, response(status)])) as Record<
    Status | Common,
    ReturnType<typeof response>
  >;
}

/** A key that is not valid is told so anywhere, even where none is needed; and anything may meet a service that closes. */
const COMMON = [401, 429, 500, 503] as const;
type Common = (typeof COMMON)[number];

const OPERATION = [400, 409, 413, 415, 422] as const;
type Operation = (typeof OPERATION)[number];

/** Of an endpoint that does something: it takes a body and an Idempotency-Key, and needs the database and the chain. */
export const operationProblems = <Status extends number>(...statuses: Status[]) =>
  problems<Status | Operation>(...OPERATION, ...statuses);

/**
 * For the OpenAPI document only. Node gives header names in lower case, so that these never meet a value: prefer.ts and
 * idempotent.ts judge them, the one by ignoring what it does not know, as RFC 7240 says.
 */
export const operationHeaders = z.looseObject({
  Prefer: z
    .string()
    .optional()
    .describe("RFC 7240: `respond-async` does not wait for the block, `wait=N` waits up to N (30) seconds"),
  "Idempotency-Key": z
    .string()
    .regex(/^[\x21-\x7e]{1,255}$/)
    .optional()
    .describe(
      "Sent again with the same body within a day, the operation is not done again: the answer is the first one's, with " +
        "`idempotency-replayed: true`",
    ),
});

const DESCRIPTIONS: Readonly<Record<number, string>> = {
  400: "The request is not valid, or a factor was not proven",
  401: "The caller is not known",
  403: "Something that must hold first does not",
  404: "Not found",
  409: "In conflict with what is stored",
  410: "Erased",
  413: "The body is too large",
  415: "The body is of another type than it must be",
  422: "The Idempotency-Key was used for another request",
  423: "Locked or disabled after too many wrong PINs",
  429: "Too many requests",
  500: "Something went wrong on our side",
  503: "Not possible at the moment; see Retry-After",
};
