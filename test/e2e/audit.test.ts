import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createHash } from "node:crypto";
import { expect } from "chai";
import { DEV_CHAIN_ID } from "../../server/chain/dev-accounts.ts";
import { checkpointSigner } from "../../server/crypto/checkpoint-signer.ts";
import { parseNote } from "../../server/ledger/index.ts";
import { audit } from "../audit/command.ts";
import { GOOD_PIN, WRONG_PIN, giveConsent, newPhone } from "../helpers/customer.ts";
import { eventually } from "../helpers/eventually.ts";
import { startService } from "../helpers/service.ts";
import type { TestService } from "../helpers/service.ts";

const API_KEY = "ilk_of_the_auditor";
const HASH = createHash("sha256").update(API_KEY).digest("hex");
const SIGNING_KEY = new Uint8Array(32).fill(9);
const signer = checkpointSigner(SIGNING_KEY);
const AUDITOR = { authorization: `Bearer ${API_KEY}` };

/** One who set a PIN, used it, and got it wrong. */
async function customer(api: TestService): Promise<{ phone: string; consentId: string; eventUrl: string }> {
  const phone = newPhone();
  const caller = { ...api, post: (path: string, body: unknown) => api.post(path, body, AUDITOR) };
  const { otp, consent } = await giveConsent(caller, phone);
  await api.post("/api/pin/set", { pin: GOOD_PIN, phoneNumber: phone, otp }, AUDITOR);
  for (const pin of [GOOD_PIN, WRONG_PIN]) {
    await api.post("/api/pin/verify-pin", { pin, phoneNumber: phone }, AUDITOR);
  }
  return { phone, consentId: consent.body.consentId, eventUrl: consent.body.eventUrl };
}

describe("An auditor with an RPC URL, a contract address and the ledger's key", function () {
  this.timeout(60_000);
  let service: TestService;
  let trust: string;
  let known: { phone: string; consentId: string; eventUrl: string };
  const file = (name: string) => join(service.dataDir, name);
  const run = (...args: string[]) =>
    audit([...args, "--json"], { AUDIT_RPC_URL: service.rpcUrl, AUDIT_API_KEY: API_KEY });
  const trusting = (command: string, ...args: string[]) => run(command, ...args, "--trust", trust);

  before(async () => {
    service = await startService({
      API_KEYS: `auditor:pin+audit+erase:${HASH}`,
      LEDGER_SIGNING_KEY: Buffer.from(SIGNING_KEY).toString("base64"),
    });
    known = await customer(service);
    const forgotten = await customer(service);
    await service.post("/api/subjects/erase", { phoneNumber: forgotten.phone }, AUDITOR);
    trust = file("trust.json");
    const { signatures } = parseNote((await service.get("/api/ledger/checkpoint")).body as string);
    const ledgerKey = signer.verifierKey(signatures[0]!.name.replace("identity-ledger/", ""));
    writeFileSync(trust, JSON.stringify({ chainId: DEV_CHAIN_ID, contract: service.contract, ledgerKey }));
  });
  after(() => service.close());

  it("verifies the whole ledger from the API, from the database and from an export alike", async () => {
    const output = file("export.ndjson");
    expect((await audit(["export", service.url, "-o", output], { AUDIT_API_KEY: API_KEY })).code).to.equal(0);
    const reports = [];
    for (const source of [service.url, `sqlite:${file("ledger.db")}`, output]) {
      const { code, json, stderr } = await trusting("ledger", source);
      expect(code, `${source}: ${JSON.stringify(json)} ${stderr}`).to.equal(0);
      expect(json).to.include({ result: "verified", pending: 0, anchoredSize: json.size });
      expect(json.erased).to.be.greaterThan(0);
      expect((json.replay as { replayed: number }).replayed).to.be.greaterThan(0);
      reports.push({ size: json.size, root: json.root, erased: json.erased });
    }
    expect(reports[1]).to.deep.equal(reports[0]);
    expect(reports[2]).to.deep.equal(reports[0]);
  });

  it("reads everything off the chain alone: each digest, size and root", async () => {
    const { code, stdout, json } = await run(
      "chain",
      "--contract",
      service.contract,
      "--chain-id",
      String(DEV_CHAIN_ID),
    );
    expect(code).to.equal(0);
    const anchors = stdout
      .trim()
      .split("\n")
      .slice(0, -1)
      .map((line) => JSON.parse(line) as { size: number; leaves: { digests: string[] } });
    const ledger = (await trusting("ledger", service.url)).json;
    expect(json).to.include({ end: true, result: "verified", size: ledger.size, root: ledger.root });
    expect(anchors.at(-1)!.size).to.equal(ledger.size);
    expect(anchors.flatMap(({ leaves }) => leaves.digests)).to.have.length(ledger.size as number);
  });

  it("verifies a receipt, and not a forged one", async () => {
    const { body } = await service.get(`${known.eventUrl}/receipt`, AUDITOR);
    writeFileSync(file("receipt.json"), JSON.stringify(body));
    expect((await trusting("receipt", file("receipt.json"))).json).to.include({ result: "verified" });
    writeFileSync(file("receipt.json"), JSON.stringify({ ...body, index: body.index + 1 }));
    const { code, json } = await trusting("receipt", file("receipt.json"));
    expect(code).to.equal(1);
    expect(json).to.include({ failed: "inclusion" });
  });

  it("verifies an anchored receipt by the contract alone, and none that is not JSON", async () => {
    const { body } = await service.get(`${known.eventUrl}/receipt`, AUDITOR);
    const chain = ["--contract", service.contract, "--chain-id", String(DEV_CHAIN_ID)];
    const receipt = async (text: string) => {
      writeFileSync(file("receipt.json"), text);
      return run("receipt", file("receipt.json"), ...chain);
    };
    expect((await receipt(JSON.stringify(body))).json).to.include({ result: "verified", level: "chain" });
    const salt = `0x${"00".repeat(32)}`;
    expect((await receipt(JSON.stringify({ ...body, salt }))).code).to.equal(1);
    expect((await receipt("not JSON")).code).to.equal(1);
  });

  it("sees on the chain whether a consent stands", async () => {
    const asked = await trusting("consent", known.consentId);
    expect(asked.code).to.equal(0);
    expect(asked.json).to.include({ state: "active", purpose: "pin_set" });
    const unknown = await trusting("consent", `0x${"01".repeat(32)}`);
    expect(unknown.code).to.equal(1);
    expect(unknown.json).to.include({ state: "unknown" });
  });

  it("is told how to come by a trust root that is missing, and takes none from the source", async () => {
    for (const [missing, ...given] of [
      ["chain", "--contract", service.contract],
      ["contract", "--chain-id", "1"],
      ["ledger's key", "--chain-id", "1", "--contract", service.contract],
    ]) {
      const { code, stderr } = await audit(["ledger", service.url, ...given], {
        AUDIT_RPC_URL: service.rpcUrl,
      });
      expect(code).to.equal(2);
      expect(stderr).to.include(missing).and.include("operator in writing");
    }
  });

  it("is not told that a ledger does not hold when it could not be checked", async () => {
    const nowhere = ["--rpc", "http://127.0.0.1:1"];
    for (const args of [
      ["ledger", service.url, ...nowhere],
      ["ledger", "http://127.0.0.1:1"],
      ["ledger", file("nothing.ndjson")],
      ["ledger", "sqlite:/nowhere/ledger.db"],
      ["ledger", service.url, "--api-key", "ilk_wrong"],
      ["ledger", service.url, "--chain-id", "1"],
      ["ledger", service.url, "--contract", `0x${"01".repeat(20)}`],
      ["consent", known.consentId, ...nowhere],
    ]) {
      const { code, stderr } = await trusting(args[0]!, ...args.slice(1));
      expect(code, args.join(" ")).to.equal(2);
      expect(stderr).to.match(/Could not be checked: \S/);
      expect(stderr, args.join(" ")).not.to.include("    at ");
    }
    // Many processes, on whatever else the machine does.
  }).timeout(60_000);

  it("learns of other code at the contract, of another key, and of another ledger", async () => {
    const { ledgerKey } = JSON.parse(readFileSync(trust, "utf8")) as { ledgerKey: string };
    const ledgerId = ledgerKey.split("+")[0]!.replace("identity-ledger/", "");
    const stranger = checkpointSigner(new Uint8Array(32).fill(8));
    for (const [code, ...flags] of [
      ["code_hash", "--code-hash", `0x${"01".repeat(32)}`],
      ["ledger_id", "--ledger-key", signer.verifierKey("another")],
      ["note_signature_missing", "--ledger-key", stranger.verifierKey(ledgerId)],
    ]) {
      const result = await trusting("ledger", service.url, ...flags);
      expect(result.code, code).to.equal(1);
      expect((result.json.findings as { code: string }[])[0]!.code).to.equal(code);
    }
  });

  it("follows the ledger from what was verified last", async () => {
    const state = file("watch.json");
    const watch = () => trusting("watch", service.url, "--once", "--state", state);
    const first = await watch();
    expect(first.code, first.stderr).to.equal(0);
    await customer(service);
    await eventually(
      async () => (await watch()).json.size !== first.json.size,
      "the watcher sees new events",
    );
    const kept = JSON.parse(readFileSync(state, "utf8")) as { size: number };
    expect(kept.size).to.be.greaterThan(first.json.size as number);
    // Somebody rolled the ledger back: or so it looks to who has seen more.
    writeFileSync(state, JSON.stringify({ ...kept, root: `0x${"01".repeat(32)}` }));
    const second = await watch();
    expect(second.code).to.equal(1);
    expect((second.json.findings as { code: string }[])[0]!.code).to.equal("history_rewritten");
  });
});
