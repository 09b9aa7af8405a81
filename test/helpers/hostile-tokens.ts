/**
 * Tokens that must be refused, whatever key and algorithm the issuer has. The adversary knows the issuer's public key
 * and all names, and has good tokens of other people; where the issuer's own key signs, it is the issuer that errs.
 */
import { createHmac, createPublicKey } from "node:crypto";
import { CompactSign, EncryptJWT } from "jose";
import { newKey, seconds, sign } from "./issuer.ts";
import type { SigningKey } from "./issuer.ts";

type Claims = Record<string, unknown>;
type Case = readonly [name: string, token: string];

const base64url = (value: unknown): string =>
  Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url");

const without = (claims: Claims, ...names: string[]): Claims =>
  Object.fromEntries(Object.entries(claims).filter(([name]) => !names.includes(name)));

export async function hostileTokens(key: SigningKey, good: Claims, now: number): Promise<Case[]> {
  const foreign = await newKey(key.alg.startsWith("HS") ? "ES256" : key.alg, key.kid);
  const parts = (await sign(key, good)).split(".") as [string, string, string];
  return [
    ...algorithms(key, parts),
    ...(await keyConfusion(key, good)),
    ...(await foreignKeys(foreign, good)),
    ...(await ownKeysInHeader(key, foreign, good)),
    ...(await keyIds(foreign, good)),
    ...(await headers(key, good)),
    ...(await wrongClaims(key, good, now)),
    ...(await forms(key, good, parts)),
  ];
}

function algorithms(key: SigningKey, [, payload, signature]: readonly [string, string, string]): Case[] {
  const header = (alg: unknown) => base64url({ alg, kid: key.kid, typ: "at+jwt" });
  const unsigned = ["none", "None", "NONE", "nOnE"].map(
    (alg) => [`alg ${alg}`, `${header(alg)}.${payload}.`] as const,
  );
  const others = ["none", "HS512", "RS512", "ES256K", "dir", "", "__proto__", ["ES256"], 1, null].map(
    (alg) =>
      [
        `alg ${JSON.stringify(alg)} on another's signature`,
        `${header(alg)}.${payload}.${signature}`,
      ] as const,
  );
  const twice = `{"alg":"${key.alg}","typ":"at+jwt","alg":"none"}`;
  return [
    ...unsigned,
    ...others,
    ["no alg", `${base64url({ typ: "at+jwt" })}.${payload}.${signature}`],
    ["alg twice in the header", `${base64url(twice)}.${payload}.`],
  ];
}

/** An HMAC by what everybody knows: the public key, in each form that a library might have held it in. */
async function keyConfusion(key: SigningKey, good: Claims): Promise<Case[]> {
  const secrets: [string, Uint8Array | string][] = [
    ["an empty secret", ""],
    ["the secret `secret`", "secret"],
  ];
  if (!key.alg.startsWith("HS")) {
    const spki = createPublicKey({ key: key.publicJwk, format: "jwk" });
    const pem = spki.export({ type: "spki", format: "pem" }) as string;
    secrets.push(
      ["the public key's PEM", pem],
      ["the public key's PEM, trimmed", pem.trim()],
      ["the public key's DER", spki.export({ type: "spki", format: "der" })],
      ["the public key's JWK", JSON.stringify(key.publicJwk)],
      ["the public key's x or n", key.publicJwk.x ?? key.publicJwk.n ?? ""],
      ["the key's id", key.kid],
    );
  }
  return secrets.flatMap(([name, secret]) =>
    (["HS256", "HS384", "HS512"] as const).map((alg) => {
      const head = `${base64url({ alg, kid: key.kid, typ: "at+jwt" })}.${base64url(good)}`;
      const mac = createHmac(alg.replace("HS", "sha"), secret).update(head).digest("base64url");
      return [`${alg} by ${name}`, `${head}.${mac}`] as const;
    }),
  );
}

const foreignKeys = async (foreign: SigningKey, good: Claims): Promise<Case[]> => [
  ["a foreign key under our id", await sign(foreign, good)],
  ["a foreign key without id", await sign(foreign, good, { kid: undefined })],
  ["a foreign key under its own id", await sign(foreign, good, { kid: "evil" })],
];

/** Also refused when the right key signed: who reads them at all has taken the first step. */
async function ownKeysInHeader(key: SigningKey, foreign: SigningKey, good: Claims): Promise<Case[]> {
  const members = {
    jwk: foreign.publicJwk,
    jku: "https://evil.example/jwks.json",
    x5u: "https://evil.example/cert.pem",
    x5c: ["MIIB"],
  };
  const cases = Object.entries(members).map(async ([name, value]): Promise<Case[]> => [
    [`${name} of a foreign key`, await sign(foreign, good, { [name]: value })],
    [`${name} of a foreign key, without kid`, await sign(foreign, good, { [name]: value, kid: undefined })],
    [`${name} beside the right signature`, await sign(key, good, { [name]: value })],
  ]);
  return (await Promise.all(cases)).flat();
}

function keyIds(foreign: SigningKey, good: Claims): Promise<Case[]> {
  const ids = [
    "../../../../../../dev/null",
    "/proc/self/environ",
    "file:///etc/passwd",
    "https://evil.example/key",
    "' UNION SELECT 'key' --",
    "x'; DROP TABLE credentials; --",
    "$(id)",
    "key\0",
    "__proto__",
    "constructor",
    "",
    "k".repeat(2_000),
  ];
  const odd = [1, null, true, [], ["a"], {}, { $ne: "" }];
  return Promise.all(
    [...ids, ...odd].map(async (kid): Promise<Case> => {
      const head = `${base64url({ alg: foreign.alg, kid, typ: "at+jwt" })}.${base64url(good)}`;
      const [, , signature] = (await sign(foreign, good)).split(".");
      return [`kid ${JSON.stringify(kid).slice(0, 40)}`, `${head}.${signature}`];
    }),
  );
}

async function headers(key: SigningKey, good: Claims): Promise<Case[]> {
  const types = [undefined, "", "logout+jwt", "dpop+jwt", "secevent+jwt", "id_token", 1, ["JWT"]];
  const typed = types.map(async (typ): Promise<Case> => [
    `typ ${JSON.stringify(typ)}`,
    await sign(key, good, { typ }),
  ]);
  return [
    ...(await Promise.all(typed)),
    ["crit that nobody knows", await sign(key, good, { crit: ["urn:x"], "urn:x": true })],
    ["crit of what jose knows", await sign(key, good, { crit: ["b64"], b64: true })],
  ];
}

async function wrongClaims(key: SigningKey, good: Claims, now: number): Promise<Case[]> {
  const t = seconds(now);
  const changed: Record<string, Claims> = {
    "another issuer": { iss: "https://evil.example" },
    "an issuer but for a slash": { iss: `${String(good.iss)}/` },
    "a list of issuers": { iss: [good.iss] },
    "another audience": { aud: "https://other.example" },
    "other audiences": { aud: ["https://other.example", `${String(good.aud)}/x`] },
    "no audience among them": { aud: [] },
    "an audience that is no text": { aud: { 0: good.aud } },
    expired: { exp: t - 60 },
    "an exp that is text": { exp: String(t + 300) },
    "an exp that is null": { exp: null },
    "an exp in microseconds": { exp: t * 1e6 },
    "not yet valid": { nbf: t + 60 },
    "an nbf that is text": { nbf: "0" },
    "an nbf that is null": { nbf: null },
    "issued in the future": { iat: t + 60 },
    "an iat in milliseconds": { iat: now },
    "an iat that is text": { iat: String(t) },
    "authenticated in the future": { auth_time: t + 60 },
    "an auth_time in milliseconds": { auth_time: now },
    "an auth_time that is text": { auth_time: String(t) },
  };
  for (const value of ["", "x".repeat(256), 42, null, true, ["alice"], { name: "alice" }]) {
    const told = JSON.stringify(value).slice(0, 20);
    changed[`sub ${told}`] = { sub: value };
    changed[`sid ${told}, with a good jti`] = { sid: value, jti: "token-1" };
    changed[`jti ${told}, without sid`] = { sid: undefined, jti: value };
  }
  const cases: [string, Claims][] = [
    ...Object.entries(changed).map(([name, change]) => [name, { ...good, ...change }] as [string, Claims]),
    ...["iss", "aud", "sub", "exp", "iat"].map(
      (name) => [`no ${name}`, without(good, name)] as [string, Claims],
    ),
    ["neither sid nor jti", without(good, "sid", "jti")],
    ["no claims at all", {}],
  ];
  return Promise.all(cases.map(async ([name, claims]): Promise<Case> => [name, await sign(key, claims)]));
}

async function forms(
  key: SigningKey,
  good: Claims,
  [header, payload, signature]: readonly [string, string, string],
): Promise<Case[]> {
  const signed = async (content: string): Promise<string> =>
    new CompactSign(new TextEncoder().encode(content))
      .setProtectedHeader({ alg: key.alg, kid: key.kid, typ: "at+jwt" })
      .sign(key.privateKey);
  const other = base64url({ ...good, sub: "mallory", roles: ["admin"] });
  const jwe = await new EncryptJWT(good)
    .setProtectedHeader({ alg: "dir", enc: "A256GCM", typ: "at+jwt" })
    .encrypt(new Uint8Array(32));
  return [
    ["two dots missing", `${header}${payload}${signature}`],
    ["one dot missing", `${header}.${payload}${signature}`],
    ["no signature", `${header}.${payload}`],
    ["an empty signature", `${header}.${payload}.`],
    ["nothing but dots", ".."],
    ["a fourth part", `${header}.${payload}.${signature}.x`],
    ["a JWE", jwe],
    ["another's signature", `${header}.${other}.${signature}`],
    ["half a signature", `${header}.${payload}.${signature.slice(0, signature.length / 2)}`],
    ["a header that is no JSON", `${base64url("{")}.${payload}.${signature}`],
    ["a header that is null", `${base64url("null")}.${payload}.${signature}`],
    ["claims that are no JSON", await signed("alice")],
    ["claims that are null", await signed("null")],
    ["claims that are a list", await signed(JSON.stringify([good]))],
    ["claims that never expire", await signed(JSON.stringify(good).replace(/"exp":\d+/, '"exp":1e999'))],
    ["claims longer than a header may be", await sign(key, { ...good, padding: "x".repeat(7_000) })],
  ];
}
