import { ChainUnavailable } from "../ledger/index.ts";
import type { JsonRpc } from "./rpc.ts";

/** What readers of a chain need of an endpoint. */
export type RpcReader = Pick<JsonRpc, "call">;

/** Not Node's: an auditor may sit in a browser. */
const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

const PAUSES_MS = [100, 1_000, 5_000];

/**
 * Asks again where there was no answer: an audit asks thousands of questions, none of which changes anything, and must
 * not be lost to one connection that was closed while it was busy with something else.
 */
export function patientRpc(rpc: RpcReader, pausesMs: readonly number[] = PAUSES_MS): RpcReader {
  return {
    async call<T>(method: string, params?: readonly unknown[]): Promise<T> {
      for (const pause of pausesMs) {
        try {
          return await rpc.call<T>(method, params);
        } catch (error) {
          if (!(error instanceof ChainUnavailable)) throw error;
        }
        await sleep(pause);
      }
      return rpc.call<T>(method, params);
    },
  };
}
