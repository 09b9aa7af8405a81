import { connect } from "node:net";
import type { Socket } from "node:net";
import { expect } from "chai";
import { pino } from "pino";
import { buildApp } from "../../server/app.ts";
import type { Services } from "../../server/app.ts";
import { createClients } from "../../server/services/clients.ts";
import { eventually } from "../helpers/eventually.ts";

/** More than the kernel holds for a connection whose other end does not read. */
const CHUNK = 256 * 1024;
const CHUNKS = 400;

/** An export of 100 MB, and how much of it was asked for. */
function bigExport() {
  const seen = { made: 0, ended: 0, whole: 0 };
  async function* chunks() {
    try {
      for (let i = 0; i < CHUNKS; i++) {
        seen.made++;
        yield new Uint8Array(CHUNK).fill(0x61);
      }
      seen.whole++;
    } finally {
      seen.ended++;
    }
  }
  return { seen, from: async () => chunks() };
}

describe("The stream of an export", () => {
  let built: Awaited<ReturnType<typeof buildApp>>;
  let exported: ReturnType<typeof bigExport>;
  let url: string;
  const sockets: Socket[] = [];
  beforeEach(async () => {
    exported = bigExport();
    const services = {
      binding: {},
      clients: createClients([]),
      metrics: { served() {}, refused() {} },
      anchorer: { release() {} },
      ledgerExport: exported,
    };
    built = await buildApp(services as unknown as Services, {
      logger: pino({ level: "silent" }),
      limits: { perClient: 0, perPhone: 0, perUser: 0 },
      anchor: { waitMs: 0, required: false, maxBacklog: 10 },
      controller: "",
    });
    url = await built.listen({ host: "127.0.0.1", port: 0 });
  });
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    await built.close();
  });

  /** Asks, takes note of the first bytes, and reads no more. */
  async function stalled(): Promise<Socket> {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    sockets.push(socket);
    socket.on("error", () => {});
    socket.write("GET /api/ledger/export HTTP/1.1\r\nhost: x\r\n\r\n");
    await new Promise((resolve) => socket.once("data", resolve));
    socket.pause();
    return socket;
  }

  /** Until nothing more is made, however often the others are served. */
  async function settled(): Promise<number> {
    let before = -1;
    return eventually(async () => {
      for (let i = 0; i < 20; i++) expect((await fetch(`${url}/health/live`)).status).to.equal(200);
      const same = exported.seen.made === before;
      before = exported.seen.made;
      return same && before;
    }, "an end to reading ahead");
  }

  it("is made no faster than it is read, while others are served", async () => {
    for (let i = 0; i < 3; i++) await stalled();
    // Some megabytes for each are the kernel's, and one chunk is ours.
    expect(await settled()).to.be.lessThan(3 * 100);
    expect(exported.seen.ended).to.equal(0);
    sockets[0]!.resume();
    await eventually(async () => exported.seen.whole === 1, "one of them to be whole");
    expect(exported.seen.made).to.be.lessThan(CHUNKS + 2 * 100);
  });

  it("ends when its reader goes away", async () => {
    const socket = await stalled();
    const made = await settled();
    socket.destroy();
    await eventually(async () => exported.seen.ended === 1, "its end");
    expect(exported.seen).to.include({ whole: 0, made });
  });

  it("is cut short by a shutdown, and says so by having no end", async () => {
    const response = await fetch(`${url}/api/ledger/export`);
    const reader = response.body!.getReader();
    await reader.read();
    await settled();
    await built.close();
    expect(exported.seen).to.include({ ended: 1, whole: 0 });
    const rest = async () => {
      for (let done = false; !done;) ({ done } = await reader.read());
    };
    const cut: unknown = await rest().then(
      () => null,
      (error: unknown) => error,
    );
    expect(cut).to.be.instanceOf(Error);
  });

  it("is not made for HEAD", async () => {
    const { status } = await fetch(`${url}/api/ledger/export`, { method: "HEAD" });
    expect(status).to.be.oneOf([404, 405]);
    expect(exported.seen.made).to.equal(0);
  });
});
