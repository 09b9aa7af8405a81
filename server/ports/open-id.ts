/** The bank's own login, by OpenID Connect's authorization code flow. Implemented by crypto/. */
import type { SignInFailure } from "../domain/sign-in.ts";

export interface OpenIdProvider {
  /** @param fresh whether people must show who they are although they are signed in there */
  begin(fresh: boolean): Promise<OpenIdBeginning | OpenIdFailure>;
  /**
   * @param answer the query with which the provider sent the browser back
   * @returns the access token, as it came: whom it is good for, the caller judges
   */
  finish(
    answer: URLSearchParams,
    flow: OpenIdFlow,
  ): Promise<{ readonly accessToken: string } | OpenIdFailure>;
  /** Where the provider's own session can be ended; null where that is nowhere, or cannot be learnt now. */
  signOutUrl(): Promise<string | null>;
}

export interface OpenIdBeginning {
  /** Where the browser must go. */
  readonly url: string;
  readonly flow: OpenIdFlow;
}

/** What the browser keeps meanwhile: random texts that bind the answer to it. */
export interface OpenIdFlow {
  readonly state: string;
  readonly nonce: string;
  /** PKCE's code verifier (RFC 7636). */
  readonly verifier: string;
}

export interface OpenIdFailure {
  readonly failed: Extract<SignInFailure, "denied" | "mismatch" | "unavailable" | "provider">;
  /** For the log: repeats nothing that the browser sent, and no token. */
  readonly why: string;
}
