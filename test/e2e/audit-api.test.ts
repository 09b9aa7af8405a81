import { createHash } from "node:crypto";
import { expect } from "chai";
import {
  decodeExport,
  eventDigest,
  formatVerifierKey,
  fromHex,
  parseVerifierKey,
  toHex,
  toUtf8,
  verifyCheckpoint,
} from "../../server/ledger/index.ts";
import type { ExportEvent, ExportHeader, ExportTrailer } from "../../server/ledger/index.ts";
import { openStore } from "../../server/storage/open.ts";
import { GOOD_PIN, newPhone, onboard, verify } from "../helpers/customer.ts";
import { startService } from "../helpers/service.ts";
import type { TestService } from "../helpers/service.ts";
import { appendFor } from "../storage/samples.ts";

const KEYS = { bank: "ilk_bank-key", office: "ilk_office-key", auditor: "ilk_auditor-key" };
const entry = (client: string, scopes: string, key: string) =>
  `${client}:${scopes}:${createHash("sha256").update(key).digest("hex")}`;
const API_KEYS = [
  entry("bank", "pin", KEYS.bank),
  entry("office", "erase", KEYS.office),
  entry("auditor", "audit", KEYS.auditor),
].join(",");
const bearer = (key: string) => ({ authorization: `Bearer ${key}` });
const AUDITOR = bearer(KEYS.auditor);

const SETTINGS = { API_KEYS, ANCHOR_WAIT_MS: "0" };

interface Exported {
  header: ExportHeader;
  events: ExportEvent[];
  trailer: ExportTrailer;
}

async function readExport(chunks: AsyncIterable<Uint8Array>): Promise<Exported> {
  const read: Partial<Exported> & { events: ExportEvent[] } = { events: [] };
  for await (const item of decodeExport(chunks)) {
    if (item.kind === "header") read.header = item.header;
    if (item.kind === "event") read.events.push(item.event);
    if (item.kind === "trailer") read.trailer = item.trailer;
  }
  return read as Exported;
}

async function* chunksOf(response: Response) {
  const reader = response.body!.getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
}

/** Puts so many events into the service's database, behind its back: its anchorer finds them at its next turn. */
async function grow(api: TestService, count: number): Promise<void> {
  const store = await openStore({ url: `sqlite:${api.dataDir}/ledger.db`, newLedgerId: "unused" });
  await store.write(async (tx) => {
    for (let i = 0; i < count; i++) await appendFor(tx, String(i % 10), Date.now());
  });
  await store.close();
}

describe("The events API for auditors", () => {
  let api: TestService;
  let phone: string;
  before(async () => {
    api = await startService(SETTINGS);
    phone = newPhone();
    await onboard(api, phone);
    await verify(api, phone, GOOD_PIN, bearer(KEYS.bank));
    await onboard(api, newPhone());
  });
  after(() => api.close());

  const list = (query = "", headers: Record<string, string> = AUDITOR) =>
    api.get(`/api/ledger/events${query}`, headers);
  const take = async (query = "") => {
    const response = await fetch(`${api.url}/api/ledger/export${query}`, { headers: AUDITOR });
    expect(response.status).to.equal(200);
    expect(response.headers.get("content-type")).to.equal("application/x-ndjson");
    expect(response.headers.get("cache-control")).to.equal("no-store");
    return readExport(chunksOf(response));
  };

  it("is for the scope audit: neither strangers nor those who verify PINs get any of it", async () => {
    for (const path of ["/api/ledger/events", "/api/ledger/export"]) {
      expect((await api.get(path)).body).to.include({ status: 401, code: "UNAUTHENTICATED" });
      expect((await api.get(path, bearer("ilk_guess"))).body).to.include({ status: 401 });
      for (const key of [KEYS.bank, KEYS.office]) {
        expect((await api.get(path, bearer(key))).body).to.include({ status: 403, reason: "missing_scope" });
      }
    }
    const head = await fetch(`${api.url}/api/ledger/export`, { method: "HEAD", headers: AUDITOR });
    expect(head.status).to.be.oneOf([404, 405]);
  });

  it("gives every event once, page by page, as each says of itself", async () => {
    const seen = [];
    let cursor: string | null = "";
    while (cursor !== null) {
      const { status, body } = await list(`?limit=2${cursor && `&cursor=${encodeURIComponent(cursor)}`}`);
      expect(status).to.equal(200);
      seen.push(...body.events);
      cursor = body.nextCursor;
    }
    expect(seen.map(({ index }) => index)).to.deep.equal(seen.map((_, i) => i));
    expect(seen.length).to.be.at.least(5);
    for (const { type, timestamp, ...event } of seen) {
      const { earlierAnchors, ...alone } = (await api.get(`/api/ledger/events/${event.id}`, AUDITOR)).body;
      expect(earlierAnchors).to.deep.equal([]);
      expect({ ...event, anchor: null }).to.deep.equal({ ...alone, anchor: null });
      expect(event.payload).to.include({ type, timestamp });
    }
  });

  it("gives the same, the newest first, to who asks for that", async () => {
    const { events } = (await list()).body;
    const seen = [];
    let cursor: string | null = "";
    while (cursor !== null) {
      const query = `?order=newest&limit=3${cursor && `&cursor=${encodeURIComponent(cursor)}`}`;
      const { body } = await list(query);
      seen.push(...body.events);
      cursor = body.nextCursor;
    }
    expect(seen.map(({ id }) => id)).to.deep.equal(events.map(({ id }: { id: string }) => id).reverse());
  });

  it("filters by type, time, policy and pseudonym", async () => {
    const { events } = (await list()).body;
    const [verified] = (await list("?type=pin_verify")).body.events;
    expect(verified.payload.outcome.result).to.equal("valid");
    const { identityHash } = verified.payload;
    const about = (await list(`?identityHash=${identityHash}`)).body.events;
    expect(about.length).to.be.within(3, events.length - 1);
    for (const event of about) expect(event.payload.identityHash).to.equal(identityHash);
    const before = (await list(`?to=${verified.timestamp}`)).body.events;
    const since = (await list(`?from=${verified.timestamp}`)).body.events;
    expect([...before, ...since].map(({ id }) => id)).to.deep.equal(
      events.map(({ id }: { id: string }) => id),
    );
    expect((await list("?policy=fra")).body.events).to.have.length(events.length);
    expect((await list("?policy=session")).body).to.deep.equal({ events: [], nextCursor: null });
  });

  it("refuses what is not spelled as documented, and says which part", async () => {
    const { nextCursor } = (await list("?limit=1")).body;
    for (const query of [
      ...["limit=0", "limit=501", "limit=-1", "limit=1.5", "limit=1e2", "limit=", "limit=999999999999999999"],
      ...["limit=1&limit=2", "limit[]=1", "limit[a]=1", "cursor=", "cursor=0", "cursor=MTI=", "cursor=%00"],
      ...[`cursor=${nextCursor}&cursor=${nextCursor}`, `cursor=${nextCursor}x`, `cursor=${"A".repeat(65)}`],
      ...[btoa("v1:-1"), btoa("v1:01"), btoa("v1:1 "), btoa("v2:1"), btoa(`v1:${"9".repeat(16)}`)].map(
        (cursor) => `cursor=${encodeURIComponent(cursor)}`,
      ),
      ...["type=", "type=a%20b", "type=a&type=b", "policy=%27;--", `type=${"a".repeat(65)}`],
      ...[
        "from=yesterday",
        "from=2026-02-30T00:00:00Z",
        "from=0",
        "to=2026-01-01",
        "from=2026-01-01T00:00:00+02:00",
      ],
      ...["identityHash=0x", `identityHash=0x${"AB".repeat(32)}`, `identityHash=${"ab".repeat(32)}`],
      ...["order=", "order=desc", "order=newest&order=oldest"],
      ...["unknown=1", "__proto__=1", "constructor=1"],
    ]) {
      const { status, body } = await list(`?${query}`);
      expect(status, query).to.equal(400);
      expect(body.code, query).to.equal("VALIDATION_ERROR");
    }
    for (const query of ["from=-1", "from=1.0", "from=", "from=0&from=1", "to=1", "from=281474976710657"]) {
      expect((await api.get(`/api/ledger/export?${query}`, AUDITOR)).status, query).to.equal(400);
    }
    const beyond = await api.get("/api/ledger/export?from=281474976710656", AUDITOR);
    expect(beyond.body).to.include({ status: 404, reason: "beyond_the_ledger" });
    const order = await list("?from=2030-01-01T00:00:00Z&to=2020-01-01T00:00:00Z");
    expect(order.body).to.deep.equal({ events: [], nextCursor: null });
  });

  it("exports a ledger that proves itself: every payload has its digest, and the checkpoint their root", async () => {
    const { header, events, trailer } = await take();
    const vkey = ((await api.get("/api/ledger/key")).body as string).trimEnd();
    expect(formatVerifierKey(parseVerifierKey(vkey))).to.equal(vkey);
    const checkpoint = verifyCheckpoint(header.checkpoint, vkey);
    expect(checkpoint.size).to.equal(events.length);
    expect(header).to.include({ from: 0, size: events.length });
    expect(header.anchor.contract).to.equal(api.contract.toLowerCase());
    expect(trailer.events).to.equal(events.length);
    for (const { digest, payload, salt } of events) {
      expect(toHex(eventDigest(fromHex(salt!), toUtf8(payload!)))).to.equal(digest);
    }
    const { body } = await api.get(`/api/ledger/consistency?from=0&to=${checkpoint.size}`);
    expect(body.toRoot).to.equal(toHex(checkpoint.root));
    const tail = await take(`?from=${events.length - 2}`);
    expect(tail.events).to.deep.equal(events.slice(-2));
    expect((await take(`?from=${events.length}`)).events).to.deep.equal([]);
  });

  it("shows erased events by their place and digest alone", async () => {
    const gone = newPhone();
    const { body } = await onboard(api, gone);
    const index = (await api.get(body.eventUrl, AUDITOR)).body.index as number;
    const before = (await take(`?from=${index}`)).events[0]!;
    await api.post("/api/subjects/erase", { phoneNumber: gone }, bearer(KEYS.office));
    const after = (await take(`?from=${index}`)).events;
    expect(after[0]).to.deep.equal({ ...before, payload: null, salt: null });
    expect(after.at(-1)!.payload).to.contain('"type":"erased"');
    const { events } = (await list("?type=pin_set")).body;
    const erased = events.find((event: { id: string }) => event.id === body.eventId);
    expect(erased).to.include({ payload: null, payloadStatus: "erased", digest: before.digest });
  });
});

describe("A long export", () => {
  const COUNT = 5_000;
  let api: TestService;
  before(async function () {
    this.timeout(120_000);
    api = await startService({ ...SETTINGS, ANCHOR_GRANULARITY: "subtrees" });
    await grow(api, COUNT);
  });
  after(() => api.close());

  it("ends where the ledger did when it began, whatever is appended meanwhile", async function () {
    this.timeout(60_000);
    const response = await fetch(`${api.url}/api/ledger/export`, { headers: AUDITOR });
    async function* slowly() {
      let chunks = 0;
      for await (const chunk of chunksOf(response)) {
        if (chunks++ === 1) await grow(api, 300);
        yield chunk;
      }
    }
    const { header, events } = await readExport(slowly());
    expect(header.size).to.equal(COUNT);
    expect(events).to.have.length(COUNT);
    const next = await fetch(`${api.url}/api/ledger/export?from=${COUNT}`, { headers: AUDITOR });
    expect((await readExport(chunksOf(next))).events).to.have.length(300);
  });
});
