/**
 * OpenID Connect by openid-client: authorization code with PKCE, state and nonce (RFC 9700, section 2.1.1). Its errors
 * carry tokens, claims and what the browser sent: only their codes get out of here.
 */
import {
  AuthorizationResponseError,
  ClientError,
  ClientSecretBasic,
  ClientSecretPost,
  None,
  ResponseBodyError,
  WWWAuthenticateChallengeError,
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  buildEndSessionUrl,
  calculatePKCECodeChallenge,
  discovery,
  enableNonRepudiationChecks,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
} from "openid-client";
import type { ClientAuth, Configuration } from "openid-client";
import type { OpenIdFailure, OpenIdProvider } from "../ports.ts";

export interface OpenIdClient {
  /** An https URL, or http to this machine. */
  readonly issuer: string;
  readonly clientId: string;
  /** Null: a public client, whom PKCE alone protects. */
  readonly clientSecret: string | null;
  readonly redirectUri: string;
  readonly scope: string;
  readonly resource: string | null;
}

const TIMEOUT_S = 5;

export function openIdProvider(client: OpenIdClient): OpenIdProvider {
  const { redirectUri, scope } = client;
  const resource = client.resource === null ? {} : { resource: client.resource };

  // Asked for by the first who signs in, and then kept; while it cannot be had, each asks anew.
  let known: Promise<Configuration> | null = null;
  const provider = (): Promise<Configuration> => {
    known ??= discover(client).catch((error: unknown) => {
      known = null;
      throw error;
    });
    return known;
  };

  return {
    async begin(fresh) {
      try {
        const flow = { state: randomState(), nonce: randomNonce(), verifier: randomPKCECodeVerifier() };
        const url = buildAuthorizationUrl(await provider(), {
          redirect_uri: redirectUri,
          scope,
          ...resource,
          state: flow.state,
          nonce: flow.nonce,
          code_challenge: await calculatePKCECodeChallenge(flow.verifier),
          code_challenge_method: "S256",
          // Providers know the one or the other.
          ...(fresh ? { prompt: "login", max_age: "0" } : {}),
        });
        return { url: url.href, flow };
      } catch (error) {
        return failureOf(error);
      }
    },

    async finish(answer, { state, nonce, verifier }) {
      // The library checks it too, and has one code for this and for what is the provider's fault.
      if (answer.get("state") !== state) return { failed: "mismatch", why: "state" };
      try {
        const url = new URL(redirectUri);
        url.search = answer.toString();
        const checks = {
          expectedState: state,
          expectedNonce: nonce,
          pkceCodeVerifier: verifier,
          idTokenExpected: true,
        };
        const tokens = await authorizationCodeGrant(await provider(), url, checks, resource);
        return { accessToken: tokens.access_token };
      } catch (error) {
        return failureOf(error);
      }
    },

    async signOutUrl() {
      try {
        const configuration = await provider();
        if (configuration.serverMetadata().end_session_endpoint === undefined) return null;
        return buildEndSessionUrl(configuration).href;
      } catch {
        return null;
      }
    },
  };
}

async function discover({ issuer, clientId, clientSecret }: OpenIdClient): Promise<Configuration> {
  const insecure = issuer.startsWith("http:") ? [allowInsecureRequests] : [];
  const configuration = await discovery(
    new URL(issuer),
    clientId,
    undefined,
    clientAuthentication(clientSecret),
    // ID tokens come straight from the provider, and are checked by its keys all the same.
    { timeout: TIMEOUT_S, execute: [...insecure, enableNonRepudiationChecks] },
  );
  // OpenID Connect Discovery, section 4.3: exactly. The library lets some large providers differ.
  if (configuration.serverMetadata().issuer === issuer) return configuration;
  throw Object.assign(new ClientError("the metadata are another issuer's"), { code: "ANOTHER_ISSUER" });
}

/** RFC 6749, section 2.3.1: every provider that gives out secrets takes them by Basic, unless it says otherwise. */
function clientAuthentication(secret: string | null): ClientAuth {
  if (secret === null) return None();
  const [basic, post] = [ClientSecretBasic(secret), ClientSecretPost(secret)];
  return (server, ...request) => {
    const methods = server.token_endpoint_auth_methods_supported ?? ["client_secret_basic"];
    return (methods.includes("client_secret_basic") ? basic : post)(server, ...request);
  };
}

/** Codes of oauth4webapi, on which openid-client stands. */
const CLAIM_DIFFERS = "OAUTH_JWT_CLAIM_COMPARISON_FAILED";
const TIMEOUT = "OAUTH_TIMEOUT";

/** RFC 6749, section 4.1.2.1. */
const PASSING = ["server_error", "temporarily_unavailable"];

function failureOf(error: unknown): OpenIdFailure {
  if (error instanceof AuthorizationResponseError) {
    const why = named(error.error);
    if (why === "access_denied") return { failed: "denied", why };
    return { failed: PASSING.includes(why) ? "unavailable" : "provider", why };
  }
  if (error instanceof ResponseBodyError) {
    return { failed: byStatus(error.status), why: `${error.status} ${named(error.error)}` };
  }
  if (error instanceof WWWAuthenticateChallengeError)
    return { failed: "provider", why: String(error.status) };
  if (error instanceof ClientError) {
    const { code = "no code", cause } = error;
    if (code === CLAIM_DIFFERS) {
      const claim = differingClaim(cause);
      return { failed: claim === "nonce" ? "mismatch" : "provider", why: `${code} ${claim}` };
    }
    if (code === TIMEOUT) return { failed: "unavailable", why: code };
    if (cause instanceof Response) return { failed: byStatus(cause.status), why: `${code} ${cause.status}` };
    return { failed: "provider", why: code };
  }
  // What fetch throws where there is no answer.
  if (error instanceof TypeError && error.cause instanceof Error) {
    return { failed: "unavailable", why: codeOf(error.cause) };
  }
  // The library's word for metadata that it cannot work with.
  if (error instanceof TypeError) return { failed: "provider", why: codeOf(error) };
  throw error;
}

/** Its name, of those that the library compares. */
function differingClaim(error: unknown): string {
  const { claim } = (error as { readonly cause?: { readonly claim?: unknown } } | undefined)?.cause ?? {};
  return typeof claim === "string" ? claim : "unnamed";
}

const byStatus = (status: number) => (status >= 500 || status === 429 ? "unavailable" : "provider");

const codeOf = (error: Error): string => ("code" in error ? String(error.code) : error.name);

/** One of the registered names, or at least of their form. */
const named = (error: string): string => (/^[a-z_]{1,40}$/.test(error) ? error : "another error");
