/** An identity provider for tests: signs what it is asked to, and publishes its keys over HTTP. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { SignJWT, exportJWK, generateKeyPair } from "jose";
import type { CryptoKey, JWK, JWTHeaderParameters, KeyObject } from "jose";

export const ISSUER = "https://idp.example";
export const AUDIENCE = "https://ledger.example";

export interface SigningKey {
  readonly alg: string;
  readonly kid: string;
  readonly privateKey: CryptoKey | KeyObject | Uint8Array;
  readonly publicJwk: JWK;
}

export async function newKey(alg: string, kid: string): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  return { alg, kid, privateKey, publicJwk: { ...(await exportJWK(publicKey)), alg, kid, use: "sig" } };
}

export const seconds = (ms: number): number => Math.floor(ms / 1000);

/** Claims that nothing is wrong with; `undefined` takes one away. */
export function goodClaims(now: number, changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    iss: ISSUER,
    aud: AUDIENCE,
    sub: "alice",
    sid: "session-1",
    iat: seconds(now),
    exp: seconds(now) + 300,
    auth_time: seconds(now),
    ...changes,
  };
}

export function sign(
  key: SigningKey,
  claims: Record<string, unknown>,
  header: Record<string, unknown> = {},
): Promise<string> {
  const protectedHeader = { alg: key.alg, kid: key.kid, typ: "at+jwt", ...header } as JWTHeaderParameters;
  const crit = header.crit === undefined ? {} : { crit: { [String((header.crit as string[])[0])]: true } };
  return new SignJWT(claims).setProtectedHeader(protectedHeader).sign(key.privateKey, crit);
}

export interface JwksServer {
  readonly url: string;
  /** What is published; null answers 500. */
  keys: readonly JWK[] | null;
  readonly requests: readonly string[];
  close(): Promise<void>;
}

export async function publishKeys(keys: readonly JWK[]): Promise<JwksServer> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(request.url ?? "");
    if (published.keys === null) return void response.writeHead(500).end();
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ keys: published.keys }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const published: JwksServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks.json`,
    keys,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  return published;
}
