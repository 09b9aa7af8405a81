import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import type { Page } from "playwright-core";
import { DEV_CHAIN_ID } from "../../../server/chain/dev-accounts.ts";
import { CHECKS } from "../../../server/ledger/index.ts";
import { closeBrowser } from "../../helpers/browser.ts";
import { newPhone, onboard } from "../../helpers/customer.ts";
import { startService } from "../../helpers/service.ts";
import type { TestService } from "../../helpers/service.ts";
import { ARABIC_PHONE, drop, explore } from "./explorer.ts";

interface Outcome {
  readonly verdict: string;
  /** Status by check. */
  readonly checks: Readonly<Record<string, string>>;
}

/** What the page comes to, once it has. */
async function outcomeOf(page: Page): Promise<Outcome> {
  await page.locator(".checks[aria-busy=false]").waitFor();
  const checks = await page
    .locator(".check")
    .evaluateAll((items) => items.map(({ dataset }) => [dataset["check"], dataset["status"]]));
  const kind = (await page.locator(".verdict").getAttribute("class")) ?? "";
  return { verdict: kind.replace("verdict verdict-", ""), checks: Object.fromEntries(checks) };
}

const failedOf = ({ checks }: Outcome) => Object.keys(checks).filter((name) => checks[name] === "failed");

/** The text with the character at that place another one, of the same kind. */
const altered = (text: string, at: number): string =>
  text.slice(0, at) + (text[at] === "1" ? "2" : "1") + text.slice(at + 1);

describe("The explorer's verification of a receipt", function () {
  this.timeout(40_000);
  let service: TestService;
  let eventId: string;
  let drops = 0;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- a receipt, to be taken apart
  let receipt: any;
  before(async () => {
    service = await startService();
    await onboard(service, newPhone());
    eventId = (await onboard(service, newPhone())).body.eventId;
    receipt = (await service.get(`/api/ledger/events/${eventId}/receipt`)).body;
  });
  after(async () => {
    await closeBrowser();
    await service.close();
  });

  const file = (content: unknown, name = "receipt.json") => ({
    name,
    content: typeof content === "string" || content instanceof Uint8Array ? content : JSON.stringify(content),
  });
  /** Drops it and waits for what it comes to. */
  const verdictOn = async (page: Page, content: unknown): Promise<Outcome> => {
    // So that what is seen is what became of this one.
    const name = `receipt-${drops++}.json`;
    await drop(page, file(content, name));
    await page.getByText(name).waitFor();
    return outcomeOf(page);
  };
  const trust = (page: Page, root: string, value: string) => page.locator(`#trust-${root}`).fill(value);

  it("verifies one that is dropped on the page: every check, by the visitor's endpoint", async () => {
    const faults = await explore(service, "/verify", async (page) => {
      const asked: string[] = [];
      page.on("request", (request) => void asked.push(request.url()));
      await page.getByText("These values come from the service that you are auditing").waitFor();
      const { verdict, checks } = await verdictOn(page, receipt);
      expect(verdict).to.equal("verified");
      expect(Object.keys(checks)).to.deep.equal(CHECKS);
      expect(new Set(Object.values(checks))).to.deep.equal(new Set(["passed"]));
      // Nothing of it is left to the service.
      expect(asked.filter((url) => url.startsWith(`${service.rpcUrl}/`)).length).to.be.greaterThan(3);
      expect(asked.filter((url) => url.includes("/api/"))).to.deep.equal([]);
    });
    expect(faults).to.deep.equal([]);
  });

  it("takes it also from a file that is chosen, from what is pasted, and from the event", async () => {
    const faults = await explore(service, "/verify", async (page) => {
      const buffer = Buffer.from(JSON.stringify(receipt, null, 2));
      await page.locator("input[type=file]").setInputFiles({ name: "r.json", mimeType: "", buffer });
      expect((await outcomeOf(page)).verdict).to.equal("verified");
      await page.getByText("Or paste it").click();
      await page.getByLabel("The receipt as text").fill(JSON.stringify({ ...receipt, index: 0 }));
      await page.getByRole("button", { name: "Verify", exact: true }).click();
      await page.getByText("Receipt: pasted").waitFor();
      expect(failedOf(await outcomeOf(page))).to.deep.equal(["inclusion"]);

      await page.goto(`${service.url}/console/audit/events/${eventId}`);
      await page.getByRole("link", { name: "Verify this receipt" }).click();
      expect((await outcomeOf(page)).verdict).to.equal("verified");
    });
    expect(faults).to.deep.equal([]);
  });

  it("refuses one with a byte changed, wherever it is, and names the check that fails", async () => {
    const { checkpoint, anchor } = receipt;
    const inAnchor = (field: "txHash" | "blockHash" | "contract") => ({
      ...receipt,
      anchor: { ...anchor, [field]: altered(anchor[field], 20) },
    });
    const cases: readonly [string, unknown][] = [
      [
        "inclusion",
        { ...receipt, payload: altered(receipt.payload, receipt.payload.indexOf('"subjectSeq":') + 13) },
      ],
      ["payload", { ...receipt, payload: receipt.payload.replace(",", ", ") }],
      ["inclusion", { ...receipt, salt: altered(receipt.salt, 30) }],
      [
        "inclusion",
        {
          ...receipt,
          inclusionProof: [altered(receipt.inclusionProof[0], 9), ...receipt.inclusionProof.slice(1)],
        },
      ],
      ["inclusion", { ...receipt, index: receipt.index - 1 }],
      // Its root, then its signature.
      ["checkpoint", { ...receipt, checkpoint: altered(checkpoint, checkpoint.indexOf("=\n\n") - 9) }],
      ["checkpoint", { ...receipt, checkpoint: altered(checkpoint, checkpoint.length - 20) }],
      ["chain", { ...receipt, anchor: { ...anchor, chainId: 1 } }],
      ["contract", inAnchor("contract")],
      ["transaction", inAnchor("txHash")],
      ["transaction", inAnchor("blockHash")],
      ["transaction", { ...receipt, anchor: { ...anchor, blockNumber: anchor.blockNumber - 1 } }],
      ["receipt", { ...receipt, more: 1 }],
      ["receipt", { ...receipt, format: altered(receipt.format, 3) }],
    ];
    const faults = await explore(service, "/verify", async (page) => {
      for (const [check, changed] of cases) {
        const outcome = await verdictOn(page, changed);
        const what = JSON.stringify(changed);
        expect(outcome.verdict, what).to.equal("failed");
        expect(failedOf(outcome), what).to.deep.equal([check]);
        expect(await page.locator(".verdict code").innerText()).to.equal(check);
      }
    });
    expect(faults).to.deep.equal([]);
  });

  it("holds it against what the visitor trusts, not against what the service says of itself", async () => {
    const key = (await service.get("/api/ledger/key")).body.trim() as string;
    const faults = await explore(service, "/verify", async (page) => {
      await trust(page, "contract", `0x${"ab".repeat(20)}`);
      expect(failedOf(await verdictOn(page, receipt))).to.deep.equal(["contract"]);
      await page.getByRole("button", { name: "Take the service's values again" }).click();
      expect((await verdictOn(page, receipt)).verdict).to.equal("verified");

      await trust(page, "ledgerKey", "identity-ledger/other+00000000+AAAA");
      await page.getByRole("button", { name: "Verify again" }).click();
      await page.getByText("First complete what you trust.").waitFor();
      expect(await page.locator("#trust-ledgerKey").getAttribute("aria-invalid")).to.equal("true");
      for (const [root, value] of [
        ["rpcUrl", service.rpcUrl],
        ["chainId", String(DEV_CHAIN_ID)],
        ["contract", service.contract.toUpperCase().replace("0X", "0x")],
        ["ledgerKey", key],
      ] as const) {
        await trust(page, root, value);
      }
      await page.getByText("These values are yours.").waitFor();
      await page.getByRole("button", { name: "Verify again" }).click();
      expect((await outcomeOf(page)).verdict).to.equal("verified");
    });
    expect(faults).to.deep.equal([]);
  });

  it("says that it could not check, and not that it does not hold, where the endpoint gives no answer", async () => {
    const mute = createServer((_request, response) =>
      response.end('{"jsonrpc":"2.0","id":1,"result":"0x7a69"}'),
    );
    await new Promise<void>((resolve) => mute.listen(0, "127.0.0.1", resolve));
    const { port } = mute.address() as AddressInfo;
    const faults = await explore(service, "/verify", async (page) => {
      // It answers, and does not allow this page to hear it.
      await trust(page, "rpcUrl", `http://127.0.0.1:${port}`);
      const closed = await verdictOn(page, receipt);
      expect(closed.verdict).to.equal("unknown");
      expect(closed.checks).to.include({ inclusion: "passed", chain: "unavailable", root: "skipped" });
      expect(await page.locator(".verdict").innerText()).to.contain("CORS");
      mute.close();
      mute.closeAllConnections();
      expect((await verdictOn(page, receipt)).verdict).to.equal("unknown");

      for (const [url, said] of [
        ["http://chain.example", "https://"],
        ["https://name:word@chain.example", "user name or password"],
        ["not a url", "no URL"],
        ["", "needed"],
      ] as const) {
        await trust(page, "rpcUrl", url);
        await page.getByRole("button", { name: "Verify again" }).click();
        await page.locator("#trust-rpcUrl-fault").getByText(said).waitFor();
      }
      await trust(page, "rpcUrl", service.rpcUrl);
      await trust(page, "chainId", "1");
      expect(failedOf(await verdictOn(page, receipt))).to.deep.equal(["chain"]);
    });
    // What a browser complains of when an endpoint is not there; of its own doings it complains of nothing.
    expect(faults.length).to.be.greaterThan(0);
    for (const fault of faults) expect(fault).to.match(/CORS policy|net::ERR_(FAILED|CONNECTION_REFUSED)/);
  });

  it("says clearly what is wrong with a file that is no receipt", async () => {
    const exported = await (await fetch(`${service.url}/api/ledger/export`)).text();
    const faults = await explore(service, "/verify", async (page) => {
      for (const [content, said] of [
        [new Uint8Array(3_000_000), "too large"],
        ["", "nothing in it"],
        [" \n ", "nothing in it"],
        [Uint8Array.of(0xff, 0xfe, 0x00, 0xc3), "no text"],
        ["<html>", "not JSON"],
        [JSON.stringify(receipt).slice(0, -5), "not JSON"],
        [exported, "the export of a whole ledger"],
      ] as const) {
        await drop(page, file(content));
        await page.getByRole("alert").getByText(said).waitFor();
        expect(await page.locator(".verdict").count()).to.equal(0);
      }
      await drop(page, file(receipt), file(receipt));
      await page.getByRole("alert").getByText("One file at a time").waitFor();
      for (const json of ["null", "[]", "17", '"receipt"', "{}", JSON.stringify({ receipt })]) {
        expect(failedOf(await verdictOn(page, json)), json).to.deep.equal(["receipt"]);
      }
      expect((await verdictOn(page, receipt)).verdict).to.equal("verified");
      expect(await page.getByRole("alert").count()).to.equal(0);
    });
    expect(faults).to.deep.equal([]);
  });

  it("verifies, and refuses, in Arabic, dark, on a phone, accessible and without complaint", async () => {
    const look = async (page: Page) => {
      expect((await outcomeOf(page)).verdict).to.equal("verified");
      expect(failedOf(await verdictOn(page, { ...receipt, salt: altered(receipt.salt, 5) }))).to.deep.equal([
        "inclusion",
      ]);
      expect(await page.locator(".verdict h2").innerText()).to.equal("غير صحيح");
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).to.be.at.most(390);
    };
    expect(await explore(service, `/verify?event=${eventId}`, look, ARABIC_PHONE)).to.deep.equal([]);
  });
});
