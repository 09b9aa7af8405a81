/** For the sender, which asks all the time: a third of what `fetch` takes, most of it setting up what we do not use. */
import http from "node:http";
import https from "node:https";
import type { RpcTransport } from "./rpc.ts";

/** Servers end idle connections, and a request that meets such an end goes unanswered: ours is sooner. */
const IDLE_MS = 4_000;

/** @param url http: or https:, which may carry a name and a password for the endpoint */
export function nodeTransport(url: string): RpcTransport {
  const { Agent, request } = url.startsWith("https:") ? https : http;
  const agent = new Agent({ keepAlive: true, timeout: IDLE_MS });
  const underWay = new Set<http.ClientRequest>();
  let closed = false;
  return {
    post: (body, timeoutMs) =>
      new Promise((resolve, reject) => {
        if (closed) return reject(new Error("it was closed"));
        const sent = request(url, { method: "POST", agent, headers: { "content-type": "application/json" } });
        const timer = setTimeout(() => sent.destroy(new Error(`no answer in ${timeoutMs} ms`)), timeoutMs);
        underWay.add(sent);
        sent.on("close", () => {
          clearTimeout(timer);
          underWay.delete(sent);
        });
        sent.on("error", reject);
        sent.on("response", (response) => {
          let text = "";
          response.setEncoding("utf8");
          response.on("data", (chunk: string) => (text += chunk));
          // Also of an answer that is cut off in the middle.
          response.on("error", reject);
          response.on("end", () => resolve({ status: response.statusCode ?? 0, text }));
        });
        sent.end(body);
      }),
    close() {
      closed = true;
      for (const sent of underWay) sent.destroy(new Error("it was closed"));
      agent.destroy();
    },
  };
}
