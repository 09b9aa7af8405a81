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
  tags: [
    { name: "FRA onboarding", description: "Possession of the phone, and the customer's consent" },
    { name: "FRA PIN", description: "The 6-digit knowledge factor" },
    { name: "Ledger", description: "Events, receipts and checkpoints" },
    { name: "Health", description: "For load balancers and operators" },
  ],
};
