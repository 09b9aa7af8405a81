/** Stands between the service and its chain, to take the chain away and give it back. */
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";

export interface RpcProxy {
  readonly url: string;
  /** While false, every connection is cut without an answer. */
  up: boolean;
  /** While true, calls are taken and never answered. */
  hanging: boolean;
  /** How often each method was forwarded. */
  readonly calls: Map<string, number>;
  close(): Promise<void>;
}

export async function rpcProxy(target: string): Promise<RpcProxy> {
  const calls = new Map<string, number>();
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
    incoming.on("end", () => {
      if (!proxy.up) return void incoming.socket.destroy();
      if (proxy.hanging) return;
      const body = Buffer.concat(chunks);
      const { method } = JSON.parse(body.toString()) as { method: string };
      calls.set(method, (calls.get(method) ?? 0) + 1);
      const forward = request(
        target,
        { method: "POST", headers: { "content-type": "application/json" } },
        (answer) => {
          outgoing.writeHead(answer.statusCode ?? 502, { "content-type": "application/json" });
          answer.pipe(outgoing);
        },
      );
      forward.on("error", () => incoming.socket.destroy());
      forward.end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const proxy: RpcProxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    up: true,
    hanging: false,
    calls,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  return proxy;
}
