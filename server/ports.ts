/** What the services need from the outside. storage/, chain/ and crypto/ implement it; compose.ts joins the two. */
export { ChainUnavailable } from "./ledger/index.ts";
export * from "./ports/chain.ts";
export type * from "./ports/records.ts";
export type * from "./ports/open-id.ts";
export * from "./ports/secrets.ts";
export * from "./ports/store.ts";
export type * from "./ports/surroundings.ts";
export type * from "./ports/tokens.ts";
