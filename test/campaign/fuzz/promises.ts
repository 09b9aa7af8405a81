/** What must hold of every answer, whatever was asked. */
import type { Contract } from "../../helpers/contract.ts";
import { leaked } from "./canaries.ts";
import type { FuzzRequest } from "./requests.ts";
import { TIMEOUT_MS } from "./wire.ts";
import type { WireAnswer } from "./wire.ts";

/** The promise that the answer breaks; null if it keeps all. */
export function broken(request: FuzzRequest, answer: WireAnswer | null): string | null {
  if (answer === null) return request.brokenHttp ? null : "there was no answer";
  const { status, headers, body } = answer;
  if (status === 0) return `no whole answer in ${TIMEOUT_MS} ms`;
  if (status >= 500) return `a fault: ${status}`;
  if (status < 200) return `not an HTTP answer: ${status}`;
  const canary = leaked(body) ?? leaked([...headers.values()].join("\n"));
  if (canary !== null) return `a secret in the answer: ${canary}`;
  if (/node_modules|\.ts:\d|sqlite|better-sqlite|kysely|\bat .+:\d+:\d+/i.test(body))
    return "the inside shows in the answer";
  if (status < 400) return null;
  // To HEAD there is no body, and what cannot be parsed may have been one.
  if (request.method === "HEAD") return null;
  return notAProblem(status, headers, body);
}

/** How the answer differs from what the OpenAPI document says of it; null if it does not. */
export function undocumented(
  contract: Contract,
  { method, target, brokenHttp }: FuzzRequest,
  answer: WireAnswer | null,
): string | null {
  if (answer === null || brokenHttp) return null;
  const { status, headers, body } = answer;
  const isJson = /[/+]json\b/.test(headers.get("content-type") ?? "");
  const reply = {
    status,
    headers: new Headers([...headers]),
    body: isJson ? (JSON.parse(body) as unknown) : body,
  };
  const drift = contract(method, target, reply);
  return drift === null ? null : `${method} ${target.replace(/\?.*$/, "")} is not as documented: ${drift}`;
}

function notAProblem(status: number, headers: WireAnswer["headers"], body: string): string | null {
  if (!headers.get("content-type")?.startsWith("application/problem+json"))
    return `${status} is not a problem document but ${headers.get("content-type") ?? "of no type"}`;
  let problem: Readonly<Record<string, string | number>>;
  try {
    problem = JSON.parse(body) as typeof problem;
  } catch {
    return `${status} is a problem document that is not JSON`;
  }
  for (const member of ["type", "title", "detail", "code"]) {
    if (typeof problem[member] !== "string" || problem[member] === "")
      return `${status} is a problem document without ${member}`;
  }
  if (problem.status !== status) return `${status} is a problem document of status ${String(problem.status)}`;
  if ([423, 429, 503].includes(status) && problem.retryAfterSeconds !== undefined) {
    if (headers.get("retry-after") !== String(problem.retryAfterSeconds))
      return `${status} lacks Retry-After`;
  }
  return null;
}

/** Bytes as a person can read them, cut short. */
export function readable(bytes: Uint8Array | string): string {
  const text = typeof bytes === "string" ? bytes : Buffer.from(bytes).toString("latin1");
  const escaped = text.replace(/[^\x20-\x7e\n]/g, (character) =>
    character === "\r" ? "" : `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`,
  );
  return escaped.length <= 700 ? escaped : `${escaped.slice(0, 700)}… (${text.length} in all)`;
}
