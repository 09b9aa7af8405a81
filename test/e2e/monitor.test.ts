import { expect } from "chai";
import { fromHex, toHex, verifyConsistency } from "../../server/ledger/index.ts";
import { auditor } from "../helpers/auditor.ts";
import { GOOD_PIN, newPhone, onboard, verify } from "../helpers/customer.ts";
import { eventually } from "../helpers/eventually.ts";
import { monitor } from "../helpers/monitor.ts";
import { startService } from "../helpers/service.ts";
import type { TestService } from "../helpers/service.ts";

describe("A monitor of transparency logs", () => {
  let api: TestService;
  let phone: string;
  before(async () => {
    api = await startService({ ANCHOR_WAIT_MS: "0" });
    phone = newPhone();
    await onboard(api, phone);
    await anchored();
  });
  after(() => api.close());

  const verifyTimes = async (times: number) => {
    for (let i = 0; i < times; i++) expect((await verify(api, phone, GOOD_PIN)).status).to.be.lessThan(300);
  };
  /** One more event, and all up to it on the chain. */
  const anchored = async () => {
    const { eventUrl } = (await verify(api, phone, GOOD_PIN)).body;
    await eventually(
      async () => /mined|final/.test((await api.get(eventUrl)).body.anchor.status),
      "the event on the chain",
    );
  };
  const baseUrl = () => `${api.url}/api/ledger`;
  const vkey = async () => ((await api.get("/api/ledger/key")).body as string).trimEnd();

  it("follows the ledger from its tiles alone, and finds there what the contract holds", async function () {
    this.timeout(60_000);
    const watching = monitor(baseUrl(), await vkey());
    const chain = auditor(api.rpcUrl, api.contract);
    try {
      const seen = [];
      for (const more of [0, 1, 300]) {
        await verifyTimes(more);
        await anchored();
        const { size, root } = await watching.follow();
        expect(await chain.contract.getFunction("rootAt")(size)).to.equal(toHex(root));
        expect(watching.entries).to.have.length(size);
        seen.push({ size, root });
      }
      const [first, , last] = seen;
      expect(last!.size).to.be.greaterThan(300);
      const path = `/api/ledger/consistency?from=${first!.size}&to=${last!.size}`;
      const { body } = await api.get(path);
      expect(body.toRoot).to.equal(toHex(last!.root));
      const proof = (body.proof as string[]).map((hash) => fromHex(hash, 32));
      expect(verifyConsistency(first!.size, last!.size, first!.root, last!.root, proof)).to.equal(true);
    } finally {
      chain.close();
    }
  });

  it("may keep a tile for ever, and nothing that may yet change", async () => {
    const cacheControl = async (path: string) =>
      (await fetch(`${baseUrl()}/${path}`)).headers.get("cache-control");
    for (const path of ["tile/0/000.p/1", "tile/entries/000.p/1"]) {
      expect(await cacheControl(path)).to.equal("public, max-age=31536000, immutable");
    }
    for (const path of [
      "checkpoint",
      "tile/0/x999/999",
      "consistency?from=0&to=1",
      "key",
      "tile/entries/0",
    ]) {
      expect(await cacheControl(path), path).to.equal("no-store");
    }
    const tile = await fetch(`${baseUrl()}/tile/0/000.p/1`);
    expect(tile.headers.get("content-type")).to.equal("application/octet-stream");
    expect(tile.headers.get("content-length")).to.equal("32");
  });

  it("is told what is wrong with what it asks, and never served by halves", async () => {
    for (const [path, status] of [
      ["consistency", 400],
      ["consistency?from=0", 400],
      ["consistency?from=0&to=-1", 400],
      ["consistency?from=0&to=1.0", 400],
      ["consistency?from=0&to=1e3", 400],
      ["consistency?from=0&to=0x1", 400],
      ["consistency?from=0&to=%201", 400],
      ["consistency?from=&to=1", 400],
      ["consistency?from=00&to=1", 400],
      ["consistency?from=0&to=1&to=2", 400],
      ["consistency?from=0&to[]=1", 400],
      ["consistency?from=0&to=1&more=1", 400],
      ["consistency?from=0&to=281474976710657", 400],
      ["consistency?from=0&to=99999999999999999999", 400],
      ["consistency?from=1&to=0", 400],
      ["consistency?from=0&to=281474976710656", 404],
      ["tile", 404],
      ["tile/", 404],
      ["tile/0/%2e%2e/000", 404],
      ["tile/0/000.p/256", 404],
      [`tile/${"9".repeat(65)}`, 400],
    ] as const) {
      const { status: got, body } = await api.get(`/api/ledger/${path}`);
      expect(got, path).to.equal(status);
      expect(body, path).to.include({ status });
    }
  });
});
