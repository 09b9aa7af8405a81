import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { DEV_RELAYER } from "../../server/chain/dev-accounts.ts";
import { startEmbeddedChain } from "../../server/chain/embedded.ts";
import type { EmbeddedChain } from "../../server/chain/embedded.ts";
import { auditor } from "../helpers/auditor.ts";
import { GOOD_PIN, WRONG_PIN, newPhone, onboard, verify } from "../helpers/customer.ts";
import { eventually } from "../helpers/eventually.ts";
import { startProcess } from "../helpers/process.ts";
import type { ServiceProcess } from "../helpers/process.ts";

/** Each of these events is there, anchored, and its receipt holds; their indexes are all below the tree's size. */
async function expectAllAnchored(service: ServiceProcess, eventUrls: readonly string[]): Promise<void> {
  const audit = auditor(service.rpcUrl, service.contract);
  try {
    const indexes = new Set<number>();
    for (const url of eventUrls) {
      await eventually(
        async () => (await service.get(url)).body.anchor.status === "final",
        `${url} is final`,
      );
      const { body: receipt } = await service.get(`${url}/receipt`);
      const verdict = await audit.verify(receipt);
      expect(verdict, JSON.stringify(verdict)).to.include({ ok: true, level: "chain" });
      expect(await audit.includedOnChain(receipt)).to.equal(true);
      indexes.add(receipt.index);
    }
    expect(indexes.size).to.equal(eventUrls.length);
    const size = Number(await audit.contract.getFunction("size")());
    expect(Math.max(...indexes)).to.be.lessThan(size);
  } finally {
    audit.close();
  }
}

describe("A service that is killed", () => {
  let dataDir: string;
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), "identity-ledger-"));
  });
  afterEach(() => {
    rmSync(dataDir, { recursive: true, force: true });
  });

  describe("while its chain lives on", () => {
    let chain: EmbeddedChain;
    beforeEach(async () => {
      chain = await startEmbeddedChain({ port: 0, startedAt: Date.UTC(2026, 0, 1) });
    });
    afterEach(() => chain.close());

    it("in the middle of load loses no acknowledged event, anchors every one, and leaves no gap in the tree", async () => {
      const variables = {
        CHAIN_RPC_URL: chain.url,
        CONTRACT_ADDRESS: chain.contract,
        RELAYER_PRIVATE_KEY: DEV_RELAYER.privateKey,
      };
      const acknowledged: string[] = [];
      const phone = newPhone();
      for (let round = 0; round < 3; round++) {
        const service = await startProcess(dataDir, variables);
        if (round === 0) acknowledged.push((await onboard(service, phone)).body.eventUrl);
        const load = Array.from({ length: 40 }, async (_, i) => {
          const headers = i % 2 === 0 ? { prefer: "respond-async" } : {};
          const answer = await verify(service, newPhone(), WRONG_PIN, headers).catch(() => null);
          if (answer !== null && answer.status < 300) acknowledged.push(answer.body.eventUrl);
        });
        // Killed as soon as a part of the load is through: the rest is anywhere between request and block.
        await eventually(async () => acknowledged.length > 10 * (round + 1), "some of the load is through");
        expect(await service.stop("SIGKILL")).to.equal("SIGKILL");
        await Promise.all(load);
      }
      const service = await startProcess(dataDir, variables);
      try {
        await expectAllAnchored(service, acknowledged);
        expect((await verify(service, phone, GOOD_PIN)).body.valid).to.equal(true);

        const audit = auditor(service.rpcUrl, service.contract);
        const logs = await audit.contract.queryFilter("Anchored");
        let size = 0n;
        for (const log of logs) {
          const parsed = audit.contract.interface.parseLog(log)!;
          expect(parsed.args.fromSize).to.equal(size);
          size = parsed.args.size as bigint;
        }
        audit.close();
      } finally {
        await service.stop("SIGTERM");
      }
    }).timeout(60_000);
  });

  it("along with its embedded chain opens a new epoch, says so, and re-anchors the whole ledger in one transaction", async () => {
    const first = await startProcess(dataDir);
    const phone = newPhone();
    const eventUrls = [(await onboard(first, phone)).body.eventUrl];
    for (let i = 0; i < 10; i++) eventUrls.push((await verify(first, phone, GOOD_PIN)).body.eventUrl);
    const { body: consents } = await first.get(`/api/consents?phoneNumber=${encodeURIComponent(phone)}`);
    expect(await first.stop("SIGKILL")).to.equal("SIGKILL");

    const second = await startProcess(dataDir);
    try {
      expect(second.output()).to.match(/epoch 2 opened, re-anchoring all 13 events in one transaction/);
      await expectAllAnchored(second, eventUrls);
      const audit = auditor(second.rpcUrl, second.contract);
      const moved = await audit.contract.queryFilter("AnchoredSubtrees");
      expect(moved).to.have.length(1);
      const { consentId } = consents.consents[0];
      expect(await audit.contract.getFunction("isConsentActive")(consentId)).to.equal(true);
      audit.close();
      expect((await verify(second, phone, GOOD_PIN)).body.valid).to.equal(true);
    } finally {
      await second.stop("SIGTERM");
    }
  }).timeout(60_000);

  it("does not give back guesses that were under way", async () => {
    const first = await startProcess(dataDir);
    const phone = newPhone();
    await onboard(first, phone);
    for (let i = 0; i < 4; i++) await verify(first, phone, WRONG_PIN);
    await first.stop("SIGKILL");
    const second = await startProcess(dataDir);
    try {
      expect((await verify(second, phone, WRONG_PIN)).body).to.include({
        valid: false,
        attemptsRemaining: 0,
      });
      expect((await verify(second, phone, GOOD_PIN)).status).to.equal(423);
    } finally {
      await second.stop("SIGTERM");
    }
  }).timeout(60_000);
});

describe("A service that is asked to stop", () => {
  it("answers what is under way, ends with code 0, and goes on where it was", async () => {
    const dataDir = mkdtempSync(join(tmpdir(), "identity-ledger-"));
    try {
      const first = await startProcess(dataDir);
      const phone = newPhone();
      await onboard(first, phone);
      const underway = Array.from({ length: 5 }, () => verify(first, phone, GOOD_PIN));
      await underway[0];
      const ended = first.stop("SIGTERM");
      for (const answer of await Promise.all(underway)) expect(answer.status).to.be.oneOf([200, 202]);
      expect(await ended).to.equal(0);
    } finally {
      rmSync(dataDir, { recursive: true, force: true });
    }
  }).timeout(60_000);
});
