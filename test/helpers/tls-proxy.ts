/** What stands before the service in production: it ends TLS, and asks the service under a name of its own. */
import { request } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { selfSigned } from "./certificate.ts";

export interface TlsProxy {
  readonly url: string;
  /** Where the service listens, once it does. */
  target: string | null;
  close(): Promise<void>;
}

export async function startTlsProxy(): Promise<TlsProxy> {
  const server = createServer(selfSigned("127.0.0.1", Date.now()), (incoming, outgoing) => {
    if (proxy.target === null) return void outgoing.writeHead(502).end();
    const { host, hostname, port } = new URL(proxy.target);
    const headers = { ...incoming.headers, host, "x-forwarded-host": incoming.headers.host };
    const forwarded = request({ hostname, port, path: incoming.url, method: incoming.method, headers });
    forwarded.on("response", (response) => {
      outgoing.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(outgoing);
    });
    forwarded.on("error", () => outgoing.destroy());
    incoming.pipe(forwarded);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const proxy: TlsProxy = {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    target: null,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return proxy;
}
