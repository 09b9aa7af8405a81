import { spawn } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { auditor } from "../helpers/auditor.ts";
import { GOOD_PIN, check, newPhone, onboard, verify } from "../helpers/customer.ts";
import { eventually } from "../helpers/eventually.ts";
import { outsideChain } from "../helpers/outside-chain.ts";
import type { OutsideChain } from "../helpers/outside-chain.ts";
import { startService } from "../helpers/service.ts";

const NEW_EPOCH = new URL("../../scripts/new-epoch.ts", import.meta.url).pathname;

describe("A ledger and the chain that carries it", () => {
  let dataDir: string;
  const chains: OutsideChain[] = [];
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), "identity-ledger-"));
  });
  afterEach(async () => {
    for (const chain of chains.splice(0)) await chain.close();
    rmSync(dataDir, { recursive: true, force: true });
  });

  const newChain = async (startedAt: number) => {
    const chain = await outsideChain(startedAt);
    chains.push(chain);
    return chain;
  };
  const start = (chain: OutsideChain, more: Record<string, string> = {}) =>
    startService({ ...chain.variables, ANCHOR_LEASE_MS: "300", ...more }, { dataDir });

  async function newEpoch(chain: OutsideChain, args: string[], answer = "") {
    const child = spawn(process.execPath, [NEW_EPOCH, ...args], {
      cwd: dataDir,
      env: {
        PATH: process.env.PATH ?? "",
        DATABASE_URL: `sqlite:${join(dataDir, "ledger.db")}`,
        ...chain.variables,
      },
      stdio: ["pipe", "pipe", "pipe"],
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.stdin.end(answer);
    const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
    return { code, output };
  }

  it("are parted and joined by npm run new-epoch: shown, confirmed, and anchored anew in one transaction", async () => {
    const old = await newChain(Date.now() - 60_000);
    const first = await start(old);
    const phone = newPhone();
    const { eventUrl } = (await onboard(first, phone)).body;
    await check(first);
    const { body: oldReceipt } = await first.get(`${eventUrl}/receipt`);

    const next = await newChain(Date.now() - 30_000);
    await start(next).then(
      () => expect.fail("it started elsewhere"),
      (error: Error) => expect(error.message).to.match(/npm run new-epoch/),
    );
    expect(await newEpoch(next, [], "no\n")).to.include({ code: 3 });
    const moved = await newEpoch(next, ["--yes"]);
    expect(moved.output).to.match(/from\s+epoch 1, 0x[0-9a-f]{40} on chain 31337/);
    expect(moved.output)
      .to.match(/to\s+epoch 2/)
      .and.to.match(/events\s+4/)
      .and.to.match(/about \d+/);
    expect(moved.code, moved.output).to.equal(0);

    // The old process lost the right to send: it says so, and sends nothing.
    expect((await check(first, { prefer: "respond-async" })).status).to.equal(202);
    await eventually(
      async () =>
        /Epoch 2 was opened/.test((await first.get("/health/ready")).body.checks.anchoring as string),
      "the old process knows",
    );
    await first.service.close();

    const second = await start(next);
    const audit = auditor(next.url, next.contract);
    try {
      expect((await verify(second, phone, GOOD_PIN)).status).to.equal(200);
      const { body: event } = await second.get(eventUrl);
      expect(event.anchor).to.include({ contract: next.contract });
      expect(event.earlierAnchors).to.have.length(1);
      expect(event.earlierAnchors[0]).to.include({ epoch: 1, txHash: oldReceipt.anchor.txHash });
      const { body: receipt } = await second.get(`${eventUrl}/receipt`);
      expect(await audit.verify(receipt)).to.include({ ok: true, level: "chain" });
      expect(await audit.contract.queryFilter("AnchoredSubtrees")).to.have.length(1);
      expect(await auditedAt(old, oldReceipt)).to.include({ ok: true, level: "chain" });
    } finally {
      audit.close();
      await second.service.close();
    }
    expect((await newEpoch(next, ["--yes"])).output).to.match(/anchored at .* already \(epoch 2\)/);
  }).timeout(40_000);

  const auditedAt = async (chain: OutsideChain, receipt: unknown) => {
    const audit = auditor(chain.url, chain.contract);
    const verdict = await audit.verify(receipt);
    audit.close();
    return verdict;
  };

  it("do not go together when the database is restored from an older backup: it does not start, and says how far off", async () => {
    const chain = await newChain(Date.now());
    const first = await start(chain);
    await check(first);
    await first.service.close();
    const backup = mkdtempSync(join(tmpdir(), "identity-ledger-backup-"));
    cpSync(dataDir, backup, { recursive: true });
    const second = await start(chain);
    for (let i = 0; i < 3; i++) await check(second);
    await second.service.close();

    for (const name of readdirSync(dataDir)) rmSync(join(dataDir, name));
    cpSync(backup, dataDir, { recursive: true });
    rmSync(backup, { recursive: true });
    const refused = await start(chain).then(
      () => null,
      (error: Error) => error,
    );
    expect(refused?.message).to.match(/holds 4 events, this database sent 1/);
    expect(refused?.message).to.match(/older backup.*Restore a newer backup.*npm run new-epoch/s);
  });
});
