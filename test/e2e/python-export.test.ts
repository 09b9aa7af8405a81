import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { DEV_CHAIN_ID } from "../../server/chain/dev-accounts.ts";
import type { AuditTrust } from "../../server/audit/trust.ts";
import { auditLedger } from "../../server/audit/audit-ledger.ts";
import { rpcAuditChain } from "../../server/chain/audit-chain.ts";
import { appendEvent } from "../../server/services/ledger.ts";
import { draft, randomBytes, subjectOf } from "../storage/samples.ts";
import { bytesOf, exportOf, fileOf, linesOf } from "../audit/exports.ts";
import { audit } from "../audit/command.ts";
import { seeded } from "../audit/random.ts";
import { realLedger } from "../audit/real-ledger.ts";
import { skipWithoutPython, verifyInPython } from "../helpers/python.ts";
import { startService } from "../helpers/service.ts";
import type { TestService } from "../helpers/service.ts";
import { traffic } from "../helpers/traffic.ts";

interface Verdict {
  readonly code: number | null;
  /** Of the first thing that is wrong. */
  readonly index: number | null;
}

describe("Two independent verifiers", function () {
  this.timeout(120_000);
  let api: TestService;
  let trust: AuditTrust;
  let lines: string[];
  let lastEvent: string;
  const folder = mkdtempSync(join(tmpdir(), "two-verifiers-"));
  const file = join(folder, "file");

  before(skipWithoutPython);
  before(async () => {
    api = await startService();
    lastEvent = (await traffic(api)).body.eventUrl as string;
    const ledgerKey = ((await api.get("/api/ledger/key")).body as string).trim();
    trust = { chainId: DEV_CHAIN_ID, contract: api.contract, ledgerKey };
    lines = (await (await fetch(`${api.url}/api/ledger/export`)).text()).split("\n").slice(0, -1);
  });
  after(async () => {
    await api?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** With a trailer that fits, as whoever falsifies an export would write it. */
  const sealed = (body: readonly string[]): string[] => {
    const sha256 = createHash("sha256").update(bytesOf(body)).digest("hex");
    return [...body, JSON.stringify({ end: true, events: body.length - 1, sha256: `0x${sha256}` })];
  };
  const changed = (index: number, change: (event: Record<string, string | number | null>) => object) =>
    sealed(
      lines
        .slice(0, -1)
        .map((line, i) => (i === index + 1 ? JSON.stringify(change(JSON.parse(line))) : line)),
    );
  const eventOf = (index: number) => JSON.parse(lines[index + 1]!) as { payload: string | null };
  const other = (text: string, at: number) =>
    text.slice(0, at) + (text[at] === "a" ? "b" : "a") + text.slice(at + 1);

  async function ours(written: readonly string[]): Promise<Verdict> {
    writeFileSync(file, bytesOf(written));
    const roots = ["--rpc", api.rpcUrl, "--contract", trust.contract, "--ledger-key", trust.ledgerKey];
    const { code, json } = await audit([
      "ledger",
      file,
      "--json",
      "--chain-id",
      `${trust.chainId}`,
      ...roots,
    ]);
    const findings = json.findings as { index: number | null }[] | undefined;
    return { code, index: findings?.[0]?.index ?? null };
  }
  async function python(written: readonly string[]): Promise<Verdict> {
    writeFileSync(file, bytesOf(written));
    const { code, said } = await verifyInPython("export", file, { rpcUrl: api.rpcUrl, trust });
    expect(said).not.to.include("Traceback");
    const index = /event (\d+)/.exec(said)?.[1];
    return { code, index: code === 0 || index === undefined ? null : Number(index) };
  }

  it("find that the whole ledger of a service holds: every surface, an erasure, an act of support", async () => {
    const written = lines.slice(1, -1).flatMap((line) => {
      const { payload } = JSON.parse(line) as { payload: string | null };
      return payload === null ? [] : [JSON.parse(payload) as { policy: string; type: string }];
    });
    expect(new Set(written.map(({ policy }) => policy))).to.include.all.keys("fra", "standard", "session");
    expect(written.map(({ type }) => type)).to.include.members(["erased", "admin_unlock"]);
    expect(await ours(lines)).to.deep.equal({ code: 0, index: null });
    expect(await python(lines)).to.deep.equal({ code: 0, index: null });
  });

  it("refuse one with a byte changed, and name the same event", async () => {
    const full = lines.slice(1, -1).findLastIndex((_, i) => eventOf(i).payload !== null) - 1;
    const empty = lines.slice(1, -1).findIndex((_, i) => eventOf(i).payload === null);
    const cases: Record<string, readonly [number, string[]]> = {
      payload: [full, changed(full, (event) => ({ ...event, payload: other(event.payload as string, 30) }))],
      salt: [full, changed(full, (event) => ({ ...event, salt: other(event.salt as string, 9) }))],
      digest: [empty, changed(empty, (event) => ({ ...event, digest: other(event.digest as string, 9) }))],
      "only the salt": [full, changed(full, (event) => ({ ...event, salt: null }))],
      "a payload of another kind": [full, changed(full, (event) => ({ ...event, payload: 5 }))],
      "an index of another kind": [1, changed(1, (event) => ({ ...event, index: true }))],
      "a field twice": [
        full,
        sealed(
          lines
            .slice(0, -1)
            .map((line, i) => (i === full + 1 ? `${line.slice(0, -1)},"index":${full}}` : line)),
        ),
      ],
      space: [
        full,
        sealed(lines.slice(0, -1).map((line, i) => (i === full + 1 ? line.replace(":", ": ") : line))),
      ],
    };
    for (const [name, [index, written]] of Object.entries(cases)) {
      expect(await ours(written), name).to.deep.equal({ code: 1, index });
      expect(await python(written), name).to.deep.equal({ code: 1, index });
    }
  });

  it("refuse a header that leads elsewhere, and what follows on the trailer", async () => {
    const header = JSON.parse(lines[0]!) as Record<string, unknown>;
    const body = lines.slice(1, -1);
    const { checkpoint: _, ...unsigned } = header;
    for (const written of [
      sealed([JSON.stringify({ ...header, anchor: { ...(header.anchor as object), chainId: 1 } }), ...body]),
      sealed([JSON.stringify(unsigned), ...body]),
      sealed([JSON.stringify({ ...header, checkpoint: 4 }), ...body]),
      [...lines, "{}"],
      lines.slice(0, -1),
      [],
    ]) {
      expect((await ours(written)).code, written[0]).to.equal(1);
      expect((await python(written)).code, written[0]).to.equal(1);
    }
  });

  it("verify a receipt only where the trusted contract bears it out", async () => {
    const { body } = await api.get(`${lastEvent}/receipt`);
    const inPython = async (receipt: object, trusted: Partial<AuditTrust>) => {
      writeFileSync(file, JSON.stringify(receipt));
      return (await verifyInPython("receipt", file, { rpcUrl: api.rpcUrl, trust: trusted })).code;
    };
    expect(await inPython(body, trust)).to.equal(0);
    expect(await inPython({ ...body, index: body.index - 1 }, trust)).to.equal(1);
    const { ledgerKey: _key, ...noKey } = trust;
    expect(await inPython(body, noKey), "the contract vouches for it").to.equal(0);
    writeFileSync(file, "not JSON");
    expect((await verifyInPython("receipt", file, { rpcUrl: api.rpcUrl, trust })).code).to.equal(1);
    const { contract: _, ...noContract } = trust;
    expect(await inPython(body, noContract), "whose contract it is, nobody said").to.equal(2);
  });

  it("follow the chain from batches that list their digests to batches that do not", async () => {
    const ledger = await realLedger({ random: seeded(3), subjects: 5 });
    try {
      for (const granularity of ["digests", "subtrees", "digests", "subtrees"] as const) {
        await ledger.append(7, { erasures: 1 });
        await ledger.anchor(granularity);
      }
      writeFileSync(file, await exportOf(ledger));
      const { code, said } = await verifyInPython("export", file, ledger);
      expect(code, said).to.equal(0);
      expect(linesOf(await exportOf(ledger))).to.have.length(30);
    } finally {
      await ledger.close();
    }
  });

  it("refuse an erasure that erased nothing", async () => {
    const ledger = await realLedger({ random: seeded(3), subjects: 1 });
    try {
      await ledger.append(4);
      await ledger.store.write(async (tx) => {
        const erased = { ...draft, type: "erased" as const, outcome: { events: 4, consentsRevoked: [] } };
        await appendEvent(tx, await subjectOf(tx, "0.0"), erased, { now: Date.now(), randomBytes });
      });
      await ledger.anchor("digests");
      writeFileSync(file, await exportOf(ledger));
      const { code, said } = await verifyInPython("export", file, ledger);
      expect(code).to.equal(1);
      expect(said).to.include("event 4: it erases a subject of whom earlier events are still there");
      const report = await auditLedger(
        fileOf(await exportOf(ledger)),
        rpcAuditChain(ledger.rpcUrl),
        ledger.trust,
      );
      expect(report.findings[0]).to.include({ code: "erasure_incomplete", index: 4 });
    } finally {
      await ledger.close();
    }
  });
});
