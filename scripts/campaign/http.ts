/** A light HTTP client: it shares the machine with what it measures. */
import { Agent, request } from "node:http";
import type { IncomingHttpHeaders } from "node:http";

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** From handing over the request to the last byte of the answer. */
  readonly ms: number;
}

export interface HttpClient {
  get(path: string): Promise<Reply>;
  post(path: string, body: object, headers?: Readonly<Record<string, string>>): Promise<Reply>;
  close(): void;
}

const TIMEOUT_MS = 60_000;

/** Keeps its connections alive, at most `connections` of them. */
export function httpClient(url: string, connections = Infinity): HttpClient {
  const agent = new Agent({ keepAlive: true, maxSockets: connections, maxFreeSockets: 512 });
  const send = (
    method: string,
    path: string,
    body: string | null,
    headers: Record<string, string | number>,
  ) =>
    new Promise<Reply>((resolve, reject) => {
      const sent = request(url + path, { method, agent, headers, timeout: TIMEOUT_MS }, (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (chunk: string) => (text += chunk));
        response.on("error", reject);
        response.on("end", () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: text,
            ms: performance.now() - startedAt,
          }),
        );
      });
      sent.on("error", reject);
      sent.on("timeout", () => sent.destroy(new Error(`no answer in ${TIMEOUT_MS} ms`)));
      const startedAt = performance.now();
      sent.end(body ?? undefined);
    });
  return {
    get: (path) => send("GET", path, null, {}),
    post(path, body, headers = {}) {
      const text = JSON.stringify(body);
      return send("POST", path, text, {
        "content-type": "application/json",
        "content-length": Buffer.byteLength(text),
        ...headers,
      });
    },
    close: () => agent.destroy(),
  };
}
