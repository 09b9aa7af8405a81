/** The package brings no types; of it the tests use this much. */
declare module "oidc-provider" {
  import type { RequestListener } from "node:http";

  export interface Token {
    readonly accountId: string;
    readonly sessionUid?: string;
  }
  export interface Context {
    readonly oidc: { readonly entities: { readonly AuthorizationCode?: { readonly authTime?: number } } };
  }
  export class Provider {
    constructor(issuer: string, configuration: object);
    callback(): RequestListener;
  }
}
