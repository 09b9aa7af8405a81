import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { auditLedger } from "../../server/audit/audit-ledger.ts";
import { createReplay } from "../../server/audit/replay/index.ts";
import type { AuditReport } from "../../server/audit/report.ts";
import { encodeAnchorCall } from "../../server/chain/anchor-call.ts";
import { rpcAuditChain } from "../../server/chain/audit-chain.ts";
import { DEV_CHAIN_ID } from "../../server/chain/dev-accounts.ts";
import { databaseSource } from "../../server/storage/audit-database.ts";
import { audit } from "../audit/command.ts";
import { findAnvil, startChain } from "../../scripts/campaign/rig/chain.ts";
import type { TestChain } from "../../scripts/campaign/rig/chain.ts";
import { DOCUMENT_HASH, check, giveConsent, newPhone, onboard } from "../helpers/customer.ts";
import { eventually } from "../helpers/eventually.ts";
import { DEV_RELAYER, withRpc } from "../helpers/outside-chain.ts";
import { startService } from "../helpers/service.ts";
import type { TestService } from "../helpers/service.ts";

/** Two who stay, one of whom takes the consent back, and one who is forgotten: five changes. */
async function customers(api: TestService): Promise<void> {
  await onboard(api, newPhone());
  const [changing, leaving] = [newPhone(), newPhone()];
  const { consentId } = (await giveConsent(api, changing)).consent.body;
  await api.post("/api/consents/revoke", { phoneNumber: changing, consentId });
  await onboard(api, leaving);
  await api.post("/api/subjects/erase", { phoneNumber: leaving });
}

async function ledgerKeyOf(api: TestService): Promise<string> {
  return ((await api.get("/api/ledger/key")).body as string).trim();
}

/** With every policy replayed. */
async function audited(api: TestService): Promise<AuditReport> {
  const trust = { chainId: DEV_CHAIN_ID, contract: api.contract, ledgerKey: await ledgerKeyOf(api) };
  const source = databaseSource(`sqlite:${join(api.dataDir, "ledger.db")}`);
  return auditLedger(source, rpcAuditChain(api.rpcUrl), trust, { replay: () => createReplay(), limit: 100 });
}

describe("A service's consents, in the hands of an auditor", function () {
  this.timeout(60_000);

  it("hold after each start on a new chain, which is told of all of them again", async () => {
    const dataDir = mkdtempSync(join(tmpdir(), "identity-ledger-"));
    try {
      for (const changes of [5, 10, 15]) {
        const api = await startService({}, { dataDir });
        try {
          await customers(api);
          const report = await audited(api);
          expect(report.findings).to.deep.equal([]);
          expect(report).to.include({ verified: true, pending: 0, consentChanges: changes });
          expect(report.consentChangesOfErased).to.equal(changes / 5);
        } finally {
          await api.close();
        }
      }
    } finally {
      rmSync(dataDir, { recursive: true, force: true });
    }
  });

  it("no longer hold once somebody has used the relayer's key: the command names what no event tells of", async () => {
    const api = await startService();
    try {
      await customers(api);
      const id = `0x${"5a".repeat(32)}`;
      const data = encodeAnchorCall({
        expectedSize: (await audited(api)).size,
        frontier: [],
        leaves: { kind: "digests", digests: [] },
        consentChanges: [
          {
            consentId: id,
            action: "grant",
            timestamp: 1,
            expiresAt: 0,
            purpose: "pin_set",
            documentHash: DOCUMENT_HASH,
          },
        ],
      });
      await withRpc(api.rpcUrl, api.contract).send(DEV_RELAYER.privateKey, { to: api.contract, data });
      // The service goes on, and knows nothing of it.
      expect((await check(api)).status).to.equal(200);
      const exported = join(api.dataDir, "export.ndjson");
      const roots = ["--chain-id", `${DEV_CHAIN_ID}`, "--contract", api.contract];
      const flags = [...roots, "--ledger-key", await ledgerKeyOf(api), "--rpc", api.rpcUrl];
      expect((await audit(["export", api.url, "-o", exported])).code).to.equal(0);
      for (const source of [api.url, `sqlite:${join(api.dataDir, "ledger.db")}`, exported]) {
        const { code, stdout } = await audit(["ledger", source, ...flags]);
        expect(code, stdout).to.equal(1);
        expect(stdout).to.match(
          /ledger {2}Transaction 0x\w{64} in block \d+ grants the consent 0x(5a){32}, of which/,
        );
        expect(stdout).to.include("[chain_consent_unknown]");
      }
      const { code, json } = await audit(["consent", id, ...flags, "--json"]);
      expect([code, json.state], "what the contract itself believes").to.deep.equal([0, "active"]);
      expect((await audit(["chain", ...flags])).code, "digests and roots are what they were").to.equal(0);
    } finally {
      await api.close();
    }
  });

  describe("on a chain that is reorganised", () => {
    let anvil: TestChain;
    before(async function () {
      if (findAnvil() !== null) return void (anvil = await startChain("anvil"));
      console.log("      there is no anvil here (@foundry-rs/anvil is optional): skipped");
      this.skip();
    });
    after(() => anvil?.stop());

    it("hold again once they are anchored again", async () => {
      const { variables } = withRpc(anvil.url, anvil.contract);
      const settings = { ...variables, ANCHOR_CONFIRMATIONS: "20", ANCHOR_LEASE_MS: "300" };
      const api = await startService(settings);
      try {
        await customers(api);
        expect(await audited(api)).to.deep.include({ findings: [], consentChanges: 5 });
        await anvil.rpc.call("anvil_reorg", [6, []]);
        const again = await eventually(async () => {
          const report = await audited(api);
          return report.pending === 0 && report;
        }, "all is anchored again");
        expect(again).to.deep.include({ findings: [], consentChanges: 5 });
        await customers(api);
        expect(await audited(api)).to.deep.include({ findings: [], consentChanges: 10 });
      } finally {
        await api.close();
      }
    });
  });
});
