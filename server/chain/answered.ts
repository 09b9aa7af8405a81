import { ChainUnavailable } from "../ledger/index.ts";
import { RpcError } from "./rpc.ts";

/** An endpoint that errs or makes no sense has not answered the question. */
export async function answered<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (cause) {
    if (cause instanceof ChainUnavailable) throw cause;
    const why = cause instanceof RpcError ? cause.message : "the endpoint's answer makes no sense";
    throw new ChainUnavailable(why, { cause });
  }
}

/** It was the endpoint's own "no" that left the question unanswered. Whatever it minds, a smaller one may help. */
export const wasRefused = (error: unknown): boolean =>
  error instanceof ChainUnavailable && error.cause instanceof RpcError;
