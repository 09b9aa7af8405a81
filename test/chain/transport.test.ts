import { expect } from "chai";
import { once } from "node:events";
import { createServer } from "node:http";
import type { RequestListener, Server } from "node:http";
import type { AddressInfo } from "node:net";
import { nodeTransport } from "../../server/chain/node-transport.ts";
import { fetchTransport } from "../../server/chain/rpc.ts";
import type { RpcTransport } from "../../server/chain/rpc.ts";

const PATIENT_MS = 30_000;

for (const [name, open] of Object.entries({ fetchTransport, nodeTransport })) {
  describe(`The way to an endpoint by ${name}`, () => {
    let server: Server;
    let transport: RpcTransport;

    async function answering(listener: RequestListener): Promise<void> {
      server = createServer(listener).listen(0, "127.0.0.1");
      await once(server, "listening");
      transport = open(`http://127.0.0.1:${(server.address() as AddressInfo).port}/rpc?key=a%20b`);
    }

    async function failure(posted: Promise<unknown>): Promise<string> {
      return posted.then(
        () => "an answer",
        (error: unknown) => (error instanceof Error ? "an error" : "something else"),
      );
    }

    afterEach(() => {
      transport.close();
      server.closeAllConnections();
      server.close();
    });

    it("brings the body there, with its address, and what came back, whatever its status and size", async () => {
      const answer = `"${"é€😀".repeat(50_000)}"`;
      let got = "";
      await answering((request, response) => {
        got = `${request.method} ${request.url} ${request.headers["content-type"]} `;
        request.setEncoding("utf8").on("data", (chunk: string) => (got += chunk));
        request.on("end", () => response.writeHead(503).end(answer));
      });
      expect(await transport.post('{"é":1}', PATIENT_MS)).to.deep.equal({ status: 503, text: answer });
      expect(got).to.equal('POST /rpc?key=a%20b application/json {"é":1}');
    });

    it("goes on after the server ended its connection", async () => {
      await answering((request, response) => request.resume().on("end", () => response.end("{}")));
      await transport.post("{}", PATIENT_MS);
      server.closeIdleConnections();
      // It takes a turn until we hear of it; until then a question may meet the end.
      while ((await failure(transport.post("{}", PATIENT_MS))) !== "an answer");
    });

    it("says when there was no answer, not in time, or not a whole one", async () => {
      await answering((request, response) => {
        request.resume();
        if (request.headers["content-length"] === "1") return;
        if (request.headers["content-length"] === "2") return request.socket.destroy();
        response.writeHead(200, { "content-length": 10 }).write("{}");
        setImmediate(() => request.socket.destroy());
      });
      expect(await failure(transport.post("1", 20))).to.equal("an error");
      expect(await failure(transport.post("22", PATIENT_MS))).to.equal("an error");
      expect(await failure(transport.post("333", PATIENT_MS))).to.equal("an error");
    });

    it("ends what is under way when it is closed, and refuses what comes later", async () => {
      let arrived: () => void = () => {};
      const arrival = new Promise<void>((resolve) => (arrived = resolve));
      await answering((request) => request.resume().on("end", arrived));
      const asked = failure(transport.post("{}", PATIENT_MS));
      await arrival;
      transport.close();
      expect(await asked).to.equal("an error");
      expect(await failure(transport.post("{}", PATIENT_MS))).to.equal("an error");
    });
  });
}
