/** The head of the OpenAPI document; its paths and schemas come from the routes. */
export const openapi = {
  openapi: "3.1.0",
  info: {
    title: "Identity ledger",
    version: "0.1.0",
    summary: "PINs, consent, and a ledger of both that nobody can change unseen",
    description:
      "Every operation is an event in an append-only ledger whose digests are anchored on an EVM chain. " +
      "Answers carry `txHash` and `blockNumber`; while the chain is still to say they are 202 with " +
      '`anchor.status: "pending"`. `Prefer: respond-async` and `Prefer: wait=N` (RFC 7240) choose how long to wait. ' +
      "Errors are RFC 9457 problem documents: branch on `code`.",
    license: { name: "MIT", identifier: "MIT" },
  },
  servers: [{ url: "/", description: "This service" }],
  security: [],
  components: {
    securitySchemes: {
      apiKey: {
        type: "http" as const,
        scheme: "bearer",
        description:
          "An API key (`npm run api-key`). Where none is configured, in development, everybody may call.",
      },
      bearerAuth: {
        type: "http" as const,
        scheme: "bearer",
        bearerFormat: "JWT",
        description:
          "An access token of the configured issuer (JWT_ISSUER); in development one of `POST /dev/token`.",
      },
    },
  },
  tags: [
    { name: "FRA onboarding", description: "Possession of the phone, and the customer's consent" },
    { name: "FRA PIN", description: "The 6-digit knowledge factor" },
    { name: "Account PIN", description: "A 4- or 6-digit second factor of an account (seed 003)" },
    { name: "Session PIN", description: "The 4-digit PIN that every session of an application proves once" },
    { name: "Support", description: "What administrators may do about a customer's PIN" },
    { name: "Subjects", description: "Persons, and their right to be forgotten" },
    { name: "Ledger", description: "Events, receipts and checkpoints" },
    { name: "Console", description: "What the web console's own pages ask" },
    { name: "Health", description: "For load balancers and operators" },
    { name: "Development", description: "Only where nothing is configured to be used in its place" },
  ],
};

interface Document {
  paths?: unknown;
  tags?: { name: string }[];
  components?: { schemas?: Record<string, unknown>; securitySchemes?: Record<string, unknown> };
}

/**
 * The zod provider describes every named schema twice, as input and as output. Keeps those that are used, as of tags
 * and ways to authenticate, drops the suffix where there is no need to tell them apart, and lets descriptions say
 * something.
 */
export function tidyOpenapi<T extends Document>(document: T): T {
  const schemas = document.components?.schemas ?? {};
  const used = new Set<string>();
  const follow = (part: unknown): void => {
    for (const name of referencesIn(part)) {
      if (used.has(name)) continue;
      used.add(name);
      follow(schemas[name]);
    }
  };
  follow(document.paths);

  const finalName = (name: string) => {
    const bare = name.replace(/Input$/, "");
    return bare === name || used.has(bare) ? name : bare;
  };
  const kept = Object.fromEntries(Object.entries(schemas).filter(([name]) => used.has(name)));
  const text = JSON.stringify({ ...document, components: { ...document.components, schemas: kept } })
    .replaceAll(
      /"#\/components\/schemas\/(\w+)"/g,
      (_, name: string) => `"#/components/schemas/${finalName(name)}"`,
    )
    .replaceAll(
      '"202":{"description":"Default Response"',
      '"202":{"description":"Done; whether the chain has it is still to say"',
    )
    .replaceAll('"description":"Default Response"', '"description":"Done"')
    // A wildcard's own name is none that a generated client could use.
    .replaceAll("/{*}", "/{path}")
    .replaceAll('"name":"*"', '"name":"path"');
  const operations = operationsOf(document.paths);
  const tags = new Set(operations.flatMap((operation) => operation.tags ?? []));
  const schemes = new Set(operations.flatMap(({ security = [] }) => security.flatMap(Object.keys)));
  const tidy = JSON.parse(text) as T & {
    components: { schemas: Record<string, unknown>; securitySchemes?: Record<string, unknown> };
  };
  tidy.components.schemas = Object.fromEntries(
    Object.entries(tidy.components.schemas).map(([name, schema]) => [finalName(name), schema]),
  );
  const { securitySchemes = {} } = tidy.components;
  tidy.components.securitySchemes = Object.fromEntries(
    Object.entries(securitySchemes).filter(([name]) => schemes.has(name)),
  );
  for (const { requestBody } of operationsOf(tidy.paths)) {
    // The swagger plugin takes every body for required.
    if (requestBody !== undefined && mayBeNull(requestBody)) requestBody.required = false;
  }
  if (tidy.tags !== undefined) tidy.tags = tidy.tags.filter(({ name }) => tags.has(name));
  return tidy;
}

interface Operation {
  readonly tags?: readonly string[];
  readonly security?: readonly object[];
  readonly requestBody?: RequestBody;
}
interface RequestBody {
  required: boolean;
  readonly content: Record<string, { readonly schema: { readonly anyOf?: readonly { type?: string }[] } }>;
}

const mayBeNull = ({ content }: RequestBody): boolean =>
  Object.values(content).some(({ schema }) => schema.anyOf?.some(({ type }) => type === "null"));

function operationsOf(paths: unknown) {
  const described = (paths ?? {}) as Record<string, Record<string, Operation>>;
  return Object.values(described).flatMap((methods) => Object.values(methods));
}

function referencesIn(part: unknown): string[] {
  const found = JSON.stringify(part ?? null).matchAll(/"#\/components\/schemas\/(\w+)"/g);
  return [...found].map((match) => match[1] ?? "");
}
