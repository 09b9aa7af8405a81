import { ChainUnavailable } from "../ledger/index.ts";

/** The node answered with an error (EIP-1474). */
export class RpcError extends Error {
  readonly code: number;
  /** Revert data, 0x hex, where the node gives it. */
  readonly data: string | null;

  constructor(method: string, error: { code?: unknown; message?: unknown; data?: unknown }) {
    super(`${method}: ${String(error.message)}`);
    this.name = "RpcError";
    this.code = Number(error.code);
    this.data = revertData(error.data);
  }
}

/** The way to one endpoint. */
export interface RpcTransport {
  /** @returns what came back, whatever its status. Rejects where nothing did, or not in time */
  post(body: string, timeoutMs: number): Promise<{ readonly status: number; readonly text: string }>;
  /** Ends what is under way, as unanswered, and refuses what comes later. */
  close(): void;
}

/** Runs everywhere, in a browser too. */
export function fetchTransport(url: string): RpcTransport {
  const closing = new AbortController();
  return {
    async post(body, timeoutMs) {
      const response = await fetch(url, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body,
        signal: AbortSignal.any([closing.signal, AbortSignal.timeout(timeoutMs)]),
      });
      return { status: response.status, text: await response.text() };
    },
    close: () => closing.abort(),
  };
}

/**
 * One JSON-RPC endpoint. Bare on purpose: a library's caches, silent retries and batching delays would blur what the
 * sender must know exactly, namely whether a call was answered.
 */
export class JsonRpc {
  readonly #transport: RpcTransport;
  readonly #timeoutMs: number;
  #nextId = 1;

  constructor(url: string, options: { readonly timeoutMs: number; readonly transport?: RpcTransport }) {
    this.#transport = options.transport ?? fetchTransport(url);
    this.#timeoutMs = options.timeoutMs;
  }

  /** @throws {ChainUnavailable} no usable answer; {RpcError} the node's own "no" */
  async call<T>(method: string, params: readonly unknown[] = []): Promise<T> {
    const id = this.#nextId++;
    const answer = await this.#post(method, { jsonrpc: "2.0", id, method, params });
    if (answer.error !== undefined && answer.error !== null) throw new RpcError(method, answer.error);
    if (answer.id !== id || !("result" in answer)) {
      throw new ChainUnavailable(`${method}: the endpoint's answer is not JSON-RPC`);
    }
    return answer.result as T;
  }

  /** Ends the calls under way, as unanswered, and refuses later ones. */
  close(): void {
    this.#transport.close();
  }

  async #post(
    method: string,
    body: object,
  ): Promise<{ id?: unknown; result?: unknown; error?: object | null }> {
    try {
      const { status, text } = await this.#transport.post(JSON.stringify(body), this.#timeoutMs);
      try {
        // Some nodes answer errors with a 4xx or 5xx and a proper body: the body decides.
        const parsed: unknown = JSON.parse(text);
        if (typeof parsed === "object" && parsed !== null) return parsed;
      } catch {
        // Fall through: no JSON.
      }
      throw new ChainUnavailable(`${method}: HTTP ${status} without a JSON-RPC body`);
    } catch (cause) {
      if (cause instanceof ChainUnavailable) throw cause;
      throw new ChainUnavailable(`${method}: the chain's endpoint does not answer`, { cause });
    }
  }
}

/** Nodes differ: the data itself, or an object that holds it. */
function revertData(data: unknown): string | null {
  if (typeof data === "string" && /^0x[0-9a-f]*$/i.test(data)) return data;
  if (typeof data === "object" && data !== null && "data" in data) return revertData(data.data);
  return null;
}
