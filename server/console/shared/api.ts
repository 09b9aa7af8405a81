/** The service, asked by its own pages: the cookie says who is there, and no script can read it. */
import { ledgerClient } from "../../client/index.ts";
import type { Problem, Schemas } from "../../client/index.ts";

export type { Problem, Schemas };

/** Long enough for a hash, a queue and a block; then the page says that nothing came. */
const TIMEOUT_MS = 30_000;

export const api = ledgerClient({
  url: location.origin,
  fetch: (request) => fetch(request, { signal: AbortSignal.timeout(TIMEOUT_MS) }),
});

export type Answer<T> =
  { readonly ok: true; readonly data: T } | { readonly ok: false; readonly problem: Problem };

/** What came of a call. Where nothing came, or nothing of ours, that is a problem too, with a code of the page's own. */
export async function ask<T>(
  call: Promise<{ readonly data?: T; readonly error?: unknown; readonly response: Response }>,
): Promise<Answer<T>> {
  try {
    const { data, error, response } = await call;
    if (response.ok) return { ok: true, data: data as T };
    if (isProblem(error)) return { ok: false, problem: error };
    return { ok: false, problem: own("UNREADABLE", response.status) };
  } catch {
    return { ok: false, problem: own("UNREACHABLE", 0) };
  }
}

const own = (code: "UNREADABLE" | "UNREACHABLE", status: number): Problem => ({
  type: "about:blank",
  title: code,
  detail: "",
  status,
  code,
});

const isProblem = (error: unknown): error is Problem =>
  typeof error === "object" && error !== null && "code" in error && "status" in error;

/** For operations: sent again after a lost answer, it is done once. */
export const idempotencyKey = (): { "Idempotency-Key": string } => {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return { "Idempotency-Key": Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("") };
};
