import { createHash } from "node:crypto";
import { expect } from "chai";
import { auditLedger } from "../../server/audit/audit-ledger.ts";
import { exportSource } from "../../server/audit/export-source.ts";
import { diffLedgers } from "../../server/audit/diff.ts";
import { checkpointSigner } from "../../server/crypto/checkpoint-signer.ts";
import { rpcAuditChain } from "../../server/chain/audit-chain.ts";
import { SourceUnavailable } from "../../server/ports/audit.ts";
import type { AuditChain, LedgerSource } from "../../server/ports/audit.ts";
import { createLedgerExport } from "../../server/services/ledger-export.ts";
import { appendEvent } from "../../server/services/ledger.ts";
import { draft, randomBytes, subjectOf } from "../storage/samples.ts";
import { apiOf, bytesOf, exportOf, fileOf, linesOf } from "./exports.ts";
import { seeded } from "./random.ts";
import { LEDGER_ID, realLedger } from "./real-ledger.ts";
import type { RealLedger } from "./real-ledger.ts";
import { rememberedChain } from "./remembered-chain.ts";

const SEED = Number(process.env.SEED ?? Date.now() % 2 ** 31);

describe("An export, in the hands of an auditor", () => {
  let ledger: RealLedger;
  let chain: AuditChain;
  let whole: Uint8Array;
  let earlier: Uint8Array;
  const random = seeded(SEED);

  before(async function () {
    this.timeout(60_000);
    ledger = await realLedger({ random, subjects: 10 });
    await ledger.append(40, { erasures: 4 });
    await ledger.anchor("digests");
    earlier = await exportOf(ledger);
    await ledger.append(20);
    await ledger.anchor("digests");
    await ledger.append(3);
    whole = await exportOf(ledger);
    chain = rememberedChain(rpcAuditChain(ledger.rpcUrl));
  });
  after(() => ledger.close());

  const audit = (source: LedgerSource) => auditLedger(source, chain, ledger.trust);
  const auditBytes = (bytes: Uint8Array) => audit(fileOf(bytes));
  const firstOf = async (bytes: Uint8Array) => {
    const { verified, findings } = await auditBytes(bytes);
    expect(verified).to.equal(false);
    return findings[0]!;
  };
  /** With the trailer that belongs to it: who forges an export does not forget that. */
  const sealed = (lines: readonly string[]): Uint8Array => {
    const body = bytesOf(lines);
    const sha256 = `0x${createHash("sha256").update(body).digest("hex")}`;
    const trailer = JSON.stringify({ end: true, events: lines.length - 1, sha256 });
    return bytesOf([...lines, trailer]);
  };

  it("verifies whole, however it arrives, and says what is not on the chain yet", async () => {
    for (const piece of [1, 7, 1_000, 1_000_000]) {
      const report = await audit(fileOf(whole, piece));
      expect(report.findings).to.deep.equal([]);
      expect(report).to.include({ verified: true, size: 63, anchoredSize: 60, pending: 3 });
    }
  });

  it("is refused with more pending events than the auditor allows", async () => {
    const bounded = await auditLedger(fileOf(whole), chain, ledger.trust, { maxPending: 2 });
    expect(bounded.findings).to.have.length(1);
    expect(bounded.findings[0]).to.include({ code: "pending", index: 60 });
    expect((await auditLedger(fileOf(whole), chain, ledger.trust, { maxPending: 3 })).verified).to.equal(
      true,
    );
  });

  it("does not hold with any one bit of it changed", async function () {
    this.timeout(60_000);
    for (let i = 0; i < 150; i += 1) {
      const at = random.below(whole.length);
      const bytes = whole.slice();
      bytes[at] = bytes[at]! ^ (1 << random.below(8));
      const { verified } = await auditBytes(bytes);
      expect(verified, `byte ${at} (seed ${SEED})`).to.equal(false);
    }
  });

  it("names the event that a forger changed, who knew how to make the rest fit", async () => {
    const lines = linesOf(whole).slice(0, -1);
    for (let index = 0; index < 63; index += 1) {
      const event = JSON.parse(lines[index + 1]!) as { payload: string | null };
      if (event.payload === null) continue;
      const payload = event.payload.replace(/"attempt":\d+/, '"attempt":9');
      if (payload === event.payload) continue;
      const forged = lines.with(index + 1, JSON.stringify({ ...event, payload }));
      expect(await firstOf(sealed(forged))).to.include({ code: "digest_mismatch", index });
    }
  });

  it("does not hold without its end, its trailer or its header, nor with two of them, nor with lines astray", async () => {
    const lines = linesOf(whole);
    const cases: readonly (readonly [string, Uint8Array, string, number | null])[] = [
      ["nothing", new Uint8Array(0), "export_truncated", null],
      ["no trailer", bytesOf(lines.slice(0, -1)), "export_truncated", 63],
      ["cut in a line", whole.subarray(0, whole.length >> 1), "export_truncated", 0],
      ["no header", bytesOf(lines.slice(1)), "export_malformed", null],
      ["two headers", bytesOf([lines[0]!, ...lines]), "export_malformed", 0],
      ["something after the end", bytesOf([...lines, "{}"]), "export_malformed", 63],
      ["a line left out", sealed(lines.slice(0, -1).toSpliced(8, 1)), "export_malformed", 7],
      ["a line twice", sealed(lines.slice(0, -1).toSpliced(8, 0, lines[8]!)), "export_malformed", 8],
      [
        "two lines exchanged",
        sealed(lines.slice(0, -1).with(8, lines[9]!).with(9, lines[8]!)),
        "export_malformed",
        7,
      ],
      ["no UTF-8", Uint8Array.of(0xff, 0xfe, 0x0a), "export_malformed", null],
      ["a line without end", new Uint8Array(2 ** 20).fill(0x20), "export_malformed", null],
    ];
    for (const [what, bytes, code, index] of cases) {
      const finding = await firstOf(bytes);
      expect(finding.code, what).to.equal(code);
      // What was cut in the midst of things ends somewhere; where, the finding says.
      if (what !== "cut in a line") expect(finding.index, what).to.equal(index);
      else expect(finding.index).to.be.greaterThan(0);
    }
    const wrongSum = lines.at(-1)!.replace(/"sha256":"0x../, '"sha256":"0x00');
    expect((await firstOf(bytesOf([...lines.slice(0, -1), wrongSum]))).code).to.equal("export_checksum");
  });

  it("takes no more memory for a line that never ends", async () => {
    let taken = 0;
    const hose = exportSource({ description: "a hose", settled: true }, async () => ({
      chunks: (async function* () {
        for (;;) {
          taken += 65_536;
          yield new Uint8Array(65_536).fill(0x61);
        }
      })(),
      close: async () => {},
    }));
    expect((await audit(hose)).findings[0]!.code).to.equal("export_malformed");
    expect(taken).to.be.lessThan(2 ** 20);
  });

  it("is missing its end when the chain has more; seen as of its own block, it holds", async () => {
    const { code, index } = await firstOf(earlier);
    expect({ code, index }).to.deep.equal({ code: "truncated", index: 40 });
    const anchors = [];
    for await (const page of chain.anchors(ledger.trust.contract, 0, await chain.blockNumber()))
      anchors.push(...page);
    const block = anchors.find(({ size }) => size === 40)!.blockNumber;
    const asOf = await auditLedger(fileOf(earlier), chain, ledger.trust, { asOf: block });
    expect(asOf.findings).to.deep.equal([]);
    expect(asOf).to.include({ verified: true, anchoredSize: 40 });
  });

  it("is no good from the middle: that is neither yes nor no", async () => {
    const outcome: unknown = await auditBytes(await exportOf(ledger, 5)).catch((error: unknown) => error);
    expect(outcome).to.be.instanceOf(SourceUnavailable);
  });

  it("is the same ledger as an earlier one, or differs at an event that is named", async () => {
    const same = await diffLedgers(fileOf(earlier), fileOf(whole));
    expect(same).to.deep.include({ samePrefix: true, sizes: [40, 63], erasedBetween: 0 });
    const lines = linesOf(whole).slice(0, -1);
    const index = lines.findIndex((line) => line.includes("attempt")) - 1;
    const event = JSON.parse(lines[index + 1]!) as object;
    const forged = lines.with(index + 1, JSON.stringify({ ...event, digest: `0x${"01".repeat(32)}` }));
    const different = await diffLedgers(fileOf(sealed(forged)), fileOf(whole));
    expect(different).to.include({ samePrefix: false, firstDifferent: index });
    expect(different.what).to.include("digest");
    const cut = await diffLedgers(fileOf(whole), fileOf(bytesOf(lines)));
    expect(cut).to.include({ samePrefix: false, firstDifferent: 63 });
  });

  it("taken while somebody was being erased is read on, until the erasure explains what is empty", async () => {
    const busy = await realLedger({ random, subjects: 1 });
    try {
      await busy.append(20);
      await busy.anchor("digests");
      const before = linesOf(await exportOf(busy));
      await busy.append(1, { erasures: 1 });
      await busy.anchor("digests");
      const after = linesOf(await exportOf(busy));
      // Its first half was read before the erasure, its second half after, and its end had been fixed at the beginning.
      const torn = sealed([...before.slice(0, 11), ...after.slice(11, 21)]);
      const answers = [torn];
      const api = apiOf(async (from) => answers.shift() ?? exportOf(busy, from));
      const report = await auditLedger(api, rpcAuditChain(busy.rpcUrl), busy.trust);
      expect(report.findings).to.deep.equal([]);
      expect(report).to.include({ verified: true, size: 21 });
      const never = await auditLedger(
        apiOf(async () => torn),
        rpcAuditChain(busy.rpcUrl),
        busy.trust,
      );
      expect(never.verified).to.equal(false);
    } finally {
      await busy.close();
    }
  });

  it("is not explained by an erasure of more than there is, which the operator never means to anchor", async () => {
    const hiding = await realLedger({ random, subjects: 2 });
    try {
      await hiding.append(20);
      await hiding.anchor("digests");
      const lines = linesOf(await exportOf(hiding)).slice(0, -1);
      const hidden = JSON.parse(lines.at(-1)!) as object;
      await hiding.store.write(async (tx) => {
        const nobody = { ...draft, type: "erased" as const, outcome: { events: 1_000, consentsRevoked: [] } };
        const forging = { ...tx, subjects: { ...tx.subjects, nextSeq: async () => 1_000 } };
        const place = { now: Date.now(), randomBytes };
        await appendEvent(forging, await subjectOf(tx, "nobody"), nobody, place);
      });
      const signed = linesOf(await exportOf(hiding));
      const forged = [
        signed[0]!,
        ...lines.slice(1, -1),
        JSON.stringify({ ...hidden, payload: null, salt: null }),
        signed.at(-2)!,
      ];
      const api = apiOf(async () => sealed(forged));
      const { findings } = await auditLedger(api, rpcAuditChain(hiding.rpcUrl), hiding.trust);
      expect(findings[0]).to.include({ code: "erasure_incomplete" });
    } finally {
      await hiding.close();
    }
  });

  it("of a forked history is found out, also where the operator signs for it", async () => {
    const fork = await realLedger({ random, subjects: 10 });
    try {
      await fork.append(63);
      const there = { chainId: ledger.trust.chainId, contract: ledger.trust.contract };
      const signer = checkpointSigner(new Uint8Array(32).fill(7));
      const forked = async (from: number) => {
        const chunks: Uint8Array[] = [];
        const epoch = { ...fork.epoch, ...there };
        for await (const chunk of await createLedgerExport({ store: fork.store, epoch, signer }).from(from))
          chunks.push(chunk);
        return Uint8Array.from(Buffer.concat(chunks));
      };
      expect(signer.verifierKey(LEDGER_ID)).to.equal(ledger.trust.ledgerKey);
      const { findings } = await audit(apiOf(forked));
      expect(findings[0]).to.include({ code: "chain_digest", index: 0 });
    } finally {
      await fork.close();
    }
  });
});
