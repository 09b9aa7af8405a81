/**
 * The typed client of the API: paths, bodies and answers are those of the OpenAPI document, from which `npm run client`
 * makes the types. Runs wherever there is fetch.
 */
import createClient from "openapi-fetch";
import type { Client } from "openapi-fetch";
import type { components, paths } from "./api.d.ts";

export type LedgerClient = Client<paths>;
export type Schemas = components["schemas"];
export type Problem = Schemas["Problem"];

export interface LedgerClientOptions {
  /** Where the service is, such as http://127.0.0.1:3001 */
  readonly url: string;
  /** An API key or an access token, by what the endpoints need. */
  readonly token?: string | undefined;
  /** In place of the global one: to add a timeout, or to test. */
  readonly fetch?: (request: Request) => Promise<Response>;
}

/** `client.POST("/api/pin/verify-pin", { body: { … } })` gives `data`, or a problem document as `error`. */
export function ledgerClient({ url, token, fetch }: LedgerClientOptions): LedgerClient {
  return createClient<paths>({
    baseUrl: url,
    ...(token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } }),
    ...(fetch === undefined ? {} : { fetch }),
  });
}

/** The service's refusal, for those who prefer exceptions: branch on `problem.code`. */
export class ProblemError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(`${problem.code}: ${problem.detail}`);
    this.name = "ProblemError";
    this.problem = problem;
  }
}

/** The answer's body. @throws {ProblemError} where the service refused */
export async function answerOf<T>(
  call: Promise<{ readonly data?: T; readonly error?: unknown; readonly response: Response }>,
): Promise<T> {
  const { data, error, response } = await call;
  if (data !== undefined) return data;
  if (isProblem(error)) throw new ProblemError(error);
  throw new Error(`${response.url} answered ${response.status}, and not as this service does`);
}

/** What stands between may answer in its place, with a page of its own. */
const isProblem = (error: unknown): error is Problem =>
  typeof error === "object" && error !== null && "code" in error && "detail" in error;
