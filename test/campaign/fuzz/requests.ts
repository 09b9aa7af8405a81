/** Puts requests together, byte by byte: most of them wrong in one place, so that the rest gets them far. */
import type { Random } from "../../../scripts/campaign/random.ts";
import { API_KEY, WORDS } from "./canaries.ts";
import { spoilText, spoilValue } from "./bodies.ts";
import { FRAMINGS, HEADERS, METHODS, contentType, spoilTarget } from "./envelopes.ts";
import type { Api, Operation } from "./openapi.ts";
import type { Outgoing } from "./wire.ts";

export interface FuzzRequest extends Outgoing {
  /** Which operation, and what was done to it. */
  readonly label: string;
  readonly target: string;
  /** Not HTTP any more: to close the connection is an answer too. */
  readonly brokenHttp: boolean;
}

const KINDS = [
  ...["valid", "valid", "body", "body", "body", "body", "text", "text", "headers", "headers"],
  ...["target", "target", "type", "method", "framing", "mixed"],
] as const;

export function fuzzRequest(random: Random, api: Api, tokens: readonly string[]): FuzzRequest {
  const operation = random.pick(api.operations);
  const kind = random.pick(KINDS);
  const is = (...kinds: (typeof KINDS)[number][]) =>
    kinds.includes(kind) || (kind === "mixed" && random.chance(0.4));

  const method = is("method") ? random.pick(METHODS) : operation.method;
  const plainTarget = targetOf(random, api, operation);
  const target = is("target") ? spoilTarget(random, plainTarget) : plainTarget;
  const body = bodyOf(random, api, operation, is);
  const headers: [string, string][] = [
    ["host", "127.0.0.1"],
    ["authorization", `Bearer ${operation.forUsers ? random.pick(tokens) : API_KEY}`],
  ];
  if (body !== null) headers.push(["content-type", is("type") ? contentType(random) : "application/json"]);
  if (is("headers")) {
    for (let more = 1 + random.int(3); more > 0; more--) override(headers, random.pick(HEADERS)(random));
  }

  const framing = is("framing") ? random.pick(FRAMINGS) : null;
  const length = body?.length ?? 0;
  const frame: [string, string][] =
    framing?.headers(length) ?? (body === null ? [] : [["content-length", String(length)]]);
  const head = [...headers, ...frame].map(([name, value]) => `${name}: ${value}\r\n`).join("");
  return {
    label: `${operation.method} ${operation.path} [${kind}${framing === null ? "" : `: ${framing.name}`}]`,
    method,
    target,
    bytes: Buffer.concat([
      Buffer.from(`${method} ${target} HTTP/1.1\r\n${head}\r\n`, "latin1"),
      body ?? Buffer.of(),
    ]),
    alone: framing !== null || is("method") || kind === "mixed",
    brokenHttp:
      kind === "framing" || kind === "method" || kind === "target" || kind === "mixed" || kind === "headers",
  };
}

function bodyOf(
  random: Random,
  api: Api,
  { body }: Operation,
  is: (...kinds: (typeof KINDS)[number][]) => boolean,
): Uint8Array | null {
  // Where no body is expected, one is sent now and then.
  if (body === null) return is("body", "text") ? spoilText(random, { pin: WORDS[0] as string }) : null;
  const valid = api.body(random, body);
  if (is("text")) return spoilText(random, valid);
  return Buffer.from(JSON.stringify(is("body") ? spoilValue(random, valid) : valid));
}

function targetOf(random: Random, api: Api, { path, parameters }: Operation): string {
  const query: string[] = [];
  let target = path;
  for (const { name, in: where, schema = {} } of parameters) {
    const value = api.value(random, schema, name);
    const text = encodeURIComponent(typeof value === "string" ? value.toWellFormed() : JSON.stringify(value));
    if (where === "path") target = target.replace(`{${name}}`, text);
    if (where === "query") query.push(`${name}=${text}`);
  }
  return query.length === 0 ? target : `${target}?${query.join("&")}`;
}

/** A header that is to be wrong takes the place of the right one; now and then both are sent. */
function override(headers: [string, string][], [name, value]: readonly [string, string]): void {
  const at = headers.findIndex(([present]) => present === name);
  if (at < 0 || value.length % 5 === 0) headers.push([name, value]);
  else headers[at] = [name, value];
}
